package console

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

// menuEntry is a page of the menu; Worker says that it is for those who hold a profile.
type menuEntry struct {
	Place, Path string
	Worker      bool
}

// menu is in the order of the day: what one asks for, what waits, what is known.
var menu = []menuEntry{
	{"ask", "/ask", false},
	{"asked", "/asked", false},
	{"work", "/work", true},
	{"approvals", "/approvals", false},
	{"absence", "/absence", false},
	{"registers", "/registers", false},
	{"agreements", "/agreements", false},
	{"services", "/services", false},
	{"components", "/components", false},
	{"risks", "/risks", true},
	{"insight", "/insight", true},
	{"domains", "/domains", true},
	{"system", "/system", true},
}

func menuOf(v *visit) []menuEntry {
	return slices.DeleteFunc(slices.Clone(menu), func(m menuEntry) bool { return m.Worker && !v.holdsProfile() })
}

// start sends whoever opens the console to what waits for him: who works to his work, who only asks to where he asks.
func (s *site) start(v *visit) (page, error) {
	if v.holdsProfile() {
		return see("/work"), nil
	}
	return see("/ask"), nil
}

func (l look) classes() string {
	return strings.TrimSpace(strings.Join([]string{l.Theme, l.Density}, " "))
}

// addresses of the files carry a digest of their content, so that a browser may keep them for ever.
var addresses = map[string]string{}

func address(name string) string { return addresses[name] }

func init() { //nolint:gochecknoinits // computed once from what is embedded
	for _, name := range []string{"console.css", "console.js"} {
		digest := sha256.Sum256(fileContent(name))
		addresses[name] = "/static/" + name + "?" + hex.EncodeToString(digest[:6])
	}
}

// ofOurs are values of ours to choose from, with what they are called.
func ofOurs[T ~string](values []T, name func(T) string) []choice {
	return choices(values, func(value T) (string, string) { return string(value), name(value) })
}

func escape(text string) string     { return url.QueryEscape(text) }
func escapePath(text string) string { return url.PathEscape(text) }

// id returns an id that no other element of the page has.
func (v *visit) id(kind string) string {
	v.nonce++
	return kind + strconv.Itoa(v.nonce)
}

// key returns the idempotency key of what a form sent: the same again is the same key, and what was mended has another one.
func (v *visit) key() string {
	if v.c.PostForm("key") == "" {
		return rand.Text()
	}
	sum := sha256.Sum256([]byte(v.c.Request.PostForm.Encode()))
	return hex.EncodeToString(sum[:16])
}

// said is what the last action came to, told on the page that follows it: the parameter names a text.
func (v *visit) said() string {
	if key := "said." + v.query("said"); v.has(key) {
		return v.T(key)
	}
	return ""
}

// typed reports whether a field of a form is one that somebody filled in.
func typed(f keptField) bool {
	return f.Value != "" && f.Name != "key" && f.Name != "back" && f.Name != "revision" && !strings.HasPrefix(f.Name, "found/")
}

// shortName is the last part of the name of a field, "diagnosis" of "/fields/diagnosis".
func shortName(name string) string { return name[strings.LastIndexAny(name, "/.")+1:] }

// fieldID is the id of the element in which a field stands that the API names by a pointer.
func fieldID(pointer string) string { return "field" + strings.ReplaceAll(pointer, "/", "-") }

// left is how much of its time a call has.
type left struct {
	Used       string // percent
	Text       string
	Late, Soon bool
}

// left looks at the clock that ends first; ok is false when none runs.
func (v *visit) left(call usm.CallView) (l left, ok bool) {
	if call.Due == nil {
		return left{}, false
	}
	whole, remains := call.Due.Sub(call.OpenedAt), call.Due.Sub(v.now)
	used := 100.0
	if whole > 0 && remains > 0 {
		used = 100 * float64(whole-remains) / float64(whole)
	}
	l = left{Used: strconv.Itoa(int(used)), Late: remains < 0, Soon: remains >= 0 && remains < max(whole/5, 15*time.Minute)}
	if l.Late {
		l.Text = v.T("time.late", v.lasting(remains))
	} else {
		l.Text = v.T("time.left", v.lasting(remains))
	}
	return l, true
}
