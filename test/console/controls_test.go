package console

import (
	"encoding/json"
	"fmt"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// control is an element of a form that has to be changed. Kind is its type.
type control struct {
	Selector string `json:"selector"`
	Kind     string `json:"kind"`
	Value    string `json:"value"`
	On       bool   `json:"on"` // of a checkbox or a radio button
}

// set fills in fields by their names, in their order; what is in groups and lists has the names that the console gives it.
func (b *browser) set(fields map[string]any) *browser {
	b.t.Helper()
	content, err := json.Marshal(fields)
	require.NoError(b.t, err)
	var told string
	b.run(chromedp.Evaluate(fmt.Sprintf(`(() => {
		const missing = [], wanted = [];
		const set = (name, value) => {
			const found = [...document.getElementsByName(name)];
			for (const field of found) {
				const one = { field, selector: "[name=" + JSON.stringify(name) + "]", kind: field.type, value: String(value), on: true };
				if (field.type === "hidden") continue;
				if (field.type === "checkbox") one.on = Array.isArray(value) ? value.includes(field.value) : value === true;
				if (field.type === "radio" && field.value !== one.value) continue;
				if (field.type === "radio" || field.type === "checkbox") one.selector += "[value=" + JSON.stringify(field.value) + "]";
				else if (typeof value === "object") one.value = Array.isArray(value) && value.every((v) => typeof v !== "object")
					? value.join("\n") : JSON.stringify(value);
				if (field.type === "datetime-local") one.value = one.value.slice(0, 16);
				wanted.push(one);
			}
			if (found.length > 0) return;
			if (typeof value !== "object" || value === null) { missing.push(name); return; }
			for (const [key, inner] of Object.entries(value)) set(name + "/" + key, inner);
		};
		for (const [name, value] of Object.entries(%s)) set(name, value);
		wanted.sort((a, b) => a.field.compareDocumentPosition(b.field) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1);
		return JSON.stringify({ missing, wanted: wanted.map(({ field, ...one }) => one) });
	})()`, content), &told))
	var form struct {
		Missing []string  `json:"missing"`
		Wanted  []control `json:"wanted"`
	}
	require.NoError(b.t, json.Unmarshal([]byte(told), &form))
	require.Empty(b.t, form.Missing, "the form at %s has no such fields:\n%s", b.at(), b.text("main"))
	for _, c := range form.Wanted {
		switch c.Kind {
		case "radio", "checkbox":
			b.hand.tick(b, c.Selector, c.On)
		case "select-one":
			b.choose(c.Selector, c.Value)
		default:
			b.hand.write(b, c.Selector, c.Kind, c.Value)
		}
	}
	return b
}
