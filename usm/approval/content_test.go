package approval

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usm-works/usm/usm"
)

// TestCanonical has the examples of RFC 8785 (3.2.2, 3.2.3, appendix B).
func TestCanonical(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ claim, given, canonical string }{
		{"NoWhiteSpace", `{ "b": [ 1 , true , null ], "a": { } }`, `{"a":{},"b":[1,true,null]}`},
		{
			"TheExampleOfTheStandard",
			`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],` +
				`"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
			`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
		},
		{
			"NamesByUTF16",
			`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji","\u0080":"Control"}`,
			"{\"\\r\":\"Carriage Return\",\"1\":\"One\"," +
				"\"\u0080\":\"Control\",\"€\":\"Euro Sign\",\"😀\":\"Emoji\",\"\ufb33\":\"Dalet With Dagesh\"}",
		},
		{"WhatNeedsNoEscape", `"<\/script>&\u2028\u007f"`, "\"</script>&\u2028\u007f\""},
		{"WhatDoes", `"\b\t\n\f\r\u0000\u001f"`, `"\b\t\n\f\r\u0000\u001f"`},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			var value any
			require.NoError(t, json.Unmarshal([]byte(c.given), &value))
			require.Equal(t, c.canonical, string(canonical(nil, value)))
		})
	}
}

// TestCanonicalNumbers has the table of RFC 8785, appendix B.
func TestCanonicalNumbers(t *testing.T) {
	t.Parallel()
	for bits, text := range map[uint64]string{
		0x0000000000000000: "0", 0x8000000000000000: "0", 0x0000000000000001: "5e-324", 0x8000000000000001: "-5e-324",
		0x7fefffffffffffff: "1.7976931348623157e+308", 0xffefffffffffffff: "-1.7976931348623157e+308",
		0x4340000000000000: "9007199254740992", 0xc340000000000000: "-9007199254740992", 0x4430000000000000: "295147905179352830000",
		0x44b52d02c7e14af5: "9.999999999999997e+22", 0x44b52d02c7e14af6: "1e+23", 0x44b52d02c7e14af7: "1.0000000000000001e+23",
		0x444b1ae4d6e2ef4e: "999999999999999700000", 0x444b1ae4d6e2ef4f: "999999999999999900000", 0x444b1ae4d6e2ef50: "1e+21",
		0x3eb0c6f7a0b5ed8c: "9.999999999999997e-7", 0x3eb0c6f7a0b5ed8d: "0.000001", 0x41b3de4355555553: "333333333.3333332",
		0x41b3de4355555554: "333333333.33333325", 0x41b3de4355555555: "333333333.3333333", 0x41b3de4355555556: "333333333.3333334",
		0x41b3de4355555557: "333333333.33333343", 0xbecbf647612f3696: "-0.0000033333333333333333", 0x43143ff3c1cb0959: "1424953923781206.2",
		0x7fffffffffffffff: "null", 0x7ff0000000000000: "null",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, text, string(canonical(nil, math.Float64frombits(bits))))
		})
	}
}

// TestDigestIsOfTheValue whatever Go type holds it.
func TestDigestIsOfTheValue(t *testing.T) {
	t.Parallel()
	type part struct {
		B int    `json:"b"`
		A string `json:"a"`
	}
	one := Digest(map[string]any{"x": []any{1.0, part{2, "z"}}, "n": json.Number("1.50"), "y": []string{"q"}, "z": make(chan int)})
	require.Equal(t, one, Digest(map[string]any{
		"x": []any{1, map[string]any{"a": "z", "b": int64(2)}}, "n": 1.5, "y": []any{"q"}, "z": nil,
	}))
	require.Equal(t, "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", Digest(map[string]any{}))
	require.NotEqual(t, one, Digest(nil))
}

// TestCanonicalMeansTheSame: what is written reads back as the value, writing that again gives the same bytes, and no other
// value has them.
func TestCanonicalMeansTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value, other := anyJSON(2).Draw(t, "value"), anyJSON(2).Draw(t, "other")
		text := canonical(nil, value)
		var back any
		require.NoError(t, json.Unmarshal(text, &back))
		require.Equal(t, value, back)
		require.Equal(t, string(text), string(canonical(nil, back)))
		require.Equal(t, reflect.DeepEqual(value, other), string(text) == string(canonical(nil, other)))
	})
}

// anyJSON draws plain JSON values, a negative zero excepted: it is 0.
func anyJSON(depth int) *rapid.Generator[any] {
	scalars := []*rapid.Generator[any]{
		rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.String().AsAny(),
		rapid.Map(rapid.Float64(), func(f float64) any { return f + 0 }),
		rapid.Map(rapid.IntRange(-3, 3), func(n int) any { return float64(n) }),
	}
	if depth == 0 {
		return rapid.OneOf(scalars...)
	}
	return rapid.OneOf(append(scalars,
		rapid.Map(rapid.SliceOfN(anyJSON(depth-1), 0, 3), func(s []any) any { return append([]any{}, s...) }),
		rapid.Map(rapid.MapOfN(rapid.String(), anyJSON(depth-1), 0, 3), func(m map[string]any) any { return m }))...)
}

func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{`{"a":[1e21,-0.0,1e-7],"\ud83d\ude00":"\u0000"}`, `[]`, `"\ud800"`, `1e400`, "\"\xff\""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var value any
		if json.Unmarshal(raw, &value) != nil {
			return
		}
		text := canonical(nil, value)
		var back any
		require.NoError(t, json.Unmarshal(text, &back), "%s", text)
		require.Equal(t, string(text), string(canonical(nil, back)))
	})
}

func TestAmount(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		claim            string
		proposed, before any
		amount           float64
	}{
		{"OfTheProposal", 900.5, 1.0, 900.5},
		{"OfWhatCameBefore", nil, 12, 12},
		{"AText", " 1200.50 ", nil, 1200.5},
		{"AnEmptyTextIsNone", "", 7.0, 7},
		{"Nothing", nil, nil, 0},
		{"Negative", -3.0, nil, -3},
		{"WhatNobodyCanReadIsNotSmall", "about a million", 1.0, math.Inf(1)},
		{"NaNIsNotSmall", "NaN", 1.0, math.Inf(1)},
		{"AnObjectIsNotSmall", map[string]any{"eur": 5}, nil, math.Inf(1)},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			shown := Content(usm.Call{}, map[string]any{"amount": c.before}, usm.Action{Fields: map[string]any{"amount": c.proposed}})
			require.True(t, c.amount == Amount(shown), "%v", Amount(shown)) //nolint:testifylint // infinite ones are equal too
		})
	}
}

func TestContentHasEveryName(t *testing.T) {
	t.Parallel()
	shown := Content(usm.Call{}, nil, usm.Action{})
	require.Equal(t, map[string]any{
		"call": map[string]any{
			"number": "", "type": "", "subject": "", "description": "", "requester": "", "service": "", "components": []any{},
			"category": "", "impact": "", "urgency": "", "priority": "",
		},
		"fields": map[string]any{}, "proposal": map[string]any{"step": "", "outcome": "", "fields": map[string]any{}, "note": ""},
	}, shown)
}

func TestRenewed(t *testing.T) {
	t.Parallel()
	w := world(t)
	policy := policyOf(profile("all", "board"))
	policy.Material = []string{"/proposal/fields/cost", "/call/priority", "/fields/list/1", "/fields/a~1b"}
	a := asks(t, w, policy)
	a = vote(t, a, w, "bea", usm.Approve)
	other := func(change func(c map[string]any)) map[string]any {
		c := content()
		change(c)
		return c
	}
	set := func(object, name string, value any) func(map[string]any) {
		return func(c map[string]any) { c[object].(map[string]any)[name] = value } //nolint:forcetypeassert,errcheck // it is one
	}
	t.Run("GoesOnWhenNothingMaterialDiffers", func(t *testing.T) {
		t.Parallel()
		fresh := other(set("call", "subject", "Another server"))
		next, ok := Renewed(a, fresh)
		require.False(t, ok)
		require.Equal(t, a.ID, next.ID)
		require.Equal(t, a.Ballots, next.Ballots)
		require.Equal(t, Digest(fresh), next.Digest)
		require.NotEqual(t, a.Digest, next.Digest)
		require.Equal(t, fresh, next.Content)
	})
	t.Run("AsksAgainAndSaysWhatChanged", func(t *testing.T) {
		t.Parallel()
		next, ok := Renewed(a, other(func(c map[string]any) {
			set("call", "priority", "high")(c)
			set("fields", "note", "new")(c)
			delete(c["fields"].(map[string]any), "risk") //nolint:forcetypeassert,errcheck // it is one
			set("call", "components", []any{"server"})(c)
		}))
		require.True(t, ok)
		require.Equal(t, []usm.ContentChange{
			{Pointer: "/call/components", Before: "[]", After: `["server"]`},
			{Pointer: "/call/priority", Before: `""`, After: `"high"`},
			{Pointer: "/fields/note", After: `"new"`},
			{Pointer: "/fields/risk", Before: `"low"`},
		}, next.Changed)
		require.Equal(t, a.ID, next.Replaces)
		require.Empty(t, next.Ballots)
		next, err := Open(next, w)
		require.NoError(t, err)
		require.Equal(t, usm.ApprovalOpen, next.State)
		require.NotEqual(t, a.Digest, next.Digest)
	})
	t.Run("LooksIntoListsAndUnescapes", func(t *testing.T) {
		t.Parallel()
		_, ok := Renewed(a, other(set("fields", "list", []any{"x"})))
		require.False(t, ok)
		_, ok = Renewed(a, other(set("fields", "list", []any{"x", "y"})))
		require.True(t, ok)
		_, ok = Renewed(a, other(set("fields", "a/b", nil)))
		require.True(t, ok, "null is something")
	})
	t.Run("EverythingIsMaterialWhereNothingIsNamed", func(t *testing.T) {
		t.Parallel()
		all := asks(t, w, policyOf(profile("all", "board")))
		_, ok := Renewed(all, other(set("fields", "note", "new")))
		require.True(t, ok)
		_, ok = Renewed(all, content())
		require.False(t, ok)
	})
}

// TestDifferencesAreWhatDiffers: equal values have none, and putting them in makes the one value the other.
func TestDifferencesAreWhatDiffers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before, after := anyJSON(2).Draw(t, "before"), anyJSON(2).Draw(t, "after")
		found := differences(nil, "", before, after)
		require.Equal(t, reflect.DeepEqual(before, after), len(found) == 0)
		for _, c := range found {
			for text, side := range map[string]any{c.Before: before, c.After: after} {
				if value, ok := at(side, c.Pointer); ok {
					require.Contains(t, []string{c.Before, c.After}, string(canonical(nil, value)))
				} else {
					require.Contains(t, []string{c.Before, c.After}, "", text)
				}
			}
		}
	})
}
