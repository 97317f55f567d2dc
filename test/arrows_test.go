// Package test holds what is true of the whole product: who may import whom, the shape of the tree, and the product run
// from outside.
package test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

const module = "github.com/usm-works/usm"

// arrows says for each folder of ours which others it may import; a folder stands for those below it that are not listed
// themselves, and may always import them. "*" is everything of ours.
var arrows = map[string][]string{
	"usm":             {},
	"usm/clock":       {"usm"},
	"usm/approval":    {"usm", "usm/clock"},
	"steps":           {"usm", "usm/clock"},
	"domains":         {"usm", "usm/clock", "usm/approval", "steps"},
	"store":           {"usm", "usm/clock", "usm/approval"},
	"store/storetest": {"store", "devstack", "usm"}, // a world to test in: only tests import it
	"activities":      {"usm", "steps"},
	"workflows":       {"activities", "usm", "steps"},
	"worker":          {"workflows", "activities", "usm"},
	"telemetry":       {"usm"},
	"server":          {"server/access", "server/desk", "server/api", "server/console", "server/scim", "server/status", "usm"},
	"server/access":   {"usm"},
	"server/desk":     {"workflows", "usm"},
	"server/api":      {"server/access", "server/status", "usm", "usm/approval", "steps", "domains"},
	"server/console":  {"client", "usm"},
	"server/scim":     {"server/status", "usm"},
	"server/status":   {"usm"},
	"client":          {"usm"},
	"replay":          {"client", "usm"},
	"rehearse":        {"replay", "domains", "usm/clock", "usm/approval", "usm"},
	"mail":            {"usm"},
	"signin":          {"usm"},
	"devstack":        {},
	"cmd":             {"*"}, "bench": {"*"}, "examples": {"*"}, "test": {"*"},
}

// testArrows are open to the tests of every folder as well: worlds to test in, never a live part of the product, and the
// arithmetic that says what a clock and an approval must come to.
var testArrows = []string{"devstack", "store/storetest", "test", "usm/clock", "usm/approval"}

// pure folders compute only: beside the standard library they import nothing but these libraries.
var pure = map[string][]string{
	"usm":          {},
	"usm/clock":    {"github.com/rickar/cal/v2", "github.com/teambition/rrule-go", "github.com/arran4/golang-ical"},
	"usm/approval": {"cel.dev/cel-go"},
}

// reserved names who may import a library, tests not included: they drive the product from outside.
var reserved = map[string][]string{
	"go.temporal.io/sdk/workflow": {"workflows", "telemetry"},
	"go.temporal.io/sdk/activity": {"activities", "telemetry"},
	"go.temporal.io/sdk/client":   {"server/desk", "worker", "telemetry", "cmd", "devstack", "test", "bench"},
	"github.com/gin-gonic/gin":    {"server"},
	"github.com/jmoiron/sqlx":     {"store"},
	"github.com/lib/pq":           {"store"},
	"github.com/wneessen/go-mail": {"mail"},
	"github.com/scim2":            {"server/scim"},
	"github.com/coreos/go-oidc":   {"signin", "test"},
	"github.com/a-h/templ":        {"server/console"},
	"golang.org/x/oauth2":         {"signin"},
	"go.temporal.io/server":       {}, // devserver has it in a module of its own
	"go.opentelemetry.io/otel":    {"telemetry", "store", "server", "cmd"},

	"github.com/cedar-policy/cedar-go": {"server/access"},
}

// within reports whether a path is the folder or below it.
func within(name, folder string) bool {
	return name == folder || strings.HasPrefix(name, folder+"/")
}

// owner is the longest folder of the table that a package belongs to, empty when there is none.
func owner(pkg string) string {
	for ; pkg != "."; pkg = path.Dir(pkg) {
		if _, ok := arrows[pkg]; ok {
			return pkg
		}
	}
	return ""
}

// judge says what is wrong with one import in one file, empty when nothing is.
func judge(file, imported string) string {
	isTest := strings.HasSuffix(file, "_test.go")
	from := owner(path.Dir(file))
	if ours, ok := strings.CutPrefix(imported, module+"/"); ok {
		if from == "" {
			return fmt.Sprintf("%s: its folder is not in the table of arrows", file)
		}
		allowed := slices.Concat(arrows[from], []string{from})
		if isTest {
			allowed = append(allowed, testArrows...)
		}
		to := owner(ours)
		if slices.Contains(allowed, "*") || slices.ContainsFunc(allowed, func(a string) bool { return a == to || isTest && within(ours, a) }) {
			return ""
		}
		return fmt.Sprintf("%s: %s must not import %s", file, from, ours)
	}
	isLibrary := func(folder string) bool { return within(imported, folder) }
	libraries, isPure := pure[from]
	if isPure && !isTest && strings.Contains(strings.Split(imported, "/")[0], ".") && !slices.ContainsFunc(libraries, isLibrary) {
		return fmt.Sprintf("%s: %s imports the standard library and %v only, not %s", file, from, libraries, imported)
	}
	for library, folders := range reserved {
		if !within(imported, library) || isTest {
			continue
		}
		if !slices.ContainsFunc(folders, func(f string) bool { return within(file, f) }) {
			return fmt.Sprintf("%s: only %v may import %s", file, folders, library)
		}
	}
	return ""
}

// wrongArrows lists every import in the tree that the tables do not allow.
func wrongArrows(tree fs.FS) ([]string, error) {
	var wrong []string
	err := goFiles(tree, func(name string, content []byte) error {
		file, err := parser.ParseFile(token.NewFileSet(), name, content, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if problem := judge(name, imported); problem != "" {
				wrong = append(wrong, problem)
			}
		}
		return nil
	})
	return wrong, err
}

func TestArrows(t *testing.T) {
	t.Parallel()
	wrong, err := wrongArrows(os.DirFS(".."))
	require.NoError(t, err)
	require.Empty(t, wrong, strings.Join(wrong, "\n"))
}

// TestArrowsReportsWhatIsPlanted shows that the guard can fail: each line is one file with one import.
func TestArrowsReportsWhatIsPlanted(t *testing.T) {
	t.Parallel()
	ours := module + "/"
	for _, c := range []struct {
		file, imported string
		wrong          bool
	}{
		{"usm/call.go", "github.com/google/uuid", true},
		{"usm/call_test.go", "github.com/stretchr/testify/require", false},
		{"usm/clock/due.go", ours + "usm", false},
		{"usm/clock/due.go", ours + "store", true},
		{"usm/clock/due.go", "github.com/google/uuid", true},
		{"usm/clock/due.go", "github.com/rickar/cal/v2/nl", false},
		{"usm/call.go", "github.com/rickar/cal/v2", true},
		{"usm/call.go", ours + "usm/clock", true},
		{"usm/approval/time.go", ours + "usm/clock", false},
		{"usm/approval/vote.go", ours + "store", true},
		{"usm/approval/condition.go", "cel.dev/cel-go/cel", false},
		{"usm/approval/content.go", "github.com/google/uuid", true},
		{"usm/clock/due.go", ours + "usm/approval", true},
		{"store/approvals.go", ours + "usm/approval", false},
		{"workflows/approve.go", ours + "usm/approval", true},
		{"activities/approve.go", ours + "usm/approval", true},
		{"workflows/call.go", ours + "usm/clock", true},
		{"workflows/call_test.go", ours + "usm/clock", false},
		{"steps/schema.go", ours + "usm", false},
		{"store/calls.go", ours + "activities", true},
		{"store/calls.go", "github.com/lib/pq", false},
		{"store/storetest/db.go", ours + "store", false},
		{"activities/agree.go", ours + "store", true},
		{"activities/agree_test.go", ours + "store", true},
		{"activities/agree_test.go", ours + "store/storetest", false},
		{"activities/agree.go", "github.com/jmoiron/sqlx", true},
		{"workflows/call.go", ours + "activities", false},
		{"workflows/call.go", ours + "server/desk", true},
		{"workflows/call.go", "go.temporal.io/sdk/client", true},
		{"workflows/call_test.go", "go.temporal.io/sdk/client", false},
		{"worker/worker.go", ours + "store", true},
		{"telemetry/workflow.go", "go.temporal.io/sdk/workflow", false},
		{"telemetry/workflow.go", ours + "workflows", true},
		{"workflows/call.go", "go.opentelemetry.io/otel/trace", true},
		{"server/server.go", ours + "server/desk", false},
		{"server/server.go", ours + "store", true},
		{"server/access/access.go", ours + "server/api", true},
		{"server/access/access.go", "github.com/cedar-policy/cedar-go/types", false},
		{"server/api/calls.go", ours + "server/access", false},
		{"server/api/calls.go", "github.com/cedar-policy/cedar-go", true},
		{"server/api/calls.go", ours + "server/desk", true},
		{"server/api/calls.go", "github.com/gin-gonic/gin", false},
		{"server/api/calls.go", "go.temporal.io/sdk/workflow", true},
		{"server/console/page.go", ours + "server/api", true},
		{"server/scim/users.go", ours + "server/api", true},
		{"server/scim/users.go", "github.com/scim2/filter-parser/v2", false},
		{"server/api/calls.go", "github.com/scim2/filter-parser/v2", true},
		{"server/desk/desk.go", "go.temporal.io/sdk/client", false},
		{"client/client.go", "github.com/gin-gonic/gin/binding", true},
		{"rehearse/measure.go", ours + "usm/clock", false},
		{"rehearse/measure.go", ours + "client", true},
		{"replay/story.go", ours + "usm/clock", true},
		{"devstack/postgres.go", ours + "usm", true},
		{"devstack/postgres_test.go", "github.com/lib/pq", false},
		{"cmd/usm/dev.go", ours + "store", false},
		{"cmd/usm/dev.go", "go.temporal.io/server/temporal", true},
		{"mail/write.go", ours + "usm", false},
		{"mail/write.go", ours + "store", true},
		{"server/mail.go", "github.com/wneessen/go-mail", true},
		{"elsewhere/x.go", ours + "usm", true},
	} {
		t.Run(c.file+" imports "+path.Base(c.imported), func(t *testing.T) {
			t.Parallel()
			source := fmt.Sprintf("package x\n\nimport _ %q\n", c.imported)
			wrong, err := wrongArrows(fstest.MapFS{
				c.file:                 {Data: []byte(source)},
				"inner/go.mod":         {Data: []byte("module inner\n")},
				"inner/free.go":        {Data: []byte("package x\n\nimport _ \"go.temporal.io/server/temporal\"\n")},
				"usm/testdata/free.go": {Data: []byte("not even Go")},
			})
			require.NoError(t, err)
			require.Equal(t, c.wrong, len(wrong) == 1, wrong)
		})
	}
}
