package console

import (
	"encoding/json"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// watching is a script that tells what the keyboard finds on a page. Nothing of the page is changed by it.
const watching = `
const named = (e) => e.outerHTML.slice(0, 160).replace(/\s+/g, " ");
const clipped = (r) => ({
	left: Math.max(r.left, 0), top: Math.max(r.top, 0), right: Math.min(r.right, innerWidth), bottom: Math.min(r.bottom, innerHeight),
});
// Why whoever has the focus does not see it, "" when he does: WCAG 2.4.7 asks for a ring and 2.4.11 that nothing covers the element.
const unseen = (e) => {
	const style = getComputedStyle(e);
	if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) return "has no ring: " + named(e);
	const boxes = [...e.getClientRects()].map(clipped).filter((r) => r.right > r.left && r.bottom > r.top);
	if (boxes.length === 0) return "is not in the window: " + named(e);
	const shown = boxes.some((r) => [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.1], [0.5, 0.9]].some(([x, y]) => {
		const on = document.elementFromPoint(r.left + (r.right - r.left) * x, r.top + (r.bottom - r.top) * y);
		return on && e.contains(on);
	}));
	return shown ? "" : "is covered: " + named(e);
};
const active = () => [document.body, document.documentElement].includes(document.activeElement) ? null : document.activeElement;
`

// focused tells which element has the focus, "" for none.
func (b *browser) focused() (element string) {
	b.t.Helper()
	b.run(chromedp.Evaluate(`(() => {`+watching+`return active() ? named(active()) : ""; })()`, &element))
	return element
}

// unseen says why the element that has the focus is not seen, "" when it is.
func (b *browser) unseen() (why string) {
	b.t.Helper()
	b.run(chromedp.Evaluate(`(() => {`+watching+`return active() ? unseen(active()) : "nothing has the focus"; })()`, &why))
	return why
}

// stop is what a press of Tab came to.
type stop struct {
	End    bool   `json:"end"`    // of the page, or an element that was there already
	Closed bool   `json:"closed"` // it opens something
	Unseen string `json:"unseen"`
}

// swept presses Tab from the beginning of a page to its end, opening what can be opened, and back. It returns what is not as it has
// to be: an element that is not reached, or not seen when it is.
func (b *browser) swept() (wrong []string) {
	b.t.Helper()
	b.run(chromedp.Evaluate(`(() => {`+watching+`
		const reached = new Set();
		let last = null;
		window.stopped = () => {
			const e = active();
			if (e && e === last) return JSON.stringify({ end: false }); // a date has several places
			last = e;
			if (!e || reached.has(e)) return JSON.stringify({ end: true });
			reached.add(e);
			if (e.type === "radio") for (const other of document.getElementsByName(e.name)) if (other.form === e.form) reached.add(other);
			const closed = e.tagName === "SUMMARY" && !e.parentElement.open;
			return JSON.stringify({ end: false, closed, unseen: unseen(e) });
		};
		window.missed = () => {
			const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]")];
			const usable = all.filter((e) => !e.disabled && e.checkVisibility({ visibilityProperty: true }));
			const links = new Set([...reached].map((e) => e.getAttribute("href")));
			// What says that Tab leaves it out is a part of the page, or leads where another one leads.
			const left = (e) => e.tabIndex < 0 && (e.matches("main, fieldset, [aria-hidden=true]") || links.has(e.getAttribute("href")));
			const missed = usable.filter((e) => !reached.has(e) && !left(e)).map(named);
			reached.clear();
			last = null;
			return JSON.stringify(missed);
		};
		document.activeElement.blur();
		getSelection().removeAllRanges();
	})()`, nil))
	for _, back := range []bool{false, true} {
		var missed []string
		for i := range farthest {
			at := b.stopped(back)
			if at.End && i > 0 { // at first it may come from outside of the page
				break
			}
			if at.Unseen != "" {
				wrong = append(wrong, at.Unseen)
			}
			if at.Closed {
				b.strike(kb.Enter)
			}
		}
		var told string
		b.run(chromedp.Evaluate(`missed()`, &told))
		require.NoError(b.t, json.Unmarshal([]byte(told), &missed))
		for _, one := range missed {
			wrong = append(wrong, "is not reached: "+one)
		}
	}
	return wrong
}

func (b *browser) stopped(back bool) (at stop) {
	b.t.Helper()
	b.tab(back)
	var told string
	b.run(chromedp.Evaluate(`stopped()`, &told))
	require.NoError(b.t, json.Unmarshal([]byte(told), &at))
	return at
}

// spoil makes a page on which a link cannot be reached, a button has no ring and a field is covered.
func (b *browser) spoil() {
	b.t.Helper()
	b.run(chromedp.Evaluate(`(() => {
		document.querySelector("main").innerHTML = '<a href="/nowhere" id="left">x</a><button id="bare">x</button><input id="under">';
		document.getElementById("left").tabIndex = -1;
		document.getElementById("bare").style.outline = "none";
		const over = document.createElement("div"), at = document.getElementById("under").getBoundingClientRect();
		over.style.position = "fixed";
		for (const side of ["left", "top", "width", "height"]) over.style[side] = at[side] + "px";
		document.body.append(over);
	})()`, nil))
}
