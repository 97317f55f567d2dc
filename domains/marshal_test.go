package domains_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/usm"
)

// hard are texts that mean something else in YAML unless they are quoted.
var hard = []string{
	"true", "null", "~", "yes", "on", "1", "1.0", "1e3", "0x1F", "0o7", "1_000", ".inf", ".nan", "12:30:45", "2026-11-24",
	"- a", "a: b", "a #b", "#b", "&a", "*a", "!a", "%a", "@a", "`a`", "|", ">", "'", `"`, `"a"`, "a'b", "{a}", "[a]", ", a",
	"? a", "a:", ":a", "a\nb", "a\n\n b\n", " a", "a ", "\ta", "a\tb", "a\\b", `a\nb`, "\u00e9", "\u6f22", "\U0001f600",
	"a\r\nb", "\u2028", "---", "...", "=", "<<",
}

func TestMarshal(t *testing.T) {
	t.Parallel()

	t.Run("KeepsTextsThatYAMLReadsOtherwise", func(t *testing.T) {
		t.Parallel()
		for _, text := range hard {
			domain := lab(t)
			domain.Name = text
			domain.Solutions[0].Text = text + "\n" + text
			domain.Components[0].Attributes = map[string]any{text: text, "list": []any{text, nil, 1.5, true, map[string]any{}}}
			comesBack(t, domain)
		}
	})

	t.Run("KeepsAnyTextAndNumber", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			text := rapid.StringOfN(rapid.RuneFrom(nil, unicode.L, unicode.P, unicode.Zs, unicode.S, unicode.Cc), 1, 30, -1)
			domain, err := domains.Parse("lab.yaml", []byte(small))
			require.NoError(t, err)
			plain := strings.ReplaceAll(text.Draw(t, "text"), "\x00", "")
			domain.Name = "n" + plain
			domain.Solutions[0].Text = plain + "n\n" + plain
			domain.Components[0].Attributes = map[string]any{
				"n" + plain: rapid.Float64Range(-1e15, 1e15).Draw(t, "number"), "whole": float64(rapid.Int32().Draw(t, "whole")),
			}
			comesBack(t, domain)
		})
	})

	t.Run("WritesKeysInTheOrderOfTheVocabulary", func(t *testing.T) {
		t.Parallel()
		file, err := domains.Marshal(lab(t))
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(string(file), "id: lab\nname: Laboratory\ntime_zone: Europe/Paris\ncalendar:\n"))
	})

	t.Run("LeavesTheVersionOut", func(t *testing.T) {
		t.Parallel()
		domain := lab(t)
		domain.Version = 9
		file, err := domains.Marshal(domain)
		require.NoError(t, err)
		require.NotContains(t, string(file), "\nversion:")
	})

	t.Run("RefusesWhatIsNoJSON", func(t *testing.T) {
		t.Parallel()
		domain := lab(t)
		domain.Components[0].Attributes = map[string]any{"f": func() {}}
		_, err := domains.Marshal(domain)
		require.Error(t, err)
		require.Error(t, domains.Validate(domain))
		require.Len(t, domains.Plan(domain, domain), 1)
	})
}

func comesBack(t require.TestingT, domain usm.Domain) {
	if domains.Validate(domain) != nil {
		return // e.g. a blank name: no file can hold it
	}
	file, err := domains.Marshal(domain)
	require.NoError(t, err)
	again, err := domains.Parse("again.yaml", file)
	require.NoError(t, err, string(file))
	require.Equal(t, domain, again, string(file))
}
