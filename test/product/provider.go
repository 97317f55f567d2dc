package product

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/devstack"
	"github.com/usm-works/usm/domains"
)

// Provider is the OpenID provider of developers' machines; who signs in there says who he is.
type Provider struct{ neighbours *devstack.Neighbours }

// StartProvider starts one that is stopped with the test, with the people of a built-in domain.
func StartProvider(tb testing.TB, domain string) *Provider {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), serverTimeout)
	defer cancel()
	dir := filepath.Join(tb.TempDir(), "neighbours")
	parsed, err := domains.Parse(domain+".yaml", domains.Builtin()[domain])
	require.NoError(tb, err)
	people, err := json.Marshal(parsed.People) // the provider reads no more of them than id, name and mail address
	require.NoError(tb, err)
	file := filepath.Join(tb.TempDir(), "people.json")
	require.NoError(tb, os.WriteFile(file, people, 0o600))
	n, err := devstack.StartNeighbours(ctx, devstack.NeighboursOptions{
		Dir: dir, People: file, SMTPAddress: "127.0.0.1:0", MailAddress: "127.0.0.1:0", OIDCAddress: "127.0.0.1:0",
	})
	require.NoError(tb, err, "signing in needs a provider: `make usm-neighbours` builds it")
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), serverTimeout)
		defer cancel()
		require.NoError(tb, n.Stop(ctx))
	})
	return &Provider{n}
}

// Env are the variables with which people sign in at the gateway by it.
func (p *Provider) Env() map[string]string {
	return map[string]string{
		"USM_OIDC_ISSUER": p.neighbours.Issuer(), "USM_OIDC_CLIENT_ID": "usm", "USM_OIDC_PERSON_CLAIM": "sub",
		"USM_OIDC_ADMINS": "groups=usm-administrators",
	}
}
