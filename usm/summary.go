package usm

import "unicode/utf8"

// summaryLimit is the length of a summary in bytes. Temporal's limit for one is 400; it is not asked everywhere, but
// what people and other systems typed should not find out where.
const summaryLimit = 200

// Summary is a text as a line for Temporal's pages: cut at the end of a character when it is long, and then ended with "…".
func Summary(text string) string {
	if len(text) <= summaryLimit {
		return text
	}
	cut := summaryLimit - len("…")
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}
