package domains

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/usm-works/usm/usm"
)

// Marshal writes the domain as a file that Parse reads back as the same domain: keys in the order of usm.Domain, no
// comments. The version is left out. The same domain always gives the same bytes.
//
// The YAML library's own encoder leaves some texts bare that it reads back as something else (".inf" among them); an
// export must never do that, so every text that is not plainly a word or a sentence is quoted here, as in JSON.
func Marshal(domain usm.Domain) ([]byte, error) {
	domain.Version = 0
	raw, err := json.Marshal(domain)
	if err != nil {
		return nil, fmt.Errorf("domains: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	root, err := readNode(decoder)
	if err != nil {
		return nil, fmt.Errorf("domains: %w", err)
	}
	var w strings.Builder
	writeEntries(&w, root, "")
	return []byte(w.String()), nil
}

// node is a JSON value that remembers the order of its keys.
type node struct {
	scalar  string // as YAML; of an object or a list "{}" or "[]", which is what an empty one looks like
	keys    []string
	entries []node // values of an object, or items of a list
}

func readNode(decoder *json.Decoder) (node, error) {
	token, err := decoder.Token()
	if err != nil {
		return node{}, fmt.Errorf("read: %w", err)
	}
	delim, isDelim := token.(json.Delim)
	if !isDelim {
		return node{scalar: scalar(token)}, nil
	}
	n := node{scalar: map[json.Delim]string{'{': "{}", '[': "[]"}[delim]}
	for decoder.More() {
		if delim == '{' {
			key, err := decoder.Token()
			if err != nil {
				return node{}, fmt.Errorf("read: %w", err)
			}
			n.keys = append(n.keys, scalar(key))
		}
		entry, err := readNode(decoder)
		if err != nil {
			return node{}, err
		}
		n.entries = append(n.entries, entry)
	}
	if _, err := decoder.Token(); err != nil && !errors.Is(err, io.EOF) {
		return node{}, fmt.Errorf("read: %w", err)
	}
	return n, nil
}

func scalar(token json.Token) string {
	switch token := token.(type) {
	case nil:
		return "null"
	case string:
		if isPlain(token) {
			return token
		}
		return quote(token)
	default:
		return fmt.Sprint(token)
	}
}

func quote(text string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		panic(err) // a string can be encoded
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// isPlain reports whether the text is safe without quotes, wherever it stands: words of letters and digits that begin
// with a letter and are none of the words that YAML 1.1 or 1.2 reads otherwise.
func isPlain(text string) bool {
	for i, r := range text {
		switch {
		case unicode.IsLetter(r), i > 0 && r < unicode.MaxASCII && unicode.IsDigit(r):
		case i > 0 && strings.ContainsRune("_-./@+;%()", r):
		case i > 0 && r == ' ' && text[i-1] != ' ' && i < len(text)-1:
		default:
			return false
		}
	}
	reserved := []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
	return text != "" && !slices.Contains(reserved, strings.ToLower(text))
}

// writeEntries writes the entries of an object or a list, each on a line of its own that begins with indent.
func writeEntries(w *strings.Builder, n node, indent string) {
	for i, entry := range n.entries {
		if i > 0 {
			w.WriteString(indent)
		}
		switch {
		case n.keys != nil:
			w.WriteString(n.keys[i] + ":")
			writeValue(w, entry, indent+"  ")
		case entry.keys != nil:
			w.WriteString("- ") // the first key stands beside the dash
			writeEntries(w, entry, indent+"  ")
		default:
			w.WriteString("-")
			writeValue(w, entry, indent+"  ")
		}
	}
}

// writeValue writes what follows a colon or a dash: on the same line when it is short, below when it is not.
func writeValue(w *strings.Builder, n node, indent string) {
	if line, short := oneLineOf(n); short {
		w.WriteString(" " + line + "\n")
		return
	}
	w.WriteString("\n" + indent)
	writeEntries(w, n, indent)
}

// oneLineOf returns scalars, what is empty, and short lists of scalars as one line.
func oneLineOf(n node) (line string, short bool) {
	const most = 80
	if len(n.entries) == 0 {
		return n.scalar, true
	}
	if n.keys != nil {
		return "", false
	}
	items := make([]string, len(n.entries))
	for i, entry := range n.entries {
		if len(entry.entries) > 0 {
			return "", false
		}
		items[i] = entry.scalar
	}
	line = "[" + strings.Join(items, ", ") + "]"
	return line, len(line) <= most
}
