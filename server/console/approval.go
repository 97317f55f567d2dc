package console

import (
	"cmp"
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
	Names    map[string]string
	Entry    entry
	Did      string        // which form Entry is of
	SignIn   string        // where to sign in again first; "" when the sign-in is recent enough
	Stale    bool          // it has changed since it was shown, and nothing was decided
	Compared []comparedRow // of what has changed, what was shown and what is asked now
}

// comparedRow is a value that was shown otherwise than it is now; "" is absent.
type comparedRow struct{ Name, Shown, Now string }

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

// Name is that of a person, else his id.
func (p approvalPage) Name(id string) string { return cmp.Or(p.Names[id], id) }

// approval shows one approval.
func (s *site) approval(v *visit) (page, error) {
	a, err := v.api.Approval(v.ctx(), v.param("id"))
	if err != nil {
		return page{}, err
	}
	return v.approvalOf(approvalPage{Approval: a})
}

func (v *visit) approvalOf(p approvalPage) (shown page, err error) {
	if p.Names, err = v.names(p.Approval.Domain); err != nil {
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

// shownLines are what a page shows of an approval, to be sent with the decision: should it have changed meanwhile, the two are
// shown beside each other. Only the digest says what is decided.
func shownLines(a usm.Approval) string {
	lines := map[string]string{}
	for _, section := range a.Sections() {
		for _, line := range section.Lines {
			lines[line.Pointer] = line.Value
		}
	}
	text, _ := json.Marshal(lines) //nolint:errchkjson // texts by text
	return string(text)
}

// compared are the values that differ between what was shown and what is asked now, in the order in which it is shown now.
func compared(shown string, now usm.Approval) (rows []comparedRow) {
	var before map[string]string
	if json.Unmarshal([]byte(shown), &before) != nil {
		return nil
	}
	for _, section := range now.Sections() {
		for _, line := range section.Lines {
			if was, known := before[line.Pointer]; !known || was != line.Value {
				rows = append(rows, comparedRow{line.Name, was, line.Value})
			}
			delete(before, line.Pointer)
		}
	}
	for pointer, was := range before {
		rows = append(rows, comparedRow{strings.ReplaceAll(strings.Trim(pointer, "/"), "/", " › "), was, ""})
	}
	return rows
}

// contentName is the name of a part of the content, in the language of the reader.
func contentName(v *visit, name string) string { return v.or("content."+strings.ToLower(name), name) }
