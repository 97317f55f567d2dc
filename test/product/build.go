package product

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
	cmd := exec.Command("go", "build", "-o", program, "github.com/usm-works/usm/cmd/usm")
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
