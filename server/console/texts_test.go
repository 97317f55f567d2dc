package console

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"
)

// flat is the texts of a file by key; the forms of a text are joined.
func flat(t *testing.T, language string) map[string]string {
	t.Helper()
	content, err := textFiles.ReadFile("texts/" + language + ".yaml")
	require.NoError(t, err)
	var tree map[string]any
	require.NoError(t, yaml.Unmarshal(content, &tree))
	texts := map[string]string{}
	var walk func(prefix string, tree map[string]any)
	walk = func(prefix string, tree map[string]any) {
		for name, value := range tree {
			switch value := value.(type) {
			case string:
				texts[prefix+name] = value
			case map[string]any:
				if other, plural := value["other"].(string); plural {
					texts[prefix+name] = other
					continue
				}
				walk(prefix+name+".", value)
			}
		}
	}
	walk("", tree)
	return texts
}

var verb = regexp.MustCompile(`%[a-z]`)

func TestLanguages(t *testing.T) {
	t.Parallel()
	first := flat(t, languages[0])
	for _, language := range languages[1:] {
		other := flat(t, language)
		require.Empty(t, lacking(first, other), "%s lacks these texts", language)
		require.Empty(t, lacking(other, first), "%s has these texts, and %s has not", language, languages[0])
		for key, text := range other {
			if _, ours := first[key]; ours {
				require.Equal(t, verb.FindAllString(first[key], -1), verb.FindAllString(text, -1), "%s of %s", key, language)
				require.NotEmpty(t, strings.TrimSpace(text), "%s of %s", key, language)
			}
		}
	}
}

// lacking are the keys of some texts that others have not, but for what the first language has from elsewhere: the names of months and
// days from Go, what fields are for from their schemas, and what is wrong with them from the API.
func lacking(texts, others map[string]string) (keys []string) {
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		group, _, _ := strings.Cut(key, ".")
		if _, both := others[key]; !both && !slices.Contains([]string{"calendar", "help", "wrong"}, group) {
			keys = append(keys, key)
		}
	}
	return keys
}

var (
	// A key that stands whole in the sources, and one that is put together: its beginning, up to a dot or an underscore.
	wholeKey = regexp.MustCompile(`"([a-z_]+(?:\.[a-z0-9_]+)+)"`)
	partKey  = regexp.MustCompile(`"([a-z_]+\.(?:[a-z0-9_]+[._])*)"\s*\+`)
	askedKey = regexp.MustCompile(`\b(?:v|t)\.(?:T|or)\("([a-z_]+(?:\.[a-z0-9_]+)+)"[,)]`)
)

// sources are the Go files and templates that people write.
func sources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, pattern := range []string{"*.go", "*.templ"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, "_templ.go") || strings.HasSuffix(file, "_test.go") {
				continue
			}
			content, err := os.ReadFile(file)
			require.NoError(t, err)
			all.Write(content)
		}
	}
	return all.String()
}

func TestEveryTextIsThereAndIsUsed(t *testing.T) {
	t.Parallel()
	texts, source := map[string]string{}, sources(t)
	for _, language := range languages {
		maps.Copy(texts, flat(t, language))
	}
	for _, found := range askedKey.FindAllStringSubmatch(source, -1) {
		require.Contains(t, texts, found[1], "a text that a page asks for")
	}
	used := map[string]bool{}
	for _, found := range wholeKey.FindAllStringSubmatch(source, -1) {
		used[found[1]] = true
	}
	var beginnings []string
	for _, found := range partKey.FindAllStringSubmatch(source, -1) {
		beginnings = append(beginnings, found[1])
		require.True(t, slices.ContainsFunc(slices.Collect(maps.Keys(texts)), func(key string) bool {
			return strings.HasPrefix(key, found[1])
		}), "no text begins with %s", found[1])
	}
	terms := regexp.MustCompile(`@term\(v, "([a-z_]+)"`)
	for _, found := range terms.FindAllStringSubmatch(source, -1) {
		require.Contains(t, texts, "glossary."+found[1], "a term has its line of the glossary")
	}
	for key := range texts {
		begun := slices.ContainsFunc(beginnings, func(beginning string) bool { return strings.HasPrefix(key, beginning) })
		require.True(t, used[key] || begun, "no page uses the text %s", key)
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	sheet := fileContent("console.css")
	require.LessOrEqual(t, len(sheet), 40<<10)
	require.Equal(t, bytes.Count(sheet, []byte("{")), bytes.Count(sheet, []byte("}")), "each group of rules is closed")
	require.LessOrEqual(t, len(fileContent("console.js")), 15<<10)
}
