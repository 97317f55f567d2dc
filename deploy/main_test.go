package deploy

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
)

// root is the folder of the product.
const root = ".."

// binary is the product as the Dockerfile builds it.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "usm-deploy-")
	if err == nil {
		binary, err = buildAsDockerfile(root, dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := product.Run(m)
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// goBuild finds the command in the Dockerfile that makes the binary.
var goBuild = regexp.MustCompile(`(?m)go build .* -o /usm \./cmd/usm$`)

// buildAsDockerfile runs that command on sources for this machine and returns the binary.
func buildAsDockerfile(sources, into string) (string, error) {
	dockerfile, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	if err != nil {
		return "", err
	}
	out := filepath.Join(into, "usm")
	command := strings.Replace(goBuild.FindString(string(dockerfile)), "-o /usm", "-o "+out, 1)
	cmd := exec.Command("sh", "-ec", command)
	cmd.Dir, cmd.Env = sources, append(os.Environ(), "CGO_ENABLED=0", "VERSION=test")
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%q: %w: %s", command, err, said)
	}
	return out, nil
}

// run runs a command of the product in this environment and returns what it printed.
func run(tb testing.TB, env []string, args ...string) (string, error) {
	tb.Helper()
	cmd := exec.CommandContext(tb.Context(), binary, args...)
	cmd.Env, cmd.Dir = env, tb.TempDir()
	said, err := cmd.CombinedOutput()
	return string(said), err
}

// settings are the variables that the product knows.
func settings(t *testing.T) []string {
	t.Helper()
	said, err := run(t, nil, "help", "config")
	require.NoError(t, err)
	names := regexp.MustCompile(`(?m)^(?:USM|OTEL)_[A-Z_]+`).FindAllString(said, -1)
	require.Greater(t, len(names), 20)
	return names
}

// isCommand reports whether the product has a command that takes these arguments.
func isCommand(t *testing.T, args ...string) bool {
	t.Helper()
	said, err := run(t, nil, append(args, "--help")...)
	return err == nil && strings.Contains(said, "usm "+args[0])
}

func abs(tb testing.TB, path ...string) string {
	tb.Helper()
	full, err := filepath.Abs(filepath.Join(path...))
	require.NoError(tb, err)
	return full
}
