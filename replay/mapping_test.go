package replay

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestShippedMappings(t *testing.T) {
	t.Parallel()
	mappings, err := Mappings()
	require.NoError(t, err)
	for _, m := range mappings {
		require.NotEmpty(t, m.Title, m.Name)
		require.NotEmpty(t, m.Source, m.Name)
		chosen, err := MappingFor(append([]string{"another"}, m.Match...))
		require.NoError(t, err)
		named, err := LoadMapping(m.Name)
		require.NoError(t, err)
		require.Equal(t, m.Name, named.Name)
		require.Equal(t, m.Name, chosen.Name, "a log with all its columns chooses it")
	}
	_, err = MappingFor([]string{"a", "b"})
	require.ErrorContains(t, err, "no mapping that ships with usm fits the columns a, b")
	require.ErrorContains(t, err, "uci_incident (needs number, ")
}

// minimal is a mapping that says no more than it must.
const minimal = `
name: m
case: id
domain: it
call: {type: incident, subject: "{id}", requester: who}
`

func step(row string) string { return minimal + "steps: [{" + row + "}]\n" }

func event(row string) string { return minimal + "events: [{" + row + "}]\n" }

func TestMappingRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ yaml, says string }{
		"AnUnknownKey":                {minimal + "color: red\n", `unknown field "color"`},
		"NoYAML":                      {"name: [", "mapping"},
		"NothingAtAll":                {"{}", "case is required"},
		"AnUnknownType":               {strings.Replace(minimal, "incident", "ticket", 1), `call.type: "ticket" is none of`},
		"AnUnknownStep":               {step(`step: solve`), `steps[0].step: "solve" is none of the 37 steps`},
		"AForkStep":                   {step(`step: recover_service`), "recover_service is finished by its child calls"},
		"AReviewStep":                 {step(`step: review_recovery`), "a dispute is an event"},
		"AnOutcomeOfAnotherStep":      {step(`step: prepare_recovery, outcome: released`), `steps[0].outcome: "released" is none of`},
		"AnUnknownOperator":           {step(`step: plan_operation, fields: {plan: {$upper: x}}`), "fields.plan.$upper: no such operator"},
		"AnOperatorWithoutItsOther":   {step(`step: plan_operation, fields: {plan: [{$spread: x}]}`), "$spread needs over"},
		"AKeyBesideAnOperator":        {minimal + "call2: {}\n", "unknown field"},
		"AnUnknownEvent":              {event(`do: abort, at: plan_operation, changed: c, text: t`), `"abort" is none of note, ask, dispute`},
		"AnEventAtAnUnknownStep":      {event(`do: note, at: solve, changed: c, text: t`), `events[0].at: "solve"`},
		"ADisputeThatIsNoReview":      {event(`do: dispute, at: plan_operation, changed: c, text: t`), "dispute happens at a review step"},
		"AnEventWithoutATrigger":      {event(`do: note, at: plan_operation, text: t`), "exactly one of rows, entering and changed"},
		"AnEventWithTwoTriggers":      {event(`do: note, at: plan_operation, changed: c, rows: {a: b}, text: t`), "exactly one of"},
		"AnEventWithoutText":          {event(`do: note, at: plan_operation, changed: c`), "text is required"},
		"AQuestionWithoutAnAnswer":    {event(`do: ask, at: plan_operation, changed: c, text: t`), "answer for ask"},
		"BothDateAndValues":           {minimal + "columns: {c: {date: rfc3339, values: {a: b}}}\n", "columns.c: either date or values"},
		"AColonThatYAMLTakesAsItsOwn": {event(`do: note, at: plan_operation, rows: {org:role: "X"}, text: t`), "is written in quotes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "m.yaml")
			require.NoError(t, os.WriteFile(path, []byte(test.yaml), 0o600))
			_, err := LoadMapping(path)
			require.ErrorContains(t, err, test.says)
			require.ErrorContains(t, err, "mapping "+path)
		})
	}
	_, err := LoadMapping("nothing.yaml")
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestMappingFitsALogWithItsColumns(t *testing.T) {
	t.Parallel()
	m, err := parseMapping("m", []byte(minimal))
	require.NoError(t, err)
	require.NoError(t, m.Fits(write(t, "id,who\na,b\n")))
	require.EqualError(t, m.Fits(write(t, "id,what\na,b\n")), "mapping m: the log has no column who")
}

var world = World{Domain: "it", Requesters: []string{"ann", "bob"}, Categories: []string{"x", "y"}, Components: []string{"laptop"}}

// planned plans one case of rows with the columns who, state and group.
func planned(t *testing.T, yaml string, rows ...[3]string) (Plan, []Refusal) {
	t.Helper()
	m, err := parseMapping("m", []byte(minimal+yaml))
	require.NoError(t, err)
	c := Case{ID: "c"}
	for i, values := range rows {
		c.Rows = append(c.Rows, Row{Line: i + 2, Values: map[string]string{
			"id": "c", "who": values[0], "state": values[1], "group": values[2],
		}})
	}
	plan, refused, _ := m.Plan(c, world)
	return plan, refused
}

func TestPlanOfACall(t *testing.T) {
	t.Parallel()
	plan, _ := planned(t, "", [3]string{"bob", "", ""})
	require.Equal(t, usm.NewCall{Domain: "it", Type: usm.Incident, Subject: "c", Requester: "bob"}, plan.Call, "who is known asks himself")
	plan, _ = planned(t, "", [3]string{"Caller 1", "", ""})
	require.Contains(t, world.Requesters, plan.Call.Requester)
	again, _ := planned(t, "", [3]string{"Caller 1", "", ""})
	require.Equal(t, plan.Call.Requester, again.Call.Requester, "the same caller is always the same person")
}

func TestPlanOfSteps(t *testing.T) {
	t.Parallel()
	const steps = `
unknown: ["?"]
columns: {state: {values: {"1": high, "2": low}}}
steps:
  - step: prepare_recovery
    when: {some: {group: "CHG*"}, none: {state: low}}
    outcome: change
  - step: prepare_recovery
    outcome: operate
    fields:
      text: "{state} of {group}, {missing}, {missing|none}"
      dropped: "{missing|}"
      empty: ""
      number: 3
      yes: {$bool: "{state}"}
      same: {$spread: "{group}", over: categories}
      nothing: {$spread: "{group}", over: services}
      list: [{$spread: "{missing|}", over: components}, {$spread: x, over: components}]
      log: {$each: {group: "*"}, item: {at: "{group}", state: "{state}"}}
`
	plan, _ := planned(t, steps, [3]string{"ann", "1", "CHG1"}, [3]string{"ann", "?", "?"})
	require.Equal(t, usm.FinishRequest{Outcome: usm.RouteChange, Fields: map[string]any{}}, plan.Steps[usm.PrepareRecovery])

	plan, refused := planned(t, steps, [3]string{"ann", "1", "CHG1"}, [3]string{"ann", "2", "Group"}, [3]string{"ann", "?", ""})
	require.Empty(t, refused)
	body := plan.Steps[usm.PrepareRecovery]
	require.Equal(t, usm.RouteOperate, body.Outcome)
	require.Contains(t, world.Categories, body.Fields["same"])
	delete(body.Fields, "same")
	require.Equal(t, map[string]any{
		"text": "low of Group, unknown, none", "empty": "", "number": uint64(3), "yes": false, "list": []any{"laptop"},
		"log": []any{map[string]any{"at": "CHG1", "state": "high"}, map[string]any{"at": "Group", "state": "low"}},
	}, body.Fields)

	_, refused = planned(t, steps, [3]string{"ann", "3", ""})
	reason := `the mapping does not know the value "3" (it knows 1, 2)`
	require.Equal(t, []Refusal{{Line: 2, Case: "c", Column: "state", Reason: reason}}, refused)
	_, refused = planned(t, steps, [3]string{"ann", "1", "nul\x00"})
	require.Equal(t, "the value holds the character U+0000", refused[0].Reason)
}

func TestPlanOfEvents(t *testing.T) {
	t.Parallel()
	const events = `
unknown: ["?"]
events:
  - {do: note, at: analyse_incident, changed: group, text: "from {was group} to {group}"}
  - {do: ask, at: analyse_incident, entering: {state: wait*}, text: "{state} {was state|nothing}", answer: "{group|nobody}"}
  - {do: note, at: plan_operation, rows: {state: "!waits", group: "*"}, text: "{state}"}
`
	plan, _ := planned(t, events,
		[3]string{"ann", "waits", "A"}, [3]string{"ann", "waits", "?"}, [3]string{"ann", "works", "B"}, [3]string{"ann", "waiting", "B"})
	require.Equal(t, map[usm.Step][]Event{
		usm.AnalyseIncident: {
			{Do: usm.ActionAsk, Text: "waits nothing", Answer: "A", Line: 2},
			{Do: usm.ActionNote, Text: "from A to B", Line: 4},
			{Do: usm.ActionAsk, Text: "waiting works", Answer: "B", Line: 5},
		},
		usm.PlanOperation: {{Do: usm.ActionNote, Text: "works", Line: 4}, {Do: usm.ActionNote, Text: "waiting", Line: 5}},
	}, plan.Events)
}

func TestGlob(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		want, value string
		matches     bool
	}{
		{"a", "a", true},
		{"a", "b", false},
		{"*", "a", true},
		{"*", "", false},
		{"a*c", "abc", true},
		{"a*c", "ab", false},
		{"*b*", "abc", true},
		{"a*b*d", "axbxd", true},
		{"a*b*d", "axd", false},
		{"!a", "b", true},
		{"!a*", "ab", false},
		{"!a", "", false},
		{"aa*aa", "aaa", false},
	} {
		require.Equal(t, test.matches, glob(test.want, test.value), "%q %q", test.want, test.value)
	}
}

func TestTheSampleIsWhatItsReadmeSays(t *testing.T) {
	t.Parallel()
	l, err := OpenLog("../testdata/uci_incident_200.csv.gz")
	require.NoError(t, err)
	m, err := MappingFor(l.Columns)
	require.NoError(t, err)
	require.Equal(t, "uci_incident", m.Name)
	require.NoError(t, m.Fits(l))
	cases, err := l.Count(m.Case)
	require.NoError(t, err)
	require.Equal(t, 200, cases)

	rows, changes, waits, disputes := 0, 0, 0, 0
	require.NoError(t, l.Cases(m.Case, func(c Case) bool {
		plan, refused, ok := m.Plan(c, world)
		require.True(t, ok)
		require.Empty(t, refused)
		rows += len(c.Rows)
		if plan.Steps[usm.PrepareRecovery].Outcome == usm.RouteChange {
			changes++
		}
		for _, e := range plan.Events[usm.AnalyseIncident] {
			if e.Do == usm.ActionAsk {
				waits++
			}
		}
		disputes += len(plan.Events[usm.ReviewRecovery])
		return true
	}, func(r Refusal) { t.Error(r) }))
	require.Equal(t, []int{1285, 9, 80, 3}, []int{rows, changes, waits, disputes})
}
