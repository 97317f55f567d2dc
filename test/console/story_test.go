package console

import (
	"context"
	"encoding/json"
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
	t        *testing.T
	chromium context.Context
	windows  map[string]*browser
	acted    []string // how: finish, confirm, approve
}

// TestTheStoryOfACall is the walk of the README in a browser, for each of the domains: somebody asks for help in his own words, and
// operators, coordinators, approvers and he himself bring the call to its end, with the pages only.
func TestTheStoryOfACall(t *testing.T) {
	t.Parallel()
	w := start(t)
	chromium := chromium(t)
	for _, domain := range []string{"it", "hr", "facilities", "finance", "healthcare"} {
		t.Run(domain, func(t *testing.T) {
			s := &story{world: w, t: t, chromium: chromium, windows: map[string]*browser{}}
			file := w.gated(t, domain)
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
func (w world) gated(t *testing.T, id string) usm.Domain {
	t.Helper()
	domain, err := w.Admin.Domain(t.Context(), id)
	require.NoError(t, err)
	manager := slices.IndexFunc(domain.Profiles, func(p usm.Profile) bool { return p.Class == usm.Manager })
	domain.Approvals = append(domain.Approvals, usm.ApprovalPolicy{
		ID: "story", Name: "How incidents are recovered", Steps: []usm.Step{usm.PrepareRecovery},
		Require: usm.Quorum{Need: "any", Approvers: []usm.Approver{{Profile: domain.Profiles[manager].ID}}},
	})
	file, err := domains.Marshal(domain)
	require.NoError(t, err)
	_, err = w.Admin.ApplyDomain(t.Context(), id, file)
	require.NoError(t, err)
	return domain
}

// at is somebody's window.
func (s *story) at(person string) *browser {
	s.t.Helper()
	if s.windows[person] == nil {
		s.windows[person] = s.window(s.t, s.chromium, person)
	}
	return s.windows[person]
}

// ask tells what is broken, in plain words, and returns the number of the call.
func (s *story) ask(person, domain, service string) string {
	s.t.Helper()
	b := s.at(person).open("/ask/tell")
	b.set(map[string]any{
		"subject": "It does not work", "description": "Since nine o'clock.", "about": domain + "/" + service, "broken": "yes",
		"impact": "medium", "urgency": "high",
	})
	b.click("main form button.primary").sees("#standing", "")
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
	b := s.at(who).open("/calls/"+call.Number).sees("#finish", "")
	if outcome, ok := needs.Example["outcome"].(string); ok {
		b.choose("#outcome", outcome).sees("#finish", "")
	}
	if fields, ok := needs.Example["fields"].(map[string]any); ok {
		b.set(map[string]any{"fields": fields})
	}
	b.click("#finish > p > button.primary").sees(".said", "")
	s.acted = append(s.acted, "finish")
}

func (s *story) confirm(call usm.CallView) {
	s.t.Helper()
	if who := call.WaitingFor.People[0]; who == call.Requester {
		s.at(who).open("/asked/"+call.Number).click("#confirm button").sees(".said", "")
	} else {
		s.at(who).open("/calls/"+call.Number).click("#do-confirm button.primary").sees(".said", "")
	}
	s.acted = append(s.acted, "confirm")
}

func (s *story) approve(call usm.CallView) {
	s.t.Helper()
	b := s.at(call.WaitingFor.People[0]).open("/approvals").sees("main", call.Number)
	b.open("/approvals/" + call.WaitingFor.Approval).set(map[string]any{"decision": "approve"})
	b.click("#decide button.primary").sees(".said", "")
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

// set fills in fields by their names; what is in groups and lists has the names that the console gives it.
func (b *browser) set(fields map[string]any) *browser {
	b.t.Helper()
	content, err := json.Marshal(fields)
	require.NoError(b.t, err)
	var missing string
	b.run(chromedp.Evaluate(fmt.Sprintf(`(() => {
		const missing = [];
		const set = (name, value) => {
			const found = [...document.getElementsByName(name)];
			for (const field of found) {
				if (field.type === "radio") field.checked = field.value === String(value) || field.checked && found.length === 1;
				else if (field.type === "checkbox") field.checked = Array.isArray(value) ? value.includes(field.value) : value === true;
				else if (field.type !== "hidden") field.value = typeof value !== "object" ? String(value)
					: Array.isArray(value) && value.every((one) => typeof one !== "object") ? value.join("\n") : JSON.stringify(value);
			}
			if (found.length > 0) return;
			if (typeof value !== "object" || value === null) { missing.push(name); return; }
			for (const [key, inner] of Object.entries(value)) set(name + "/" + key, inner);
		};
		for (const [name, value] of Object.entries(%s)) set(name, value);
		return missing.join(" ");
	})()`, content), &missing))
	require.Empty(b.t, missing, "the form at %s has no such fields:\n%s", b.at(), b.text("main"))
	return b
}
