package deploy

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/lint/support"
	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policies "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"
)

const chartFolder = "helm/usm"

// values are the least that the chart needs; more is merged into it.
func values(more map[string]any) map[string]any {
	all := map[string]any{
		"database": map[string]any{
			"url": "postgres://usm@postgres:5432/usm", "passwordSecret": map[string]any{"name": "usm-database"},
		},
		"temporal":  map[string]any{"address": "temporal-frontend:7233"},
		"publicURL": "https://usm.example.org",
	}
	return chartutil.CoalesceTables(more, all)
}

// everything turns on all that can be turned on.
func everything() map[string]any {
	return map[string]any{
		"image": map[string]any{"pullSecrets": []any{"registry"}},
		"mail": map[string]any{
			"smtpAddress": "mail:587", "from": "USM <usm@example.org>", "user": "usm", "passwordSecret": map[string]any{"name": "usm-mail"},
		},
		"oidc": map[string]any{
			"issuer": "https://login.example.org", "admins": "groups=usm-administrators", "clientSecret": map[string]any{"name": "usm-oidc"},
		},
		"env": map[string]any{"USM_LOG_LEVEL": "debug"}, "envSecrets": []any{"usm-outbound"},
		"temporal":       map[string]any{"uiURL": "https://temporal.example.org"},
		"worker":         map[string]any{"deployment": "usm", "previous": []any{"0.0.9"}},
		"gateway":        map[string]any{"autoscaling": map[string]any{"enabled": true}},
		"ingress":        map[string]any{"enabled": true, "className": "nginx", "tlsSecret": "usm-tls", "annotations": map[string]any{"a": "b"}},
		"podAnnotations": map[string]any{"a": "b"}, "nodeSelector": map[string]any{"a": "b"},
		"tolerations": []any{map[string]any{"key": "a", "operator": "Exists"}},
	}
}

// objects are the kinds that the chart makes; each manifest is decoded into its own type, and no field may be unknown.
func newObject(kind string) any {
	return map[string]any{
		"apps/v1/Deployment": &apps.Deployment{}, "v1/Service": &core.Service{}, "v1/ServiceAccount": &core.ServiceAccount{},
		"batch/v1/Job": &batch.Job{}, "networking.k8s.io/v1/Ingress": &networking.Ingress{},
		"networking.k8s.io/v1/NetworkPolicy":     &networking.NetworkPolicy{},
		"autoscaling/v2/HorizontalPodAutoscaler": &autoscaling.HorizontalPodAutoscaler{},
		"policy/v1/PodDisruptionBudget":          &policies.PodDisruptionBudget{},
	}[kind]
}

// render renders the chart and returns its objects by "Kind name".
func render(t *testing.T, given map[string]any) (map[string]any, error) {
	t.Helper()
	chart, err := loader.Load(chartFolder)
	require.NoError(t, err)
	release := chartutil.ReleaseOptions{Name: "usm", Namespace: "usm", Revision: 1, IsInstall: true}
	all, err := chartutil.ToRenderValues(chart, given, release, nil)
	if err != nil {
		return nil, err
	}
	files, err := engine.Render(chart, all)
	if err != nil {
		return nil, err
	}
	objects := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !strings.HasSuffix(name, ".yaml") {
			continue
		}
		for document := range strings.SplitSeq("\n"+files[name], "\n---\n") {
			var head struct {
				v1.TypeMeta   `json:",inline"`
				v1.ObjectMeta `json:"metadata"`
			}
			require.NoError(t, yaml.Unmarshal([]byte(document), &head), document)
			if head.Kind == "" {
				continue
			}
			object := newObject(head.APIVersion + "/" + head.Kind)
			require.NotNil(t, object, "%s/%s is not known to this test", head.APIVersion, head.Kind)
			require.NoError(t, yaml.UnmarshalStrict([]byte(document), object), "%s: %s", name, document)
			require.NotContains(t, objects, head.Kind+" "+head.Name)
			objects[head.Kind+" "+head.Name] = object
		}
	}
	return objects, nil
}

func rendered(t *testing.T, more map[string]any) map[string]any {
	t.Helper()
	objects, err := render(t, values(more))
	require.NoError(t, err)
	return objects
}

// pods are the pods that the objects make, by the name of the object.
func pods(objects map[string]any) map[string]core.PodTemplateSpec {
	found := map[string]core.PodTemplateSpec{}
	for name, object := range objects {
		switch o := object.(type) {
		case *apps.Deployment:
			found[name] = o.Spec.Template
		case *batch.Job:
			found[name] = o.Spec.Template
		}
	}
	return found
}

func TestChart(t *testing.T) {
	t.Parallel()

	t.Run("HelmFindsNothingWrong", func(t *testing.T) {
		t.Parallel()
		for _, message := range lint.All(chartFolder, values(nil), "usm", true).Messages {
			require.Equal(t, support.InfoSev, message.Severity, message.Error())
		}
	})

	t.Run("EachPodIsRestricted", func(t *testing.T) {
		t.Parallel()
		evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
		require.NoError(t, err)
		found := pods(rendered(t, everything()))
		require.Len(t, found, 4)
		for name, pod := range found {
			restricted := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
			for _, result := range evaluator.EvaluatePod(restricted, &pod.ObjectMeta, &pod.Spec) {
				require.True(t, result.Allowed, "%s: %s: %s", name, result.ForbiddenReason, result.ForbiddenDetail)
			}
			require.True(t, *pod.Spec.Containers[0].SecurityContext.ReadOnlyRootFilesystem, name)
			require.False(t, *pod.Spec.AutomountServiceAccountToken, name)
		}
	})

	t.Run("WhatIsMissingOrWrongIsRefused", func(t *testing.T) {
		t.Parallel()
		for place, wrong := range map[string]map[string]any{
			"publicURL":      {"publicURL": ""},
			"address":        {"temporal": map[string]any{"address": "temporal"}},
			"url":            {"database": map[string]any{"url": "postgres://usm:password@postgres/usm"}},
			"name":           {"database": map[string]any{"passwordSecret": map[string]any{"name": ""}}},
			"USM":            {"env": map[string]any{"LOG_LEVEL": "debug"}},
			"replica":        {"gateway": map[string]any{"replica": 2}},
			"mail.from":      {"mail": map[string]any{"smtpAddress": "mail:25"}},
			"maxReplicas":    {"worker": map[string]any{"autoscaling": map[string]any{"maxReplicas": 0}}},
			"deployment":     {"worker": map[string]any{"deployment": "usm.eu"}},
			"previous":       {"worker": map[string]any{"previous": []any{"0.0.9"}}},
			"egressPorts":    {"networkPolicy": map[string]any{"egressPorts": []any{0}}},
			"pullPolicy":     {"image": map[string]any{"pullPolicy": "Sometimes"}},
			"issuer":         {"oidc": map[string]any{"issuer": "http://login.example.org"}},
			"envSecrets":     {"envSecrets": "usm"},
			"ingressClasses": {"ingress": map[string]any{"ingressClasses": "nginx"}},
		} {
			_, err := render(t, values(wrong))
			require.ErrorContains(t, err, place)
		}
	})

	t.Run("WhatHasNoDefaultIsNeeded", func(t *testing.T) {
		t.Parallel()
		for needed := range values(nil) {
			given := values(nil)
			delete(given, needed)
			_, err := render(t, given)
			require.ErrorContains(t, err, needed)
		}
	})
}
