package console

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// story is a call of a domain, from the request to its close, by the people who have to act, each at a window of his own.
type story struct {
	world
	language string   // of all of them
	alone    bool     // with the keyboard
	named    []string // what the domain calls so
	t        *testing.T
	chromium context.Context
	windows  map[string]*browser
	acted    []string // how: finish, confirm, approve
}

// TestTheStoryOfACall is the walk of the README in a browser, for each of the domains: somebody asks for help in his own words, and
// operators, coordinators, approvers and he himself bring the call to its end, with the pages only. In two domains nobody has a
// mouse, and in two all of them read Dutch.
func TestTheStoryOfACall(t *testing.T) {
	t.Parallel()
	w := start(t)
	chromium := chromium(t)
	for domain, s := range map[string]story{
		"it": {language: "en"}, "hr": {language: "en", alone: true}, "facilities": {language: "nl"}, "finance": {language: "nl", alone: true},
		"healthcare": {language: "en"},
	} {
		t.Run(domain, func(t *testing.T) {
			s.world, s.t, s.chromium, s.windows = w, t, chromium, map[string]*browser{}
			file := w.gated(t, domain)
			s.named = w.names(t, domain)
			asks := slices.IndexFunc(file.People, func(p usm.Person) bool { return len(p.Profiles) == 0 && p.Customer != "" })
			number := s.ask(file.People[asks].ID, domain, file.Services[0].ID)
			s.tell(number)
			call, err := w.Admin.Call(t.Context(), number)
			require.NoError(t, err)
			require.Equal(t, usm.StatusClosed, call.Status, "by %v", s.acted)
			require.Subset(t, s.acted, []string{"finish", "approve", "confirm"})
			s.at(call.Requester).open("/asked/"+number).sees("#standing", "").screenshot("story-" + domain)
		})
	}
}

// gated has a domain ask a manager of it before an incident is recovered, and returns it.
func (w world) gated(tb testing.TB, id string) usm.Domain {
	tb.Helper()
	domain, err := w.Admin.Domain(tb.Context(), id)
	require.NoError(tb, err)
	manager := slices.IndexFunc(domain.Profiles, func(p usm.Profile) bool { return p.Class == usm.Manager })
	domain.Approvals = append(domain.Approvals, usm.ApprovalPolicy{
		ID: "story", Name: "How incidents are recovered", Steps: []usm.Step{usm.PrepareRecovery},
		Require: usm.Quorum{Need: "any", Approvers: []usm.Approver{{Profile: domain.Profiles[manager].ID}}},
	})
	file, err := domains.Marshal(domain)
	require.NoError(tb, err)
	_, err = w.Admin.ApplyDomain(tb.Context(), id, file)
	require.NoError(tb, err)
	return domain
}

// at is somebody's window.
func (s *story) at(person string) *browser {
	s.t.Helper()
	if s.windows[person] == nil {
		b := s.window(s.t, s.chromium, person)
		if s.alone {
			b.alone()
		}
		if s.language != "en" {
			b.open("/absence").click(".preferences summary").choose(`select[name="language"]`, s.language).click(".preferences button")
			b.sees("h1", words(s.t, s.language)["absence.title"])
		}
		s.windows[person] = b
	}
	return s.windows[person]
}

// press presses a button that says what the catalogue has for it, in the language of the story.
func (s *story) press(b *browser, selector, key string, args ...any) *browser {
	s.t.Helper()
	require.Equal(s.t, fmt.Sprintf(words(s.t, s.language)[key], args...), b.text(selector), "%s at %s", selector, b.at())
	require.True(s.t, b.is("html", fmt.Sprintf("lang === %q", s.language)))
	require.Empty(s.t, notIn(s.t, s.language, b.shown(), s.named...), "at %s", b.at())
	return b.click(selector)
}

// ask tells what is broken, in plain words, and returns the number of the call.
func (s *story) ask(person, domain, service string) string {
	s.t.Helper()
	b := s.at(person).open("/ask")
	s.press(b, `main a[href^="/ask/tell"]`, "ask.tell").sees("h1", words(s.t, s.language)["tell.title"])
	b.set(map[string]any{
		"subject": "It does not work", "description": "Since nine o'clock.", "about": domain + "/" + service, "broken": "yes",
		"impact": "medium", "urgency": "high",
	})
	s.press(b, "main form button.primary", "tell.send").sees("#standing", "")
	var number string
	b.run(chromedp.Evaluate(`location.pathname.split("/").pop()`, &number))
	return number
}

// tell brings a call to its end, and those that its forks open before it.
func (s *story) tell(number string) {
	s.t.Helper()
	for {
		call, err := s.Admin.Call(s.t.Context(), number)
		require.NoError(s.t, err)
		if call.Status.Ended() {
			return
		}
		switch call.WaitingFor.Kind {
		case usm.WaitStep:
			s.finish(call)
		case usm.WaitConfirmation:
			s.confirm(call)
		case usm.WaitApproval:
			s.approve(call)
		case usm.WaitChild:
			for _, child := range call.Children {
				s.tell(child)
			}
		}
		s.moved(call)
	}
}

// finish fills in the form of the open step, with what the API gives as an example, and sends it.
func (s *story) finish(call usm.CallView) {
	s.t.Helper()
	who := call.WaitingFor.People[0]
	needs, err := s.As(who).StepView(s.t.Context(), call.Number, call.Step, "")
	require.NoError(s.t, err)
	b := s.at(who).open("/work").click(`#work a[href="/calls/`+call.Number+`"]`).sees("#finish", "")
	if outcome, ok := needs.Example["outcome"].(string); ok {
		b.choose("#outcome", outcome).sees(`#outcome option[selected][value="`+outcome+`"]`, "")
	}
	if fields, ok := needs.Example["fields"].(map[string]any); ok {
		b.set(map[string]any{"fields": fields})
	}
	name := words(s.t, s.language)["step."+string(call.Step)]
	s.press(b, "#finish > p > button.primary", "call.finish", name).sees(".said", words(s.t, s.language)["said.finished"])
	s.acted = append(s.acted, "finish")
}

func (s *story) confirm(call usm.CallView) {
	s.t.Helper()
	if who := call.WaitingFor.People[0]; who == call.Requester {
		b := s.at(who).open("/asked").click(`main a[href="/asked/`+call.Number+`"]`).sees("#confirm", "")
		s.press(b, "#confirm button", "asked.confirm").sees(".said", words(s.t, s.language)["said.confirmed"])
	} else {
		s.at(who).open("/calls/"+call.Number).click("#do-confirm button.primary").sees(".said", "")
	}
	s.acted = append(s.acted, "confirm")
}

func (s *story) approve(call usm.CallView) {
	s.t.Helper()
	b := s.at(call.WaitingFor.People[0]).open("/approvals").sees("main", call.Number)
	b.click(`main a[href="/approvals/`+call.WaitingFor.Approval+`"]`).sees("#decide", "").set(map[string]any{"decision": "approve"})
	s.press(b, "#decide button.primary", "approvals.send").sees(".said", words(s.t, s.language)["said.decided"])
	s.acted = append(s.acted, "approve")
}

// moved waits until a call is further than it was.
func (s *story) moved(before usm.CallView) {
	s.t.Helper()
	product.Eventually(s.t, 2*time.Minute, before.Number+" goes on", func() error {
		now, err := s.Admin.Call(s.t.Context(), before.Number)
		if err == nil && now.Revision <= before.Revision {
			err = fmt.Errorf("it waits for %s at %s, as before", now.WaitingFor.Kind, now.Step)
		}
		return err
	})
}
