package console

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// drawn are the elements and attributes that a drawing keeps. What is not here has no place in a page.
var (
	drawnElements   = map[string]bool{"svg": true, "g": true, "path": true, "circle": true, "text": true, "line": true, "rect": true}
	drawnAttributes = map[string]bool{
		"viewBox": true, "d": true, "x": true, "y": true, "cx": true, "cy": true, "r": true, "transform": true, "stroke-dasharray": true,
		"width": true, "height": true,
	}
)

// inPage makes a drawing of the library one that stands in a page: colours become classes, which follow the theme, other styles
// become attributes, and each bar leads to what is behind it. Whoever hears the page reads the table that follows it instead.
func (c chart) inPage(drawing []byte) (string, error) {
	var out strings.Builder
	decoder, at, skipped := xml.NewDecoder(bytes.NewReader(drawing)), make([]int, len(c.Series)), 0
	linked := false
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return out.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if skipped > 0 || !drawnElements[token.Name.Local] {
				skipped++
				continue
			}
			linked = c.begin(&out, token, at)
		case xml.EndElement:
			if skipped > 0 {
				skipped--
				continue
			}
			out.WriteString("</" + token.Name.Local + ">")
			if linked {
				out.WriteString("</a>")
				linked = false
			}
		case xml.CharData:
			if skipped == 0 {
				_ = xml.EscapeText(&out, token)
			}
		}
	}
}

// begin writes the beginning of an element; a bar gets its class, its figure on hover and its link. at counts the bars of each series.
func (c chart) begin(out *strings.Builder, e xml.StartElement, at []int) (linked bool) {
	styles := stylesOf(e)
	attributes, title := []string{}, ""
	if i := c.series(styles["fill"]); i >= 0 && e.Name.Local == "path" && at[i] < len(c.Series[i].Values) {
		s, n := c.Series[i], at[i]
		at[i]++
		attributes = append(attributes, "class", s.Class)
		title = c.Categories[n] + ": " + s.Name + " " + c.figure(s.Values[n])
		if n < len(s.Links) && s.Links[n] != "" {
			linked = true
			out.WriteString(`<a tabindex="-1"` + attribute("href", s.Links[n]) + ">")
		}
	} else {
		attributes = append(attributes, plain(e.Name.Local, styles)...)
	}
	out.WriteString("<" + e.Name.Local)
	if e.Name.Local == "svg" {
		out.WriteString(` class="drawing" aria-hidden="true" focusable="false"`)
	}
	for _, a := range e.Attr {
		if drawnAttributes[a.Name.Local] && a.Name.Space == "" {
			attributes = append(attributes, a.Name.Local, a.Value)
		}
	}
	for i := 0; i < len(attributes); i += 2 {
		out.WriteString(attribute(attributes[i], attributes[i+1]))
	}
	out.WriteString(">")
	if title != "" {
		out.WriteString("<title>")
		_ = xml.EscapeText(out, []byte(title))
		out.WriteString("</title>")
	}
	return linked
}

// series is whose bar has that colour, -1 for none.
func (c chart) series(fill string) int {
	for i := range c.Series {
		if mark(i).String() == fill {
			return i
		}
	}
	return -1
}

// plain is the look of what is no bar: texts have the colour of texts, lines that of lines.
func plain(element string, styles map[string]string) (attributes []string) {
	switch {
	case element == "text":
		return []string{"font-size", strings.TrimSuffix(styles["font-size"], "px")}
	case element == "svg":
		return nil
	case styles["stroke"] != "" && styles["stroke"] != "none":
		return []string{"class", "axis", "fill", "none", "stroke-width", styles["stroke-width"]}
	case styles["fill"] != "" && styles["fill"] != "none":
		return []string{"class", "axis"}
	}
	return []string{"fill", "none"}
}

func stylesOf(e xml.StartElement) map[string]string {
	styles := map[string]string{}
	for _, a := range e.Attr {
		if a.Name.Local != "style" {
			continue
		}
		for declaration := range strings.SplitSeq(a.Value, ";") {
			name, value, _ := strings.Cut(declaration, ":")
			styles[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	return styles
}

func attribute(name, value string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(value))
	return " " + name + `="` + out.String() + `"`
}
