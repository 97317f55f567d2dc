package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestEffects(t *testing.T) {
	t.Parallel()

	t.Run("LeaveADocumentForEachKindOfWork", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.ChangeRequest))
		for table, effects := range map[string]usm.Effects{
			"specifications":  {Specification: &usm.ServiceDraft{Service: "chat"}},
			"change_plans":    {ChangePlan: &usm.ChangePlan{Plan: "p", Components: []string{"srv-1"}}},
			"preparations":    {Preparation: &usm.Preparation{TestPlan: "t"}},
			"releases":        {Release: &usm.ReleaseDecision{Decision: usm.Released}},
			"matches":         {Match: &usm.Match{Diagnosis: "d", Solution: "restart", Team: "desk", KnownError: call.Number}},
			"recoveries":      {Recovery: &usm.Recovery{Solution: "s"}},
			"operation_plans": {OperationPlan: &usm.OperationPlan{Plan: "p", Team: "vendor"}},
			"causes":          {Cause: &usm.Cause{Cause: "c", KnownError: true}},
			"measures":        {Measures: &usm.MeasureChoice{Reason: "r"}},
			"evaluations":     {Evaluation: &usm.Evaluation{Lessons: "l"}},
		} {
			other := w.open(asked(usm.ChangeRequest))
			w.finish(input(other, usm.AcceptChange, decided(usm.Accepted)), effects)
			require.Equal(t, "accepted", read[string](w, `SELECT decision FROM `+table+` WHERE call = $1`, other.Number), table)
		}
	})

	t.Run("PointAtWhatIsNotThere", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.ChangeRequest))
		for name, c := range map[string]struct {
			effects usm.Effects
			want    []string
		}{
			"facts": {usm.Effects{Facts: &usm.RequestFacts{
				Category: "c", Service: "s", Components: []string{"srv-1", "x"}, DuplicateOf: "INC-999999",
			}}, []string{"/fields/category", "/fields/components/1", "/fields/duplicate_of", "/fields/service"}},
			"itself": {usm.Effects{Facts: &usm.RequestFacts{DuplicateOf: call.Number}}, []string{"/fields/duplicate_of"}},
			"specification": {usm.Effects{Specification: &usm.ServiceDraft{
				Teams: []usm.Contribution{{Team: "desk"}, {Team: "x"}},
			}}, []string{"/fields/teams/1/team"}},
			"change plan":    {usm.Effects{ChangePlan: &usm.ChangePlan{Components: []string{"x"}}}, []string{"/fields/components/0"}},
			"operation plan": {usm.Effects{OperationPlan: &usm.OperationPlan{Team: "x"}}, []string{"/fields/team"}},
			"match": {usm.Effects{Match: &usm.Match{Solution: "x", KnownError: "RSK-999999", Team: "x"}}, []string{
				"/fields/known_error", "/fields/solution", "/fields/team",
			}},
			"log": {usm.Effects{Log: []usm.LogEntry{{Text: "a"}, {Text: "b", At: "yesterday"}}}, []string{"/fields/log/1/at"}},
		} {
			_, err := w.FinishStep(w.ctx(), input(call, usm.AcceptChange), c.effects)
			require.Equal(t, c.want, pointers(refusal(t, usm.CodeInvalid, err)), name)
		}
	})

	t.Run("LogWhatHappenedWhenItHappened", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.ServiceRequest))
		w.finish(input(call, usm.AcceptRequest), usm.Effects{Log: []usm.LogEntry{
			{Text: "began", At: "2026-01-02T03:04:05+01:00"}, {Text: "ended"},
		}})
		began := read[time.Time](w, `SELECT at FROM operation_log WHERE text = 'began'`)
		require.True(t, began.Equal(time.Date(2026, 1, 2, 2, 4, 5, 0, time.UTC)))
		require.Equal(t, 1, read[int](w, `SELECT count(*) FROM operation_log WHERE at > now() - interval '1 minute'`))
	})

	t.Run("KeepARecoveryWithATitleAsAKnownSolution", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		w.finish(input(call, usm.AcceptIncident), usm.Effects{Recovery: &usm.Recovery{
			Solution: "Blow out the smoke", Title: "Smoking printer", Workaround: true,
		}})
		found, _, err := w.Solutions(w.ctx(), "it", "smoking", usm.Page{})
		require.NoError(t, err)
		require.Equal(t, []usm.Solution{{
			ID: call.Number, Title: "Smoking printer", Service: "mail", Symptom: call.Subject, Text: "Blow out the smoke",
			Workaround: true, Call: call.Number,
		}}, found)
		all, _, err := w.Solutions(w.ctx(), "it", "", usm.Page{})
		require.NoError(t, err)
		require.Len(t, all, 2)
	})

	t.Run("MakeARiskWhoseCauseIsFoundAKnownError", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Risk))
		w.finish(input(call, usm.IdentifyRisk), usm.Effects{Cause: &usm.Cause{Cause: "dust", KnownError: true}})
		w.finish(input(call, usm.ClassifyRisk, decided(usm.RouteOperate)), usm.Effects{Measures: &usm.MeasureChoice{Choice: "clean"}})
		require.True(t, read[bool](w, `SELECT known_error FROM risk_register WHERE number = $1`, call.Number))
		require.Equal(t, "operate", read[string](w, `SELECT route FROM risk_register WHERE number = $1`, call.Number))
	})

	t.Run("LinkADuplicateToTheEarlierCall", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		first, second := w.open(asked(usm.Incident)), w.open(asked(usm.Incident))
		w.finish(input(second, usm.AcceptIncident), usm.Effects{Facts: &usm.RequestFacts{DuplicateOf: first.Number}})
		require.Equal(t, []usm.Link{{To: second.Number, Kind: "duplicated_by"}}, w.view(first.Number).Links)
	})
}
