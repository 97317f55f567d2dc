package test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// visit asks for an address as a browser or a scanner does, and returns the status and the page.
func visit(t *testing.T, method, address string, form url.Values, headers ...string) (status int, page string) {
	t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	request, err := http.NewRequestWithContext(t.Context(), method, address, body)
	require.NoError(t, err)
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close() //nolint:errcheck // nothing was written
	content, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(content)
}

// decide sends the form of a link's page.
func decide(t *testing.T, link, answer, reason string) (status int, page string) {
	t.Helper()
	return visit(t, http.MethodPost, link, url.Values{"decision": {answer}, "reason": {reason}})
}

// askedByMail is a product whose plans of changes are approved by Sven and Tamara, both of them, and a change whose plan waits
// for them.
func askedByMail(t *testing.T) (p *product.Product, box *product.Mailbox, planner *client.Client, call usm.CallView) {
	t.Helper()
	box = product.StartMailbox(t)
	p = product.Start(t, product.Options{Domains: []string{"it"}, Env: box.Env()})
	planner, call = planned(t, p, usm.ApprovalPolicy{
		ID: "plans", Name: "Plans of changes", Steps: []usm.Step{usm.PlanChange},
		Require: usm.Quorum{Need: "all", Approvers: []usm.Approver{{Person: "sven"}, {Person: "tamara"}}},
	})
	return p, box, planner, call
}

// approval is an approval as the API shows it, whole.
func approval(t *testing.T, p *product.Product, id string) string {
	t.Helper()
	view, err := p.Admin.Approval(t.Context(), id)
	require.NoError(t, err)
	whole, err := json.Marshal(view)
	require.NoError(t, err)
	return string(whole)
}

func TestPeopleDecideByMail(t *testing.T) {
	t.Parallel()
	p, box, _, call := askedByMail(t)
	id := call.WaitingFor.Approval
	svens, tamaras := box.To("sven@example.org", 1)[0], box.To("tamara@example.org", 1)[0]
	require.Contains(t, svens.Subject, call.Number)
	require.Len(t, svens.Decisions(), 1)
	sven, tamara := svens.Decisions()[0], tamaras.Decisions()[0]
	require.NotEqual(t, sven, tamara)

	// A scanner of mails follows every link in every way, several times.
	before := approval(t, p, id)
	revision := call.Revision
	for _, mail := range []product.Mail{svens, tamaras} {
		for _, link := range mail.Links() {
			for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodGet} {
				for _, headers := range [][]string{
					nil, {"Sec-Purpose", "prefetch;prerender"}, {"Purpose", "prefetch"}, {"X-Moz", "prefetch"}, {"X-Purpose", "preview"},
				} {
					visit(t, method, link, nil, headers...)
				}
			}
		}
	}
	require.Equal(t, before, approval(t, p, id))
	after, err := p.Admin.Call(t.Context(), call.Number)
	require.NoError(t, err)
	require.Equal(t, revision, after.Revision)

	status, page := visit(t, http.MethodGet, sven, nil)
	require.Equal(t, http.StatusOK, status)
	view, err := p.Admin.Approval(t.Context(), id)
	require.NoError(t, err)
	require.Contains(t, page, view.Digest)
	require.Contains(t, page, "A new router")

	// Forged: one character is another.
	forged := sven[:len(sven)-1] + "_"
	if forged == sven {
		forged = sven[:len(sven)-1] + "-"
	}
	status, nowhere := decide(t, forged, "approve", "")
	require.Equal(t, http.StatusNotFound, status)
	require.Equal(t, before, approval(t, p, id))

	status, page = decide(t, sven, "approve", "we need it")
	require.Equal(t, http.StatusOK, status, page)
	require.Contains(t, page, "we need it")
	view, err = p.Admin.Approval(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, view.Ballots, 1)
	require.Equal(t, "sven", view.Ballots[0].Person)
	require.Equal(t, "link", view.Ballots[0].Through)

	// Used: the same answer is the first again, anything else leads nowhere.
	status, again := decide(t, sven, "approve", "twice")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, page, again)
	for _, try := range []func() (int, string){
		func() (int, string) { return visit(t, http.MethodGet, sven, nil) },
		func() (int, string) { return decide(t, sven, "reject", "no") },
	} {
		status, page = try()
		require.Equal(t, http.StatusNotFound, status)
		require.Equal(t, nowhere, page)
	}

	// Expired, then not: the time is turned back and forth in the registers.
	const over = `UPDATE mail_links SET expires_at = expires_at - interval '30 days' WHERE by_person = 'tamara'`
	_, err = p.SQL().ExecContext(t.Context(), over)
	require.NoError(t, err)
	status, page = decide(t, tamara, "approve", "")
	require.Equal(t, http.StatusNotFound, status)
	require.Equal(t, nowhere, page)
	_, err = p.SQL().ExecContext(t.Context(), strings.Replace(over, "- interval", "+ interval", 1))
	require.NoError(t, err)
	status, page = decide(t, tamara, "approve", "")
	require.Equal(t, http.StatusOK, status, page)
	view, err = p.Admin.Approval(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, usm.ApprovalApproved, view.State)
	after, err = p.Admin.Call(t.Context(), call.Number)
	require.NoError(t, err)
	require.Equal(t, usm.PrepareChange, after.Step)
}

func TestAnotherPlanIsAskedForAgainByMail(t *testing.T) {
	t.Parallel()
	p, box, planner, call := askedByMail(t)
	old := box.To("sven@example.org", 1)[0].Decisions()[0]
	needs, err := planner.StepView(t.Context(), call.Number, usm.PlanChange, "")
	require.NoError(t, err)
	another := needs.Example
	another["note"] = "with a cheaper router"
	again, err := planner.FinishWith(t.Context(), call.Number, usm.PlanChange, another)
	require.NoError(t, err)
	require.NotEqual(t, call.WaitingFor.Approval, again.WaitingFor.Approval)

	mails := box.To("sven@example.org", 2)
	require.Contains(t, mails[1].Text, "Changed: /proposal")
	require.Contains(t, mails[1].Text, "with a cheaper router")
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		status, page := visit(t, method, old, url.Values{"decision": {"approve"}})
		require.Equal(t, http.StatusConflict, status)
		require.Contains(t, page, "This has changed")
	}
	status, page := decide(t, mails[1].Decisions()[0], "reject", "too late")
	require.Equal(t, http.StatusOK, status, page)
	after, err := p.Admin.Approval(t.Context(), again.WaitingFor.Approval)
	require.NoError(t, err)
	require.Equal(t, usm.ApprovalRejected, after.State)
}
