package console

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

// approvalPage is an approval: what is asked of whom, how it stands, and what whoever visits can do about it.
type approvalPage struct {
	Approval usm.ApprovalView
	Domain   directory
	Person   form // to choose one more approver in
	Entry    entry
	Did      string       // which form Entry is of
	SignIn   string       // where to sign in again first; "" when the sign-in is recent enough
	Stale    bool         // it has changed since it was shown, and nothing was decided
	Compared []difference // between what was shown and what is asked now
}

// May reports whether whoever visits may do something to the approval now: decisions, bypass, approvers.
func (p approvalPage) May(action string) bool {
	return slices.Contains(p.Approval.AllowedActions, action)
}

// Of is what was typed into a form of the page; each is told of its own trouble only.
func (p approvalPage) Of(form string) entry {
	if p.Did != form {
		return entry{}
	}
	return p.Entry
}

// approval shows one approval.
func (s *site) approval(v *visit) (page, error) {
	a, err := v.api.Approval(v.ctx(), v.param("id"))
	if err != nil {
		return page{}, err
	}
	return v.approvalOf(approvalPage{Approval: a})
}

func (v *visit) approvalOf(p approvalPage) (shown page, err error) {
	if p.Domain, err = v.approvalNames(p.Approval.Domain, p.Approval); err != nil {
		return page{}, err
	}
	if p.Person, err = v.personForm(&p.Domain, p.Of("approver"), "person", v.T("approvals.person"), false); err != nil {
		return page{}, err
	}
	if p.May("decisions") && p.SignIn == "" && !v.signedInSince(p.Approval.Policy.StepUp) {
		p.SignIn = v.signInFor(p.Approval)
	}
	shown = page{Place: "approvals", Title: p.Approval.Subject, Body: approval(v, p)}
	switch {
	case p.Stale:
		shown.Status = http.StatusConflict
	case p.Entry.Problem != nil:
		shown.Status = p.Entry.Problem.Status
	}
	return shown, nil
}

// signedInSince reports whether the last sign-in is as recent as a policy asks, "" for any.
func (v *visit) signedInSince(stepUp string) bool {
	most, err := time.ParseDuration(stepUp)
	return stepUp == "" || err == nil && v.me.Session != nil && v.now.Sub(v.me.Session.SignedIn) <= most
}

// signInFor is where to sign in for a decision, and come back from.
func (v *visit) signInFor(a usm.ApprovalView) string {
	most, _ := time.ParseDuration(a.Policy.StepUp)
	return "/sign-in?return=" + escape("/approvals/"+escapePath(a.ID)) + "&max_age=" + strconv.Itoa(int(most.Seconds()))
}

// approvalNames is the directory of a domain with those whom its approvals name, and what they show.
func (v *visit) approvalNames(domain string, approvals ...usm.ApprovalView) (directory, error) {
	d, err := v.directory(domain, wanted{})
	if err != nil {
		return d, err
	}
	var of wanted
	for _, a := range approvals {
		of.people = append(append(of.people, a.By.Person), a.For...)
		for _, group := range a.Groups {
			of.people = append(of.people, group.Members...)
		}
		for _, ballot := range a.Ballots {
			of.people = append(of.people, ballot.Person, ballot.By)
		}
		of.add(d.askedBy(object(a.Content["fields"])), "", a.Content)
	}
	err = v.introduce(&d, d.ID, of)
	return d, err
}

// shownContent is what a page shows of an approval, to be sent with the decision: should it have changed meanwhile, the two are
// shown beside each other. Only the digest says what is decided.
func shownContent(a usm.Approval) string { return exactly(a.Content) }

// compared are the differences between what was shown and what is asked now.
func compared(shown string, now usm.Approval) []difference {
	var before map[string]any
	if json.Unmarshal([]byte(shown), &before) != nil {
		return nil
	}
	return differ(nil, before, generic(now.Content))
}

// contentAt is a value of the content of an approval.
func contentAt(content map[string]any, path []string) (value any) {
	value = content
	for _, name := range path {
		key, isKey := strings.CutPrefix(name, "[")
		if place, err := strconv.Atoi(key); isKey && err == nil {
			if items := list(value); place < len(items) {
				value = items[place]
				continue
			}
		}
		value = object(value)[key]
	}
	return value
}

// contentName is the name of a part of the content, in the language of the reader.
func contentName(v *visit, name string) string { return v.or("content."+strings.ToLower(name), name) }

// need is how many have to approve, in the language of the reader. The API says "all of 2", "1 of 3", "60% of 5" or "weight 4 of 7".
func (v *visit) need(text string) string {
	share, of, counted := strings.Cut(text, " of ")
	weight, heavy := strings.CutPrefix(share, "weight ")
	switch {
	case !counted:
		return text
	case share == "all":
		return v.T("approvals.need_all", of)
	case heavy:
		return v.T("approvals.need_weight", weight, of)
	}
	return v.T("approvals.need_of", share, of)
}
