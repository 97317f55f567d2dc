package replay

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// measured is a mapping with facts; what comes after it is added to them.
const measured = `
name: m
case: id
domain: it
columns: {at: {date: "2006-01-02 15:04"}, zoned: {date: rfc3339}}
call: {type: incident, subject: "{id}", requester: who, impact: "{level|low}", service: "{service|}"}
steps: [{step: classify_incident, fields: {urgency: "high"}}]
facts:
  time: at
  team: team
  states:
    - {rows: {state: done}, waits: none}
    - {rows: {state: new}, waits: step, at: accept_incident}
    - {rows: {state: "*"}, waits: answer}
`

func TestFactsAreRefused(t *testing.T) {
	t.Parallel()
	before := func(text, from string) string { text, _, _ = strings.Cut(text, from); return text }
	with := func(old, replacement string) string { return strings.Replace(measured, old, replacement, 1) }
	for name, test := range map[string]struct{ yaml, says string }{
		"WithoutATime":               {with("time: at", "opened: at"), `facts.time: "" is no column with a date`},
		"WithATimeThatIsNoDate":      {with("time: at", "time: who"), `facts.time: "who" is no column with a date`},
		"WithAnOpeningThatIsNoDate":  {measured + "  opened: who\n", `facts.opened: "who" is no column with a date`},
		"InAZoneThatIsNone":          {measured + "  zone: Mars/Olympus\n", "facts.zone: unknown time zone Mars/Olympus"},
		"WithHalfAComparison":        {measured + "  compare: {column: kept}\n", "facts.compare: column and met are needed"},
		"WithoutStates":              {before(measured, "  states:"), "facts.states: at least one is needed"},
		"WithAWaitThatIsNone":        {with("waits: answer", "waits: lunch"), `facts.states[2].waits: "lunch" is none of [step answer`},
		"WithAStateOfNoRows":         {with("rows: {state: done}, ", ""), "facts.states[0].rows: is needed"},
		"AtAStepOfAnotherProcess":    {with("at: accept_incident", "at: plan_change"), `states[1].at: "plan_change" is no step of recover`},
		"AtTheReview":                {with("at: accept_incident", "at: review_recovery"), "is no step of recover before its review"},
		"AtAStepWhenTheWorkIsDone":   {with("waits: none", "waits: none, at: accept_incident"), "with waits none the work is done"},
		"WithAnOperatorThatIsNone":   {measured + "  service: {$upper: x}\n", "facts.service.$upper: no such operator"},
		"WithAPatternThatHasNoValue": {measured + "  notes: {told: \"\"}\n", `"told" needs a value`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parseMapping("m", []byte(test.yaml))
			require.ErrorContains(t, err, test.says)
		})
	}
}

func TestFactsFitALogWithTheirColumns(t *testing.T) {
	t.Parallel()
	m, err := parseMapping("m", []byte(measured+"  compare: {column: kept, met: \"yes\"}\n"))
	require.NoError(t, err)
	require.NoError(t, m.Measures(write(t, "id,who,at,team,state,level,service,kept\n")))
	require.EqualError(t, m.Measures(write(t, "id,who,at,level,service\n")), "mapping m: the log has no column kept, state, team")
	require.NoError(t, m.Fits(write(t, "id,who,at,zoned,level,service\n")), "a replay does not need them")
	without, err := parseMapping("m", []byte(minimal))
	require.NoError(t, err)
	require.ErrorContains(t, without.Measures(write(t, "id,who\n")), "mapping m has no facts")
}

// told tells the story of rows of the form "day and time,state,team,level".
func told(t *testing.T, facts string, rows ...string) (Story, []Refusal) {
	t.Helper()
	m, err := parseMapping("m", []byte(measured+facts))
	require.NoError(t, err)
	c := Case{ID: "c"}
	for i, row := range rows {
		values := strings.Split(row+",,,", ",")
		c.Rows = append(c.Rows, Row{Line: i + 2, Values: map[string]string{
			"id": "c", "who": "ann", "at": values[0], "state": values[1], "team": values[2], "level": values[3], "kept": "yes",
		}})
	}
	amsterdam, err := m.Zone("Europe/Amsterdam")
	require.NoError(t, err)
	w := World{
		Requesters: []string{"ann"}, Services: []string{"mail"}, Teams: []string{"attic", "desk", "floor"}, Suppliers: []string{"vendor"},
	}
	story, refused, _ := m.Story(c, w, amsterdam)
	return story, refused
}

func TestStory(t *testing.T) {
	t.Parallel()

	t.Run("TellsTimesByTheWallClock", func(t *testing.T) {
		t.Parallel()
		story, _ := told(t, "", "2026-06-01 09:00,new")
		require.Equal(t, "2026-06-01T07:00:00Z", story.Opened.UTC().Format(time.RFC3339))
		story, _ = told(t, "  zone: UTC\n", "2026-06-01 09:00,new")
		require.Equal(t, "2026-06-01T09:00:00Z", story.Opened.UTC().Format(time.RFC3339))
	})

	t.Run("NeverGoesBack", func(t *testing.T) {
		t.Parallel()
		// The hour that comes twice in autumn: the log does not say which it is.
		story, _ := told(t, "", "2026-10-25 02:50,new", "2026-10-25 02:10,new", "2026-10-25 03:10,done")
		require.Equal(t, 1, story.Backwards)
		require.Equal(t, story.Moves[0].At, story.Moves[1].At)
		require.True(t, story.Moves[2].At.After(story.Moves[1].At))
	})

	t.Run("TellsWhatEachRowSays", func(t *testing.T) {
		t.Parallel()
		story, _ := told(t, "  notes: {state: told}\n", "2026-06-01 09:00,new,,medium", "2026-06-01 10:00,told,floor", "2026-06-01 11:00")
		first, second, third := story.Moves[0], story.Moves[1], story.Moves[2]
		require.Equal(t, usm.WaitStep, first.Waits)
		require.Equal(t, usm.AcceptIncident, first.Step)
		require.Equal(t, usm.WaitAnswer, second.Waits)
		require.Equal(t, usm.AnalyseIncident, second.Step, "the first after classify")
		require.True(t, second.Noted)
		require.Equal(t, Move{At: third.At, Impact: usm.Medium, Urgency: usm.High, Team: "floor"}, third, "what is known stays")
	})

	t.Run("EndsWithTheFirstOfItsLastEnds", func(t *testing.T) {
		t.Parallel()
		story, _ := told(t, "", "2026-06-01 09:00,done", "2026-06-01 10:00,new", "2026-06-01 11:00,done", "2026-06-01 12:00,done")
		var waits []usm.WaitKind
		for _, move := range story.Moves {
			waits = append(waits, move.Waits)
		}
		require.Equal(t, []usm.WaitKind{usm.WaitConfirmation, usm.WaitStep, usm.WaitNone, usm.WaitNone}, waits)
	})

	t.Run("KnowsTheTeamsOfTheDomain", func(t *testing.T) {
		t.Parallel()
		story, _ := told(t, "", "2026-06-01 09:00,new,attic", "2026-06-01 09:00,new,floor", "2026-06-01 09:00,new,vendor",
			"2026-06-01 09:00,new,Group 1", "2026-06-01 09:00,new,Group 1")
		require.Equal(t, "attic", story.Moves[0].Team)
		require.Equal(t, "floor", story.Moves[1].Team)
		require.Equal(t, "vendor", story.Moves[2].Team)
		require.Contains(t, []string{"attic", "desk", "floor"}, story.Moves[3].Team, "another is spread over its own")
		require.Equal(t, story.Moves[3].Team, story.Moves[4].Team)
	})

	t.Run("IsAboutAServiceThatTheDomainHas", func(t *testing.T) {
		t.Parallel()
		story, _ := told(t, "  service: mail\n", "2026-06-01 09:00,new")
		require.Equal(t, "mail", story.Service)
		story, _ = told(t, "  service: phone\n", "2026-06-01 09:00,new")
		require.Empty(t, story.Service)
	})

	t.Run("RefusesRowsWithoutATime", func(t *testing.T) {
		t.Parallel()
		story, refused := told(t, "", "2026-06-01 09:00,new", ",done")
		require.Len(t, story.Moves, 1)
		require.Equal(t, []Refusal{{Line: 3, Case: "c", Column: "at", Reason: "the row has no time"}}, refused)
		_, refused = told(t, "", ",new")
		require.Len(t, refused, 1)
	})
}
