// Package examples holds one .http file for each of the eight workflows; its test keeps them true.
package examples

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/steps"
	"github.com/usm-works/usm/usm"
)

var posted = regexp.MustCompile(`(?ms)^POST \{\{host\}\}/(\S+)\nAuthorization: Bearer \{\{(\S+)\}\}\n.*?\n\n(\{.*?\n?\})\n(?:\n|\z)`)

// request is one POST of a file.
type request struct {
	path   string // below a call, "" for the one that opens it
	person string
	body   []byte
}

func requests(t *testing.T, file string) []request {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var found []request
	for _, match := range posted.FindAllStringSubmatch(string(text), -1) {
		_, path, _ := strings.Cut(strings.TrimPrefix(match[1], "calls"), "}}/")
		found = append(found, request{path: path, person: match[2], body: []byte(match[3])})
	}
	require.Len(t, found, strings.Count(string(text), "\nPOST "), "each POST is read")
	return found
}

func TestExamples(t *testing.T) {
	t.Parallel()
	for file, decision := range map[string]usm.Outcome{
		"1_agreement_change.http": "", "2_resource_change.http": "", "3_incident_with_change.http": usm.RouteChange,
		"4_incident_without_change.http": usm.RouteOperate, "5_operation.http": "",
		"6_risk_with_agreement_change.http": usm.RouteAgreement, "7_risk_with_resource_change.http": usm.RouteChange,
		"8_risk_without_change.http": usm.RouteOperate,
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			sent := requests(t, file)
			var open usm.NewCall
			require.NoError(t, json.Unmarshal(sent[0].body, &open))
			domain, err := domains.Parse(open.Domain, domains.Builtin()[open.Domain])
			require.NoError(t, err)
			w := usm.Workflows()[file[0]-'1']
			e := &example{domain: domain, requester: open.Requester, left: sent[1:], coordinator: map[int][]string{}}
			for _, row := range w.PathAfter(decision) {
				e.perform(t, row)
			}
			require.Empty(t, e.left, "nothing is sent that the path does not ask for")
		})
	}
}

// example walks a path with the requests of a file that are left.
type example struct {
	domain      usm.Domain
	requester   string
	left        []request
	coordinator map[int][]string // profiles that confirm a child, by its depth
	before      usm.Step         // the fork that opened the child
}

// perform takes the requests that the step needs: by the right person, with a content that finishes it.
func (e *example) perform(t *testing.T, row usm.PathStep) {
	t.Helper()
	call := usm.Call{NewCall: usm.NewCall{Requester: e.requester}}
	if row.Depth > 0 {
		call.ForkedAt, call.Coordinator = e.before, e.coordinator[row.Depth]
	}
	procedure := e.domain.Procedure(row.Step.Process())
	waiting := procedure.WaitingAt(call, row.Step, 1, []string{e.requester})
	switch waiting.Kind {
	case usm.WaitNone:
	case usm.WaitChild:
		e.before = row.Step
		e.coordinator[row.Depth+1] = []string{procedure.Rule(row.Step).Accountable}
	case usm.WaitSignal:
		require.Equal(t, "signals/"+waiting.Signal, e.take(t).path)
	case usm.WaitConfirmation:
		sent := e.take(t)
		require.Equal(t, "confirm", sent.path, row.Step)
		require.True(t, sent.person == waiting.Person || e.holds(sent.person, waiting.Profiles), "%s confirms %s", sent.person, row.Step)
	default:
		e.finish(t, row.Step, waiting)
	}
}

func (e *example) finish(t *testing.T, step usm.Step, waiting usm.Waiting) {
	t.Helper()
	sent := e.take(t)
	for sent.path == "ask" || sent.path == "answer" {
		sent = e.take(t)
	}
	require.Equal(t, "steps/"+string(step), sent.path)
	require.NotContains(t, waiting.Exclude, sent.person)
	require.True(t, e.holds(sent.person, waiting.Profiles), "%s finishes %s", sent.person, step)
	var body usm.FinishRequest
	require.NoError(t, json.Unmarshal(sent.body, &body))
	require.NoError(t, steps.Validate(step, body.Outcome, body.Fields))
}

func (e *example) take(t *testing.T) request {
	t.Helper()
	require.NotEmpty(t, e.left, "the file ends before the path")
	first := e.left[0]
	e.left = e.left[1:]
	return first
}

// holds reports whether the person holds one of the profiles.
func (e *example) holds(person string, profiles []string) bool {
	for _, p := range e.domain.People {
		for _, held := range p.Profiles {
			for _, profile := range profiles {
				if p.ID == person && held == profile {
					return true
				}
			}
		}
	}
	return false
}
