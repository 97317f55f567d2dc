package usm_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usm-works/usm/usm"
)

func TestSections(t *testing.T) {
	t.Parallel()
	a := usm.Approval{Content: map[string]any{
		"call":     map[string]any{"priority": "high", "components": []any{"a", map[string]any{"id": "b"}}, "service": nil},
		"fields":   map[string]any{},
		"proposal": map[string]any{"outcome": "", "fields": map[string]any{"root_cause": "a/b", "cost": 1e21, "ok": false, "n/a~": 0.1}},
		"later":    true,
	}}
	require.Equal(t, []usm.ContentSection{
		{Name: "Proposal", Lines: []usm.ContentLine{
			{Pointer: "/proposal/fields/cost", Name: "fields › cost", Value: "1000000000000000000000"},
			{Pointer: "/proposal/fields/n~1a~0", Name: "fields › n/a~", Value: "0.1"},
			{Pointer: "/proposal/fields/ok", Name: "fields › ok", Value: "no"},
			{Pointer: "/proposal/fields/root_cause", Name: "fields › root cause", Value: "a/b"},
			{Pointer: "/proposal/outcome", Name: "outcome", Value: "nothing"},
		}},
		{Name: "Call", Lines: []usm.ContentLine{
			{Pointer: "/call/components/0", Name: "components › 1", Value: "a"},
			{Pointer: "/call/components/1/id", Name: "components › 2 › id", Value: "b"},
			{Pointer: "/call/priority", Name: "priority", Value: "high"},
			{Pointer: "/call/service", Name: "service", Value: "nothing"},
		}},
		{Name: "Fields", Lines: []usm.ContentLine{{Pointer: "/fields", Value: "nothing"}}},
		{Name: "Later", Lines: []usm.ContentLine{{Pointer: "/later", Value: "yes"}}},
	}, a.Sections())
	require.Empty(t, usm.Approval{}.Sections())
}

// TestSectionsShowEverything holds any content against what is shown of it: each value once, none left out.
func TestSectionsShowEverything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		leaves := 0
		var value func(depth int) any
		value = func(depth int) any {
			kind := rapid.IntRange(0, 3).Draw(t, "kind")
			size := rapid.IntRange(1, 3).Draw(t, "size")
			if depth == 0 || kind < 2 {
				leaves++
				return rapid.SampledFrom([]any{"text", 1.5, true, nil, "", map[string]any{}, []any{}}).Draw(t, "leaf")
			}
			if kind == 2 {
				list := make([]any, size)
				for i := range list {
					list[i] = value(depth - 1)
				}
				return list
			}
			object := map[string]any{}
			for i := range size {
				object[strings.Repeat("k/", i)] = value(depth - 1)
			}
			return object
		}
		content := map[string]any{"proposal": value(3), "call": value(3), "x": value(1)}
		pointers := map[string]bool{}
		for _, section := range (usm.Approval{Content: content}).Sections() {
			for _, line := range section.Lines {
				pointers[line.Pointer] = true
			}
		}
		require.Len(t, pointers, leaves)
	})
}

func TestLinkExpiry(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	soon, late := now.Add(time.Hour), now.Add(400*24*time.Hour)
	require.Equal(t, soon, usm.Approval{Due: &soon}.LinkExpiry(now))
	require.Equal(t, now.Add(30*24*time.Hour), usm.Approval{Due: &late}.LinkExpiry(now))
	require.Equal(t, now.Add(30*24*time.Hour), usm.Approval{}.LinkExpiry(now))
	require.True(t, usm.MailLink{ExpiresAt: soon}.Good(now))
	require.False(t, usm.MailLink{ExpiresAt: now}.Good(now))
	require.False(t, usm.MailLink{ExpiresAt: soon, UsedAt: &now}.Good(now))
}
