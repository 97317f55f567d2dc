package migrations_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store/migrations"
)

func TestMigrations(t *testing.T) {
	t.Parallel()
	files, err := migrations.Files.ReadDir(".")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(file.Name(), func(t *testing.T) {
			t.Parallel()
			content, err := migrations.Files.ReadFile(file.Name())
			require.NoError(t, err)
			why, _, _ := strings.Cut(string(content), "\n")
			require.Regexp(t, `^-- Why: .+\.$`, why, "the first line says why")
			require.NotContains(t, string(content), "+goose Down", "forward only")
			require.NotContains(t, string(content), "NO TRANSACTION", "one transaction each")
		})
	}
}
