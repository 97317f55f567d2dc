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
// machine: what differs is only where the parts find each other. Then it runs a call to its end, restores a backup, and
// changes the password, as docs/operations.md says.
func TestProduction(t *testing.T) {
	t.Parallel()
	h := startHost(t, false)
	h.run("temporal-schema")
	h.run("temporal-schema") // a second time changes nothing
	stop := h.startAll()

	domain, err := domains.Parse("hr.yaml", domains.Builtin()["hr"])
	require.NoError(t, err)
	x := h.terminal()
	x.token("admin", "--admin", "--name", "first")
	x.usm("domain", "apply", abs(t, root, "domains", "hr.yaml"))
	for _, person := range domain.People {
		x.token(person.ID, person.ID)
	}
	x.finish(x.open(domain, "A letter"))
	h.requireMigrateToWait()
	stop = h.restoreABackup(x, domain, stop)
	stop = h.restoreAnEarlierEngine(x, domain, stop)
	h.changeThePassword(x, domain, stop)
}

// startAll starts everything but Postgres in the order of docker-compose.yml and returns what stops each.
func (h *host) startAll() map[string]func() {
	h.t.Helper()
	stop := map[string]func(){"temporal": h.start("temporal", "")}
	h.run("migrate")
	for _, worker := range []string{"0", "1"} {
		stop["worker"+worker] = h.start("worker", worker)
	}
	stop["gateway"] = h.start("gateway", "")
	return stop
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

// open opens a call and returns its number.
func (x *terminal) open(domain usm.Domain, subject string) string {
	x.t.Helper()
	number := regexp.MustCompile(`SRQ-\d+`).FindString(x.usm("call", "open", "--as", "aisha",
		"--domain", domain.ID, "--type", "service_request", "--service", domain.Services[0].ID, "--subject", subject))
	require.NotEmpty(x.t, number)
	return number
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
