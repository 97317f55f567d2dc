package console

import (
	"embed"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"
)

//go:embed texts/*.yaml
var textFiles embed.FS

// texts are all texts of the pages in one language: texts/<language>.yaml, which is all that another language needs. A text is
// found by the names above it, joined with dots. One with forms (one, other) is chosen by its first argument.
type texts struct {
	Tag       language.Tag
	keys      map[string]bool
	sentences map[string]bool // those without forms, as they stand in the file
	printer   *message.Printer
}

// readTexts reads the files. It panics when one is wrong: they are part of the binary.
func readTexts() map[string]*texts {
	all := map[string]*texts{}
	for _, name := range languages {
		content, err := textFiles.ReadFile("texts/" + name + ".yaml")
		if err != nil {
			panic(err)
		}
		t, err := parseTexts(language.MustParse(name), content)
		if err != nil {
			panic(fmt.Errorf("texts/%s.yaml: %w", name, err))
		}
		all[name] = t
	}
	return all
}

func parseTexts(tag language.Tag, content []byte) (*texts, error) {
	var tree map[string]any
	if err := yaml.Unmarshal(content, &tree); err != nil {
		return nil, err
	}
	builder := catalog.NewBuilder(catalog.Fallback(tag))
	t := &texts{Tag: tag, keys: map[string]bool{}, sentences: map[string]bool{}}
	if err := t.add(builder, "", tree); err != nil {
		return nil, err
	}
	t.printer = message.NewPrinter(tag, message.Catalog(builder))
	return t, nil
}

func (t *texts) add(builder *catalog.Builder, prefix string, tree map[string]any) error {
	for name, value := range tree {
		key := prefix + name
		var err error
		switch value := value.(type) {
		case string:
			t.keys[key], t.sentences[value] = true, true
			err = builder.SetString(t.Tag, key, value)
		case map[string]any:
			if value["other"] == nil {
				err = t.add(builder, key+".", value)
				break
			}
			t.keys[key] = true
			var forms []any
			for _, form := range []string{"one", "other"} {
				if text, ok := value[form]; ok {
					forms = append(forms, form, fmt.Sprint(text))
				}
			}
			err = builder.Set(t.Tag, key, plural.Selectf(1, "", forms...))
		default:
			err = fmt.Errorf("%s is neither a text nor a group of texts", key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// T returns a text. Its arguments are those of fmt; numbers are written as the language has them.
func (v *visit) T(key string, args ...any) string { return v.texts.T(key, args...) }

// has reports whether there is such a text.
func (v *visit) has(key string) bool { return v.texts.keys[key] }

// or returns a text, or what to say when there is none.
func (v *visit) or(key, otherwise string) string {
	if v.has(key) {
		return v.T(key)
	}
	return otherwise
}

// T returns a text; one that is not there is its own last name in words.
func (t *texts) T(key string, args ...any) string {
	if !t.keys[key] {
		return strings.ReplaceAll(key[strings.LastIndex(key, ".")+1:], "_", " ")
	}
	return t.printer.Sprintf(message.Key(key, key), args...)
}
