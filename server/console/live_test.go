package console

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheScriptHearsEveryKindOfEvent holds the names of messages that the script listens to against those that the stream has.
func TestTheScriptHearsEveryKindOfEvent(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("../../usm/step.go")
	require.NoError(t, err)
	kinds := regexp.MustCompile(`(?m)^\tEvent\w+ +EventKind = "(\w+)"`).FindAllStringSubmatch(string(source), -1)
	require.Greater(t, len(kinds), 20)
	script := string(fileContent("console.js"))
	for _, kind := range kinds {
		require.Regexp(t, `["\s]`+kind[1]+`["\s]`, script)
	}
}
