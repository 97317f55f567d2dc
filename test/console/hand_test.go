package console

import (
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// hand is how somebody uses a page: with a mouse, or with the keyboard alone.
type hand interface {
	press(b *browser, selector string)             // a button, a link or a summary
	tick(b *browser, selector string, on bool)     // a checkbox, or a radio button, which is on only
	choose(b *browser, selector, value string)     // an option of a select
	write(b *browser, selector, kind, text string) // into a field of a type, in place of what it held
}

// mouse points, and types where it has clicked.
type mouse struct{}

func (mouse) press(b *browser, selector string) {
	b.t.Helper()
	b.run(chromedp.Click(selector, chromedp.ByQuery))
}

func (m mouse) tick(b *browser, selector string, on bool) {
	b.t.Helper()
	if b.is(selector, "checked") != on {
		m.press(b, selector)
	}
}

func (mouse) choose(b *browser, selector, value string) {
	b.t.Helper()
	b.run(chromedp.WaitReady(selector, chromedp.ByQuery), chromedp.Evaluate(fmt.Sprintf(`(() => {
		const field = document.querySelector(%q);
		field.value = %q;
		field.dispatchEvent(new Event("change", { bubbles: true }));
	})()`, selector, value), nil))
}

func (mouse) write(b *browser, selector, kind, text string) {
	b.t.Helper()
	now := ""
	if strings.HasPrefix(kind, "date") { // has a calendar to choose from
		now, text = text, ""
	}
	b.run(chromedp.WaitReady(selector, chromedp.ByQuery),
		chromedp.Evaluate(fmt.Sprintf(`document.querySelector(%q).value = %q`, selector, now), nil),
		chromedp.SendKeys(selector, text, chromedp.ByQuery))
}

// keys are the keyboard alone: what cannot be reached and seen with it fails the test.
type keys struct{}

// farthest is how many times somebody has to press Tab on a page at most.
const farthest = 400

// alone is a window in which only the keyboard is used.
func (b *browser) alone() *browser {
	b.t.Helper()
	b.hand = keys{}
	b.run(emulation.SetFocusEmulationEnabled(true)) // its window may be behind others
	return b
}

// strike presses keys one after the other.
func (b *browser) strike(all ...string) *browser {
	b.t.Helper()
	for _, key := range all {
		b.run(chromedp.KeyEvent(key, pressed))
	}
	return b
}

// pressed is how a keyboard says it: what a page does with a key itself types nothing.
func pressed(p *input.DispatchKeyEventParams) *input.DispatchKeyEventParams {
	if p.Type == input.KeyDown {
		p.Type = input.KeyRawDown
	}
	return p
}

// tab presses Tab, or Shift+Tab.
func (b *browser) tab(back bool) {
	b.t.Helper()
	var with []chromedp.KeyOption
	if back {
		with = append(with, chromedp.KeyModifiers(input.ModifierShift))
	}
	b.run(chromedp.KeyEvent(kb.Tab, with...))
}

// reach presses Tab or Shift+Tab until an element has the focus; of radio buttons, any of the group.
func (keys) reach(b *browser, selector string) {
	b.t.Helper()
	b.run(chromedp.WaitReady(selector, chromedp.ByQuery))
	way := ""
	for range farthest {
		b.run(chromedp.Evaluate(fmt.Sprintf(`(() => {
			const wanted = document.querySelector(%q), now = document.activeElement;
			if (!wanted) return "gone";
			const group = (e) => e.type === "radio" && e.form && e.name;
			if (now === wanted || group(now) && group(now) === group(wanted) && now.form === wanted.form) return "here";
			const before = now !== document.body && now.compareDocumentPosition(wanted) & Node.DOCUMENT_POSITION_PRECEDING;
			return before ? "back" : "on";
		})()`, selector), &way))
		if way == "here" {
			require.Empty(b.t, b.unseen(), "the focus at %s", b.at())
			return
		}
		b.tab(way == "back")
	}
	require.Fail(b.t, "the keyboard does not reach "+selector, "at %s, it is %s and %s has the focus", b.at(), way, b.focused())
}

func (k keys) press(b *browser, selector string) {
	b.t.Helper()
	k.reach(b, selector)
	b.strike(kb.Enter)
}

func (k keys) tick(b *browser, selector string, on bool) {
	b.t.Helper()
	k.reach(b, selector)
	for range farthest {
		switch {
		case b.is(selector, "checked") == on:
			return
		case b.is(selector, "matches(':focus')"):
			b.strike(" ")
		default:
			b.strike(kb.ArrowDown) // to the next of the group
		}
	}
	require.Fail(b.t, "keys do not tick "+selector, b.at())
}

func (k keys) choose(b *browser, selector, value string) {
	b.t.Helper()
	k.reach(b, selector)
	for range farthest {
		var steps int
		b.run(chromedp.Evaluate(fmt.Sprintf(`(() => {
			const field = document.querySelector(%q), wanted = [...field.options].findIndex((o) => o.value === %q);
			return wanted < 0 ? 0 : wanted - field.selectedIndex;
		})()`, selector, value), &steps))
		switch {
		case steps == 0:
			return
		case steps > 0:
			b.strike(kb.ArrowDown)
		default:
			b.strike(kb.ArrowUp)
		}
	}
}

func (k keys) write(b *browser, selector, kind, text string) {
	b.t.Helper()
	k.reach(b, selector)
	switch kind {
	case "date", "datetime-local": // month, day and year; then hour, minute and half of the day
		b.strike(text[5:7], text[8:10], text[:4])
		if kind == "datetime-local" {
			half := "A"
			hour := (int(text[11]-'0')*10 + int(text[12]-'0'))
			if hour >= 12 {
				half = "P"
			}
			b.strike(kb.ArrowRight, fmt.Sprintf("%02d", (hour+11)%12+1), text[14:16], half)
		}
	default:
		b.run(chromedp.KeyEvent("a", chromedp.KeyModifiers(input.ModifierCtrl)))
		if text == "" {
			text = kb.Delete
		}
		b.strike(text)
	}
}

// is reports what a property of an element says, or a method; false when there is none.
func (b *browser) is(selector, says string) bool {
	b.t.Helper()
	var yes bool
	script := fmt.Sprintf(`(() => { const e = document.querySelector(%q); return Boolean(e && e.%s); })()`, selector, says)
	b.run(chromedp.Evaluate(script, &yes))
	return yes
}
