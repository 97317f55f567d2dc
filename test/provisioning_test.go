package test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// scim sends a request to where the domain it is provisioned and asserts the status of its answer.
func scim(t *testing.T, p *product.Product, token string, want int, method, path, body string, headers ...string) (answer object) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, p.URL+"/scim/v2/it"+path, strings.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/scim+json")
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close() //nolint:errcheck // it is read to its end
	raw, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, want, response.StatusCode, "%s", raw)
	if len(raw) > 0 {
		require.Equal(t, "application/scim+json", response.Header.Get("Content-Type"))
		require.NoError(t, json.Unmarshal(raw, &answer))
	}
	return answer
}

// operationOf is the body of a PATCH of one operation.
func operationOf(op, path, value string) string {
	return fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":%q,"path":%q,"value":%s}]}`,
		op, path, value)
}

// TestProvisioningDoesNotBlockApprovals: somebody who is asked for an approval leaves, as his provisioning system says. His manager
// is asked in his place at once, and when she is removed too, hers; nobody of them can do anything any more.
func TestProvisioningDoesNotBlockApprovals(t *testing.T) {
	t.Parallel()
	p := product.Start(t, product.Options{Domains: []string{"it"}})
	token := strings.TrimSpace(p.Run("token", "issue", "--scope", "scim:it", "--name", "entra"))
	manager := "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"
	scim(t, p, token, http.StatusOK, http.MethodPatch, "/Users/sven", operationOf("Add", manager, `"tamara"`))
	scim(t, p, token, http.StatusOK, http.MethodPatch, "/Users/tamara", operationOf("add", manager, `{"value":"rosa"}`))
	scim(t, p, p.AdminToken, http.StatusForbidden, http.MethodGet, "/Users/sven", "")
	scim(t, p, p.Token("rosa"), http.StatusForbidden, http.MethodDelete, "/Users/sven", "")
	_, call := planned(t, p, usm.ApprovalPolicy{
		ID: "plans", Name: "Plans of changes", Steps: []usm.Step{usm.PlanChange},
		Require: usm.Quorum{Approvers: []usm.Approver{{Person: "sven"}}},
	})
	id := call.WaitingFor.Approval
	asks := func(who string) usm.ApprovalView {
		t.Helper()
		began := time.Now()
		var view usm.ApprovalView
		product.Eventually(t, eventual, who+" is asked", func() (err error) {
			if view, err = p.Admin.Approval(t.Context(), id); err != nil {
				return err
			}
			if len(view.Members) != 1 || view.Members[0].Person != who {
				return fmt.Errorf("asked are %v", view.Members)
			}
			return nil
		})
		t.Logf("%s is asked after %s", who, time.Since(began).Round(time.Millisecond))
		require.Equal(t, usm.ApprovalOpen, view.State)
		require.Empty(t, view.Stuck)
		return view
	}
	says := func(person string, want int) {
		t.Helper()
		require.Equal(t, want, p.Send(t, product.Request{Path: "/me", Token: p.Token(person)}).Status, person)
	}
	asks("sven")
	for _, person := range []string{"sven", "tamara"} {
		says(person, http.StatusOK)
	}

	scim(t, p, token, http.StatusOK, http.MethodPatch, "/Users/sven", operationOf("Replace", "active", `"False"`))
	says("sven", http.StatusUnauthorized)
	asks("tamara")
	scim(t, p, token, http.StatusNoContent, http.MethodDelete, "/Users/tamara", "")
	says("tamara", http.StatusUnauthorized)
	asked := asks("rosa")

	decided, err := p.As("rosa").Decide(t.Context(), id, usm.DecisionRequest{Decision: usm.Approve, Digest: asked.Digest})
	require.NoError(t, err)
	require.Equal(t, usm.ApprovalApproved, decided.State)
	view, err := p.Admin.Call(t.Context(), call.Number)
	require.NoError(t, err)
	require.Equal(t, usm.PrepareChange, view.Step)

	a := p.Send(t, product.Request{Path: "/domains/it/directory-changes?limit=4", Token: p.Token("rosa")})
	require.Equal(t, http.StatusOK, a.Status, "%s", a.Body)
	var told []string
	for _, change := range product.Decode[[]usm.DirectoryChange](t, a) {
		told = append(told, change.Person+" "+change.Kind+" by "+change.By)
	}
	slices.Reverse(told)
	require.Equal(t, []string{
		"sven changed by entra", "tamara changed by entra", "sven left by entra", "tamara removed by entra",
	}, told)
}
