package test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// signedInWorld is a product whose plans of changes are approved by Sven, who has to have signed in not long ago, and a change
// whose plan waits for him.
func signedInWorld(t *testing.T) (p *product.Product, approval usm.ApprovalView) {
	t.Helper()
	provider := product.StartProvider(t, "it")
	p = product.Start(t, product.Options{Domains: []string{"it"}, Env: provider.Env()})
	_, call := planned(t, p, usm.ApprovalPolicy{
		ID: "plans", Name: "Plans of changes", Steps: []usm.Step{usm.PlanChange}, StepUp: "15m",
		Require: usm.Quorum{Need: "any", Approvers: []usm.Approver{{Person: "sven"}}},
	})
	approval, err := p.Admin.Approval(t.Context(), call.WaitingFor.Approval)
	require.NoError(t, err)
	return p, approval
}

// me is who the gateway says that a browser is of; "" for nobody.
func me(t *testing.T, b *product.Browser) string {
	t.Helper()
	page := b.Visit("/api/v1/me")
	if page.Status == http.StatusUnauthorized {
		return ""
	}
	require.Equal(t, http.StatusOK, page.Status, page.Text)
	var who client.Me
	require.NoError(t, json.Unmarshal([]byte(page.Text), &who))
	require.NotNil(t, who.Session)
	return who.Person
}

// agedSessions has everybody signed in an hour earlier.
func agedSessions(t *testing.T, p *product.Product) {
	t.Helper()
	_, err := p.SQL().ExecContext(t.Context(), `UPDATE tokens SET signed_in = signed_in - interval '1 hour' WHERE session`)
	require.NoError(t, err)
}

func TestSomebodySignsInAndDecides(t *testing.T) {
	t.Parallel()
	p, approval := signedInWorld(t)
	b := p.Browser(t)
	require.Empty(t, me(t, b))
	page := b.Click(b.Visit("/sign-in?return=/api/v1/me"), "sven")
	require.Equal(t, http.StatusOK, page.Status, page.Text)
	require.Equal(t, p.URL+"/api/v1/me", page.At.String())
	require.Equal(t, "sven", me(t, b))

	// His sign-in is too old for this decision, then it is not.
	agedSessions(t, p)
	answer := usm.DecisionRequest{Decision: usm.Approve, Digest: approval.Digest}
	decisions := "/approvals/" + approval.ID + "/decisions"
	page = b.Post(decisions, "first", answer)
	require.Equal(t, http.StatusUnauthorized, page.Status, page.Text)
	require.Contains(t, page.Header.Get("WWW-Authenticate"), `error="insufficient_user_authentication"`)
	require.Contains(t, page.Header.Get("WWW-Authenticate"), `max_age="900"`)
	before := time.Now()
	page = b.Visit("/sign-in?max_age=900")
	require.Contains(t, page.Text, "You are known here as Sven")
	b.Click(page, "sven")
	page = b.Post(decisions, "second", answer)
	require.Equal(t, http.StatusOK, page.Status, page.Text)
	record, err := p.Admin.Approval(t.Context(), approval.ID)
	require.NoError(t, err)
	require.Len(t, record.Ballots, 1)
	require.Equal(t, "sven", record.Ballots[0].Person)
	require.NotNil(t, record.Ballots[0].SignedIn)
	require.WithinRange(t, *record.Ballots[0].SignedIn, before.Add(-2*time.Second), time.Now())

	// The session outlives the gateway, but not his signing out.
	p.Part("gateway").Kill()
	p.Gateway()
	p.AwaitReady()
	require.Equal(t, "sven", me(t, b))
	stolen := b.Copy()
	require.Equal(t, "sven", me(t, stolen))
	page = b.Submit(b.Visit("/sign-out"), "/sign-out", "", "")
	require.Equal(t, http.StatusOK, page.Status, page.Text)
	require.Empty(t, me(t, b))
	require.Empty(t, me(t, stolen), "the cookie is no longer good")
}

func TestWhoHasLeftIsSignedOut(t *testing.T) {
	t.Parallel()
	p, _ := signedInWorld(t)
	b := p.Browser(t)
	b.Click(b.Visit("/sign-in"), "noor")
	require.Equal(t, "noor", me(t, b))
	domain, err := p.Admin.Domain(t.Context(), "it")
	require.NoError(t, err)
	for i := range domain.People {
		domain.People[i].Inactive = domain.People[i].Inactive || domain.People[i].ID == "noor"
	}
	domain.Version = 0
	file, err := domains.Marshal(domain)
	require.NoError(t, err)
	_, err = p.Admin.ApplyDomain(t.Context(), "it", file)
	require.NoError(t, err)
	require.Empty(t, me(t, b))
	page := b.Visit("/sign-in") // the provider, which has not heard of it, still knows her
	require.Equal(t, http.StatusForbidden, page.Status, page.Text)
	require.Contains(t, page.Text, "You are not known here")
}

// let lets a terminal in that runs `usm sign-in`, as a person does with a browser, and returns what it said.
func let(t *testing.T, b *product.Browser, terminal *product.Process) string {
	t.Helper()
	address := regexp.MustCompile(`the code (\S+):\s+(http\S+)`)
	var said []string
	product.Eventually(t, time.Minute, "the terminal shows an address", func() error {
		if said = address.FindStringSubmatch(terminal.Said()); said == nil {
			return fmt.Errorf("it says %q", terminal.Said())
		}
		return nil
	})
	page := b.Visit(said[2])
	if page.Asked() {
		page = b.Click(page, "sven")
	}
	require.Contains(t, page.Text, said[1], "the page shows the code of the terminal")
	page = b.Submit(page, "/sign-in/terminal", "answer", "allow")
	require.Equal(t, http.StatusOK, page.Status, page.Text)
	product.Eventually(t, time.Minute, "the terminal ends", func() error {
		if !terminal.Ended() {
			return fmt.Errorf("it says %q", terminal.Said())
		}
		return nil
	})
	return terminal.Said()
}

func TestATerminalIsLetIn(t *testing.T) {
	t.Parallel()
	p, approval := signedInWorld(t)
	b := p.Browser(t)
	home := t.TempDir()
	env := []string{"USM_URL=" + p.URL, "XDG_CONFIG_HOME=" + home}
	said := let(t, b, p.Background(env, "sign-in", "--no-browser"))
	require.Contains(t, said, "signed in as Sven Lindqvist (sven) at "+p.URL)
	files, err := filepath.Glob(filepath.Join(home, "usm", "signed-in", "*"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	token, err := os.ReadFile(files[0])
	require.NoError(t, err)
	holder := p.Admin.As(strings.TrimSpace(string(token)))
	who, err := holder.Me(t.Context())
	require.NoError(t, err)
	require.Equal(t, "sven", who.Person)

	agedSessions(t, p)
	out, err := p.Try(env, "approve", approval.ID)
	require.Error(t, err)
	require.Contains(t, out, "run `usm sign-in --fresh`")
	let(t, b, p.Background(env, "sign-in", "--no-browser", "--fresh"))
	_, err = holder.Me(t.Context())
	require.Equal(t, usm.CodeUnauthenticated, client.CodeOf(err), "the terminal's session before is over")
	out, err = p.Try(env, "approve", approval.ID)
	require.NoError(t, err, out)
	require.Contains(t, out, approval.ID+"  approved")

	token, err = os.ReadFile(files[0])
	require.NoError(t, err)
	out, err = p.Try(env, "sign-out")
	require.NoError(t, err, out)
	_, err = p.Admin.As(strings.TrimSpace(string(token))).Me(t.Context())
	require.Equal(t, usm.CodeUnauthenticated, client.CodeOf(err))
	require.Equal(t, "sven", me(t, b), "his browser is still signed in")
	require.NoFileExists(t, files[0])
}
