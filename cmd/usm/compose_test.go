package main

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"
)

// composeFile is what this test looks at in docker-compose.yml.
type composeFile struct {
	Services map[string]struct {
		Image       string                    `yaml:"image"`
		Command     []string                  `yaml:"command"`
		Environment map[string]string         `yaml:"environment"`
		DependsOn   map[string]map[string]any `yaml:"depends_on"`
		Volumes     []string                  `yaml:"volumes"`
	} `yaml:"services"`
	Volumes map[string]any `yaml:"volumes"`
}

// TestComposeFile holds docker-compose.yml against the binary: it is not run here, but nothing in it may be unknown.
func TestComposeFile(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("../../docker-compose.yml")
	require.NoError(t, err)
	var compose composeFile
	// A key after a merge replaces the merged one; the library counts that as a duplicate.
	require.NoError(t, yaml.UnmarshalWithOptions(source, &compose, yaml.AllowDuplicateMapKey()))
	known := map[string]bool{}
	for _, row := range configuration {
		known[envPrefix+strings.ToUpper(strings.ReplaceAll(row.name, "-", "_"))] = true
	}
	for name, service := range compose.Services {
		for variable, value := range service.Environment {
			if strings.HasPrefix(variable, envPrefix) {
				require.True(t, known[variable], "%s: %s is no setting", name, variable)
			}
			if strings.Contains(variable, "PASSWORD") {
				require.Contains(t, value, ":?", "%s: %s must have no default", name, variable)
			}
		}
		for other := range service.DependsOn {
			require.Contains(t, compose.Services, other, name)
		}
		for _, volume := range service.Volumes {
			require.Contains(t, compose.Volumes, strings.SplitN(volume, ":", 2)[0], name)
		}
		if service.Image == "usm:local" {
			found, _, err := newApp().root().Find(service.Command)
			require.NoError(t, err, name)
			require.Equal(t, service.Command[0], found.Name())
		} else {
			require.Regexp(t, `:\d+\.\d+`, service.Image, "%s: images are pinned", name)
		}
	}
	require.Subset(t, slices.Collect(maps.Keys(compose.Services)),
		[]string{"postgres", "temporal", "temporal-ui", "migrate", "gateway", "worker"})
}
