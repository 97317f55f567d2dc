package deploy

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/usm"
)

// TestProduction starts what docker-compose.yml describes, in its order and with its environments, as processes of this
// machine: what differs is only where the parts find each other. Then it runs a call to its end.
func TestProduction(t *testing.T) {
	t.Parallel()
	h := startHost(t, false)
	h.run("temporal-schema")
	h.run("temporal-schema") // a second time changes nothing
	h.start("temporal", "")
	h.run("migrate")
	h.start("gateway", "")
	h.start("worker", "0")
	h.start("worker", "1")

	domain, err := domains.Parse("hr.yaml", domains.Builtin()["hr"])
	require.NoError(t, err)
	x := h.terminal()
	x.token("admin", "--admin", "--name", "first")
	x.usm("domain", "apply", abs(t, root, "domains", "hr.yaml"))
	for _, person := range domain.People {
		x.token(person.ID, person.ID)
	}
	number := regexp.MustCompile(`SRQ-\d+`).FindString(x.usm("call", "open", "--as", "aisha",
		"--domain", domain.ID, "--type", "service_request", "--service", domain.Services[0].ID, "--subject", "A letter"))
	require.NotEmpty(t, number)
	x.finish(number)
}

// terminal is where somebody gives commands of the product.
type terminal struct {
	t      testing.TB
	env    []string
	data   string            // the folder in which the command line looks for tokens
	tokens map[string]string // by person
}

func (x *terminal) usm(args ...string) string {
	x.t.Helper()
	said, err := run(x.t, x.env, args...)
	require.NoError(x.t, err, "usm %s: %s", strings.Join(args, " "), said)
	return said
}

// token issues a token and leaves it where the command line looks for it.
func (x *terminal) token(name string, args ...string) {
	x.t.Helper()
	x.tokens[name] = strings.TrimSpace(x.usm(append([]string{"token", "issue"}, args...)...))
	raw, err := json.Marshal(x.tokens)
	require.NoError(x.t, err)
	require.NoError(x.t, os.WriteFile(filepath.Join(x.data, "tokens.json"), raw, 0o600))
}

// finish takes a call to its end.
func (x *terminal) finish(number string) {
	x.t.Helper()
	for range 20 {
		var call usm.CallView
		require.NoError(x.t, json.Unmarshal([]byte(x.usm("call", "show", number, "--json")), &call))
		switch {
		case call.Status == usm.StatusClosed:
			return
		case call.WaitingFor.Kind == usm.WaitConfirmation:
			x.usm("call", "confirm", number)
		default:
			x.usm("call", "finish", number, "--example")
		}
	}
	require.Fail(x.t, "the call does not end", number)
}
