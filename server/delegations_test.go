package server_test

import (
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestDelegations(t *testing.T) {
	t.Parallel()
	body := func(change map[string]any) map[string]any {
		all := map[string]any{"domain": "it", "to": "rita", "until": time.Now().Add(time.Hour).Format(time.RFC3339)}
		maps.Copy(all, change)
		return all
	}

	t.Run("AreMadeByWhoIsStoodInFor", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		var made usm.Delegation
		w.post("omar", "/delegations", body(map[string]any{"when": "amount < 100.0"})).status(http.StatusCreated).into(&made)
		require.Equal(t, "omar", made.Person)
		require.Equal(t, "amount < 100.0", made.When)
	})

	for name, tc := range map[string]struct {
		change map[string]any
		at     string
	}{
		"TheirConditionIsNone":         {map[string]any{"when": "amount <"}, "/when"},
		"TheirConditionIsNoQuestion":   {map[string]any{"when": "amount"}, "/when"},
		"TheirConditionAsksForUnknown": {map[string]any{"when": "shoe == 'x'"}, "/when"},
		"NobodyOfThatIDStandsIn":       {map[string]any{"to": "nobody"}, "/to"},
		"WhoStandsInHasLeft":           {map[string]any{"to": "gone"}, "/to"},
		"TheyHaveEnded":                {map[string]any{"until": time.Now().Add(-time.Hour).Format(time.RFC3339)}, "/until"},
		"TheirServiceIsUnknown":        {map[string]any{"service": "moon"}, "/service"},
	} {
		t.Run("AreRefusedWhen"+name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			refused := w.post("omar", "/delegations", body(tc.change)).problem(http.StatusUnprocessableEntity, usm.CodeInvalid)
			require.Equal(t, []string{tc.at}, refused.places())
		})
	}
}
