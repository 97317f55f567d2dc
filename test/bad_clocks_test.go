package test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// badClocks steer clocks as they cannot be steered.
func badClocks(t *testing.T, w *world) {
	t.Helper()
	outOfTurn := refusal{http.StatusConflict, usm.CodeOutOfTurn, nil, "paused"}
	requireAllRefused(t, w, map[string]attempt{
		"PauseForAnUnknownReason":   {"", "", "pause", object{"reason": "tea"}, invalid("/reason")},
		"PauseForNoReason":          {"", "", "pause", object{}, invalid("/reason")},
		"PauseForAnEmptyReason":     {"", "", "pause", object{"reason": ""}, invalid("/reason")},
		"PauseWithAnExtraMember":    {"", "", "pause", object{"reason": "hold", "until": "tomorrow"}, invalid("/until")},
		"PauseForWhatHoldsByItself": {"", "", "pause", object{"reason": "answer"}, invalid("/reason")},
		"PauseByABystander":         {"", "bilal", "pause", object{"reason": "hold"}, forbidden("service-desk")},
		"PauseByTheRequester":       {"", "anna", "pause", object{"reason": "hold"}, forbidden("service-desk")},
		"ResumeOfWhatIsNotPaused":   {"", "", "resume", object{"reason": "hold"}, outOfTurn},
		"ResumeForNoReason":         {"", "", "resume", object{}, invalid("/reason")},
		"RebindForNoReason":         {"", "", "rebind", object{}, invalid("/reason")},
		"RebindForAnEmptyReason":    {"", "", "rebind", object{"reason": ""}, invalid("/reason")},
		"RebindInAnUnknownWay":      {"", "", "rebind", object{"reason": "r", "applies": "somehow"}, invalid("/applies")},
		"RebindByABystander":        {"", "bilal", "rebind", object{"reason": "r"}, forbidden("coordinates")},
		"RebindByAnOperator":        {"", "farah", "rebind", object{"reason": "r"}, forbidden("coordinates")},
	})
	t.Run("PausedTwice", func(t *testing.T) {
		t.Parallel()
		view := w.at(t, rides[3], "")
		request := product.Request{Path: "/calls/" + view.Number + "/pause", Token: w.actor(t, view), Body: object{"reason": "hold"}}
		require.Equal(t, http.StatusOK, w.Send(t, request).Status)
		requireRefused(t, w.Send(t, request), request.Path, refusal{http.StatusConflict, usm.CodeOutOfTurn, nil, "already"})
	})
	for _, what := range []string{"clocks", "pause", "resume", "rebind"} {
		t.Run("AnUnknownCall/"+what, func(t *testing.T) {
			t.Parallel()
			request := product.Request{Path: "/calls/INC-999999/" + what, Token: w.Token("farah")}
			if what != "clocks" {
				request.Body = object{"reason": "hold"}
			}
			requireRefused(t, w.Send(t, request), request.Path, refusal{http.StatusNotFound, usm.CodeNotFound, nil, "INC-999999"})
		})
	}
}
