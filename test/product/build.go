package product

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// programFolder keeps the built program until Main removes it.
var programFolder string

// build makes the product's program once per test run.
var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "usm-product-")
	if err != nil {
		return "", err
	}
	programFolder = dir
	program := filepath.Join(dir, "usm")
	// In its own module: that of the test may be another, which need not know what the product is built from.
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/usm-works/usm").Output()
	if err != nil {
		return "", fmt.Errorf("go list: %w", err)
	}
	cmd := exec.Command("go", "build", "-o", program, "./cmd/usm")
	cmd.Dir = strings.TrimSpace(string(root))
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return program, nil
})

// program is the path of the built program.
func program(tb testing.TB) string {
	tb.Helper()
	path, err := build()
	require.NoError(tb, err)
	return path
}
