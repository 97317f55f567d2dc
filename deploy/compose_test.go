package deploy

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/require"
)

// passwords are what docker-compose.yml must be given.
var passwords = []string{"POSTGRES_PASSWORD=p", "TEMPORAL_PASSWORD=t", "USM_PASSWORD=u"}

// compose loads docker-compose.yml as the program does, in an environment that has nothing else.
func compose(ctx context.Context, env ...string) (*types.Project, error) {
	file := filepath.Join(root, "docker-compose.yml")
	options, err := cli.NewProjectOptions([]string{file}, cli.WithWorkingDirectory(root), cli.WithEnv(env))
	if err != nil {
		return nil, err
	}
	return options.LoadProject(ctx)
}

func load(t *testing.T) *types.Project {
	t.Helper()
	project, err := compose(t.Context(), passwords...)
	require.NoError(t, err)
	return project
}

// ours are the services that run the product.
func ours(project *types.Project) []types.ServiceConfig {
	var found []types.ServiceConfig
	for _, service := range project.Services {
		if service.Build != nil {
			found = append(found, service)
		}
	}
	return found
}

// jobs end; every other service runs on.
var jobs = []string{"migrate", "temporal-schema"}

func TestCompose(t *testing.T) {
	t.Parallel()

	t.Run("HasTheParts", func(t *testing.T) {
		t.Parallel()
		project := load(t)
		require.ElementsMatch(t, project.ServiceNames(),
			[]string{"postgres", "temporal-schema", "temporal", "temporal-ui", "migrate", "gateway", "worker"})
		require.Equal(t, 2, *project.Services["worker"].Deploy.Replicas)
	})

	t.Run("NoPasswordHasADefault", func(t *testing.T) {
		t.Parallel()
		for i, password := range passwords {
			_, err := compose(t.Context(), slices.Delete(slices.Clone(passwords), i, i+1)...)
			name, _, _ := strings.Cut(password, "=")
			require.ErrorContains(t, err, name)
		}
		dev, err := os.ReadFile("dev.env")
		require.NoError(t, err)
		for _, password := range passwords {
			name, _, _ := strings.Cut(password, "=")
			require.Regexp(t, `(?m)^`+name+`=dev-only-`, string(dev))
		}
	})

	t.Run("TheProductKnowsEveryCommandAndVariable", func(t *testing.T) {
		t.Parallel()
		known := settings(t)
		for _, service := range ours(load(t)) {
			require.True(t, isCommand(t, service.Command...), "%s: usm %v", service.Name, service.Command)
			for variable := range service.Environment {
				require.Contains(t, known, variable, service.Name)
			}
			if check := service.HealthCheck; check != nil {
				require.Equal(t, []string{"CMD", "/usm"}, []string(check.Test[:2]), service.Name)
				require.True(t, isCommand(t, check.Test[2]), service.Name)
			}
		}
	})

	t.Run("WhatRunsOnIsWatchedLimitedAndStartedAgain", func(t *testing.T) {
		t.Parallel()
		for name, service := range load(t).Services {
			if slices.Contains(jobs, name) {
				require.Equal(t, "on-failure", service.Restart, name)
				continue
			}
			require.Equal(t, "unless-stopped", service.Restart, name)
			require.Positive(t, service.Deploy.Resources.Limits.MemoryBytes, name)
			require.Positive(t, service.Deploy.Resources.Limits.NanoCPUs, name)
			if name != "temporal-ui" { // nothing waits for it, and its image has no program to ask with
				require.NotNil(t, service.HealthCheck, name)
			}
		}
	})
}

func TestComposeIsWhole(t *testing.T) {
	t.Parallel()

	t.Run("WhatIsNamedIsThere", func(t *testing.T) {
		t.Parallel()
		project := load(t)
		published := map[string]string{}
		for name, service := range project.Services {
			for _, volume := range service.Volumes {
				if volume.Type == types.VolumeTypeBind {
					require.FileExists(t, existing(volume.Source), name)
				} else {
					require.Contains(t, project.Volumes, volume.Source, name)
				}
			}
			for _, secret := range service.Secrets {
				require.Contains(t, project.Secrets, secret.Source, name)
			}
			for other, on := range service.DependsOn {
				require.Contains(t, project.Services, other, name)
				if on.Condition == types.ServiceConditionHealthy {
					require.NotNil(t, project.Services[other].HealthCheck, "%s waits for the health of %s", name, other)
				}
				if on.Condition == types.ServiceConditionCompletedSuccessfully {
					require.Contains(t, jobs, other, name)
				}
			}
			for _, port := range service.Ports {
				require.Empty(t, published[port.Published], port.Published)
				published[port.Published] = name
			}
		}
		require.Equal(t, map[string]string{"8080": "gateway", "8233": "temporal-ui"}, published)
		require.Equal(t, "127.0.0.1", project.Services["temporal-ui"].Ports[0].HostIP, "Temporal's pages ask nobody who he is")
	})

	t.Run("ThePartsOfTheProductMayDoLittle", func(t *testing.T) {
		t.Parallel()
		for _, service := range ours(load(t)) {
			require.True(t, service.ReadOnly, service.Name)
			require.Equal(t, []string{"ALL"}, service.CapDrop, service.Name)
			require.Contains(t, service.SecurityOpt, "no-new-privileges:true", service.Name)
			require.NotContains(t, *service.Environment["USM_DATABASE_URL"], ":u@", service.Name)
		}
	})

	t.Run("ImagesArePinnedAndTemporalIsTheTestedOne", func(t *testing.T) {
		t.Parallel()
		module, err := os.ReadFile(filepath.Join(root, "devserver", "go.mod"))
		require.NoError(t, err)
		tested := func(path string) string {
			found := regexp.MustCompile(`(?m)\s` + path + ` v(\S+)`).FindStringSubmatch(string(module))
			require.Len(t, found, 2, path)
			return found[1]
		}
		project := load(t)
		for name, service := range project.Services {
			if service.Build == nil {
				require.Regexp(t, `:\d+\.\d+(\.\d+)?$`, service.Image, name)
			}
		}
		server := tested("go.temporal.io/server")
		require.Equal(t, "temporalio/server:"+server, project.Services["temporal"].Image)
		require.Equal(t, "temporalio/admin-tools:"+server, project.Services["temporal-schema"].Image)
		require.Equal(t, "temporalio/ui:"+tested("github.com/temporalio/ui-server/v2"), project.Services["temporal-ui"].Image)
	})
}

// existing is a file that is there when what is mounted is there: a folder needs one in it.
func existing(source string) string {
	if files, err := os.ReadDir(source); err == nil && len(files) > 0 {
		return filepath.Join(source, files[0].Name())
	}
	return source
}
