package mail

import (
	"embed"
	"fmt"
	html "html/template"
	netmail "net/mail"
	"slices"
	"strings"
	text "text/template"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"github.com/usm-works/usm/usm"
)

//go:embed message.txt message.html
var files embed.FS

var functions = map[string]any{"date": usm.ShowTime, "short": short, "inside": inside, "line": oneLine}

var (
	plain    = text.Must(text.New("message.txt").Funcs(functions).ParseFS(files, "message.txt"))
	designed = html.Must(html.New("message.html").Funcs(functions).ParseFS(files, "message.html"))
)

// subjectLimit is how many characters of a subject people see.
const subjectLimit = 150

// content is what the templates are given.
type content struct {
	Name string
	Asks []usm.MailItem
	News []usm.MailItem
}

// write makes the message. Nothing that people have written reaches a header without passing header and the library's
// encoding; an address that is not exactly one is an error.
func write(m usm.Mail, from *netmail.Address) (*gomail.Msg, error) {
	to, err := netmail.ParseAddress(m.Email)
	if err != nil || to.Name != "" || strings.ContainsFunc(to.Address, unicode.IsControl) {
		return nil, fmt.Errorf("%s has no mail address: %q", m.Person, m.Email)
	}
	to.Name = header(m.Name)
	message := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	message.FromMailAddress(from)
	message.ToMailAddress(to)
	message.Subject(subject(m.Items))
	message.SetMessageIDWithValue(messageID(m, from))
	message.SetDate()
	message.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nobody's absence answers it
	c := content{Name: oneLine(m.Name)}
	for _, item := range m.Items {
		if item.Approval != nil {
			c.Asks = append(c.Asks, item)
		} else {
			c.News = append(c.News, item)
		}
	}
	if err := message.SetBodyTextTemplate(plain, c); err != nil {
		return nil, fmt.Errorf("write a message: %w", err)
	}
	if err := message.AddAlternativeHTMLTemplate(designed, c); err != nil {
		return nil, fmt.Errorf("write a message: %w", err)
	}
	return message, nil
}

// subject names the calls and what is asked.
func subject(items []usm.MailItem) string {
	var calls []string
	asks := 0
	for _, item := range items {
		if item.Approval != nil {
			asks++
		}
		if item.Call != "" && !slices.Contains(calls, item.Call) {
			calls = append(calls, item.Call)
		}
	}
	numbers := strings.Join(calls[:min(3, len(calls))], ", ")
	if len(calls) > 3 {
		numbers += ", …"
	}
	if numbers != "" {
		numbers += ": "
	}
	switch {
	case len(items) == 1 && asks == 1:
		return shorten(numbers + "your approval is asked: " + header(items[0].Subject))
	case len(items) == 1 && items[0].Call == "":
		return shorten(header(items[0].Subject))
	case len(items) == 1:
		return shorten(numbers + header(items[0].Text))
	case asks == 0:
		return fmt.Sprintf("%s%d messages", numbers, len(items))
	case asks == 1:
		return numbers + "your approval is asked, and more"
	}
	return fmt.Sprintf("%s%d approvals are asked", numbers, asks)
}

// oneLine makes one line of a text: what could begin another, or write from right to left, is a blank.
func oneLine(s string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(clean), " ")
}

// header makes one line of a text that nobody's reader decodes: a line end can also be written as an encoded word (RFC 2047).
func header(s string) string { return strings.ReplaceAll(oneLine(s), "=?", "= ?") }

// shorten cuts a line to what people see of a subject.
func shorten(s string) string {
	if runes := []rune(s); len(runes) > subjectLimit {
		return string(runes[:subjectLimit-1]) + "…"
	}
	return s
}

// inside sets a text off from what we say ourselves, line by line: nobody can write a line that looks like one of ours.
func inside(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	lines := strings.FieldsFunc(s, func(r rune) bool {
		return r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' || r == '\v' || r == '\f'
	})
	for i, line := range lines {
		lines[i] = oneLine(line)
	}
	return strings.Join(lines, "\n    | ")
}

// short is the beginning of a digest, enough to compare it by eye.
func short(digest string) string {
	_, hex, _ := strings.Cut(digest, ":")
	return hex[:min(12, len(hex))]
}
