package product

import (
	"encoding/json"
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
	return compile(filepath.Join(dir, "usm"))
})

// compile makes the product's program, in its own module: that of the test may be another, which need not know what the product
// is built from.
func compile(program string, flags ...string) (string, error) {
	root, err := root()
	if err != nil {
		return "", err
	}
	cmd := exec.Command("go", append(append([]string{"build", "-o", program}, flags...), "./cmd/usm")...) //nolint:noctx // it comes to its end
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return program, nil
}

// root is the folder of the product's module.
func root() (string, error) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/usm-works/usm").Output() //nolint:noctx // as above
	if err != nil {
		return "", fmt.Errorf("go list: %w", err)
	}
	return strings.TrimSpace(string(dir)), nil
}

// Variant builds another version of the product: from its sources, of which some are replaced or added in the build alone. The
// keys are paths below the folder of its module.
func Variant(dir string, sources map[string]string) (string, error) {
	root, err := root()
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for name, content := range sources {
		file := filepath.Join(dir, strings.ReplaceAll(name, "/", "_"))
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			return "", err
		}
		replace[filepath.Join(root, name)] = file
	}
	content, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "overlay.json")
	if err = os.WriteFile(file, content, 0o600); err != nil {
		return "", err
	}
	return compile(filepath.Join(dir, "usm"), "-overlay", file)
}

// Program is the path of the built program.
func Program(tb testing.TB) string {
	tb.Helper()
	path, err := build()
	require.NoError(tb, err)
	return path
}
