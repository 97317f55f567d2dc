package deploy

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestImage holds the Dockerfile to what it says of itself; no image is built here.
func TestImage(t *testing.T) {
	t.Parallel()
	dockerfile, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	require.NoError(t, err)

	t.Run("TheBinaryNeedsNothingOfItsImage", func(t *testing.T) {
		t.Parallel()
		program, err := elf.Open(binary)
		require.NoError(t, err)
		defer program.Close() //nolint:errcheck // it was read
		libraries, err := program.ImportedLibraries()
		require.NoError(t, err)
		require.Empty(t, libraries)
		said, err := run(t, nil, "version")
		require.NoError(t, err)
		require.Contains(t, said, "test")
	})

	t.Run("TheSameSourcesGiveTheSameBinary", func(t *testing.T) {
		t.Parallel()
		elsewhere := t.TempDir()
		said, err := exec.CommandContext(t.Context(), "sh", "-ec",
			`cd "$0" && git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$1"`, root, elsewhere).CombinedOutput()
		require.NoError(t, err, string(said))
		second, err := buildAsDockerfile(elsewhere, t.TempDir())
		require.NoError(t, err)
		one, err := os.ReadFile(binary)
		require.NoError(t, err)
		two, err := os.ReadFile(second)
		require.NoError(t, err)
		require.True(t, string(one) == string(two), "two builds differ") //nolint:testifylint // a difference of 60 MB is not to be printed
	})

	t.Run("ItRunsAsNobodyWithoutAShell", func(t *testing.T) {
		t.Parallel()
		stages := regexp.MustCompile(`(?m)^FROM .*`).FindAllString(string(dockerfile), -1)
		require.Len(t, stages, 2)
		require.Regexp(t, `golang:\d+\.\d+\.\d+-`, stages[0])
		require.Contains(t, stages[1], "distroless/static")
		require.Regexp(t, `(?m)^USER [1-9]\d+:[1-9]\d+$`, string(dockerfile))
		require.Contains(t, string(dockerfile), `ENTRYPOINT ["/usm"]`)
	})
}
