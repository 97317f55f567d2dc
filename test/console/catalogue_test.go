package console

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/chromedp"
	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"
)

// catalogue is all texts of a language by key; a text with forms has one key for each form.
type catalogue map[string]string

var catalogues = map[string]func() (catalogue, error){
	"en": sync.OnceValues(func() (catalogue, error) { return readCatalogue("en") }),
	"nl": sync.OnceValues(func() (catalogue, error) { return readCatalogue("nl") }),
}

// words are the texts of a language.
func words(t *testing.T, language string) catalogue {
	t.Helper()
	texts, err := catalogues[language]()
	require.NoError(t, err)
	return texts
}

func readCatalogue(language string) (catalogue, error) {
	content, err := os.ReadFile("../../server/console/texts/" + language + ".yaml")
	if err != nil {
		return nil, err
	}
	var tree map[string]any
	if err := yaml.Unmarshal(content, &tree); err != nil {
		return nil, err
	}
	all := catalogue{}
	all.add("", tree)
	return all, nil
}

func (c catalogue) add(prefix string, tree map[string]any) {
	for name, value := range tree {
		switch value := value.(type) {
		case string:
			c[prefix+name] = value
		case map[string]any:
			c.add(prefix+name+".", value)
		}
	}
}

var (
	inBetween = regexp.MustCompile(`[^a-z0-9]+`)
	verbs     = regexp.MustCompile(`%[ds]`)
	// Words of programs, and days, months and numbers as English has them.
	ofPrograms = regexp.MustCompile(`^[a-z]+(_[a-z]+)+$`)
	ofEnglish  = regexp.MustCompile(`\b\d{1,2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)` +
		`|\b(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|^\d+\.\d\d?( %)?$`)
)

// englishOnly are the English texts that are said otherwise in Dutch, as expressions; those without an argument by themselves.
var englishOnly = sync.OnceValues(func() (map[string]bool, []*regexp.Regexp) {
	english, _ := catalogues["en"]()
	dutch, _ := catalogues["nl"]()
	said := map[string]bool{}
	for _, text := range dutch {
		said[text] = true
	}
	whole, parts := map[string]bool{}, []*regexp.Regexp(nil)
	for key, text := range english {
		if said[text] || key == "frame.own_name" || key == "time.decimal_sign" {
			continue
		}
		if !verbs.MatchString(text) {
			whole[text] = true
			continue
		}
		if len(inBetween.ReplaceAllString(verbs.ReplaceAllString(strings.ToLower(text), ""), "")) < 4 {
			continue // "%s of %s" is said in Dutch as well, of something else
		}
		pattern := strings.NewReplacer("%d", `[\d.,]+`, "%s", ".+").Replace(regexp.QuoteMeta(text))
		parts = append(parts, regexp.MustCompile("^"+pattern+"$"))
	}
	return whole, parts
})

// notIn returns what of some texts is not said in a language: the words of programs in any, and what is English in Dutch, but for
// what a domain calls so.
func notIn(t *testing.T, language string, texts []string, names ...string) (wrong []string) {
	t.Helper()
	whole, parts := englishOnly()
	dutch := words(t, "nl")
	for _, text := range texts {
		key := strings.Trim(inBetween.ReplaceAllString(strings.ToLower(text), "_"), "_")
		english := whole[text] || dutch["help."+key] != "" || dutch["wrong."+key] != "" || ofEnglish.MatchString(text) ||
			slices.ContainsFunc(parts, func(part *regexp.Regexp) bool { return part.MatchString(text) })
		if slices.Contains(names, strings.TrimPrefix(text, ": ")) {
			continue
		}
		if ofPrograms.MatchString(text) || language == "nl" && english {
			wrong = append(wrong, text)
		}
	}
	slices.Sort(wrong)
	return slices.Compact(wrong)
}

// told are the attributes that people hear or see.
var told = []string{"title", "aria-label", "placeholder", "alt", "label"}

// typedHere is where texts stand that somebody typed, and names of programs.
const typedHere = "script, style, code, pre, textarea, .value, .source"

// said are all texts of a page, and of its attributes, but for what somebody typed.
func (r response) said() (all []string) {
	r.Find("title, body *").Not(typedHere).Each(func(_ int, element *goquery.Selection) {
		if element.ParentsFiltered(typedHere).Length() > 0 {
			return
		}
		element.Contents().Each(func(_ int, part *goquery.Selection) {
			if text := strings.Join(strings.Fields(part.Text()), " "); goquery.NodeName(part) == "#text" && text != "" {
				all = append(all, text)
			}
		})
		for _, name := range told {
			if text := element.AttrOr(name, ""); text != "" {
				all = append(all, text)
			}
		}
	})
	return all
}

// shown are the texts of a page that are seen now, and of its attributes, but for what somebody typed.
func (b *browser) shown() (all []string) {
	b.t.Helper()
	attributes, err := json.Marshal(told)
	require.NoError(b.t, err)
	var found string
	b.run(chromedp.Evaluate(`(() => {
		const all = [];
		for (const e of document.querySelectorAll("body *")) {
			if (e.closest("`+typedHere+`") || !e.checkVisibility()) continue;
			for (const part of e.childNodes) if (part.nodeType === Node.TEXT_NODE) all.push(part.data.replace(/\s+/g, " ").trim());
			for (const name of `+string(attributes)+`) all.push(e.getAttribute(name) || "");
		}
		return JSON.stringify(all.filter((text) => text));
	})()`, &found))
	require.NoError(b.t, json.Unmarshal([]byte(found), &all))
	return all
}

// names are all texts of a domain, which are in the language of whoever wrote it.
func (w world) names(t *testing.T, id string) (all []string) {
	t.Helper()
	domain, err := w.Admin.Domain(t.Context(), id)
	require.NoError(t, err)
	content, err := json.Marshal(domain)
	require.NoError(t, err)
	var tree any
	require.NoError(t, json.Unmarshal(content, &tree))
	var walk func(any)
	walk = func(value any) {
		switch value := value.(type) {
		case string:
			all = append(all, value)
		case []any:
			for _, one := range value {
				walk(one)
			}
		case map[string]any:
			for _, one := range value {
				walk(one)
			}
		}
	}
	walk(tree)
	return all
}
