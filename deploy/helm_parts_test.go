package deploy

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policies "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

func TestChartParts(t *testing.T) {
	t.Parallel()

	t.Run("TheProductKnowsEveryCommandAndVariable", func(t *testing.T) {
		t.Parallel()
		known := settings(t)
		for name, pod := range pods(rendered(t, everything())) {
			container := pod.Spec.Containers[0]
			require.False(t, pod.Spec.EnableServiceLinks == nil || *pod.Spec.EnableServiceLinks, "%s: nobody else names variables USM_", name)
			require.True(t, isCommand(t, container.Args...), "%s: usm %v", name, container.Args)
			set := map[string]bool{}
			for _, variable := range container.Env {
				require.Contains(t, known, variable.Name, name)
				require.False(t, set[variable.Name], "%s sets %s twice", name, variable.Name)
				require.NotEmpty(t, variable.Value, "%s: %s", name, variable.Name)
				set[variable.Name] = true
				require.True(t, mounted(container, variable), "%s: %s is no file that is mounted", name, variable.Value)
			}
		}
	})

	t.Run("WhatIsNamedIsThere", func(t *testing.T) {
		t.Parallel()
		objects := rendered(t, everything())
		for name, pod := range pods(objects) {
			require.Contains(t, objects, "ServiceAccount "+pod.Spec.ServiceAccountName, name)
			volumes := map[string]bool{}
			for _, volume := range pod.Spec.Volumes {
				volumes[volume.Name] = true
			}
			for _, mount := range pod.Spec.Containers[0].VolumeMounts {
				require.True(t, volumes[mount.Name], "%s: %s", name, mount.Name)
			}
			for _, probe := range []*core.Probe{pod.Spec.Containers[0].ReadinessProbe, pod.Spec.Containers[0].LivenessProbe} {
				if probe != nil {
					require.True(t, hasPort(pod, probe.HTTPGet.Port.StrVal), name)
				}
			}
		}
		for name, object := range objects {
			switch o := object.(type) {
			case *apps.Deployment:
				require.True(t, selects(t, o.Spec.Selector, o.Spec.Template), name)
				told, ports := o.Spec.Template.Annotations, o.Spec.Template.Spec.Containers[0].Ports
				require.Equal(t, strconv.Itoa(int(ports[0].ContainerPort)), told["prometheus.io/port"], name)
				require.Equal(t, "b", told["a"], "%s: what was given is kept", name)
				_, scaled := objects["HorizontalPodAutoscaler "+o.Name]
				require.Equal(t, scaled, o.Spec.Replicas == nil, "%s: its autoscaler says how many", name)
			case *core.Service:
				pod := deployed(t, objects, o.Name)
				require.True(t, labels.SelectorFromSet(o.Spec.Selector).Matches(labels.Set(pod.Labels)), name)
				require.True(t, hasPort(pod, o.Spec.Ports[0].TargetPort.StrVal), name)
			case *autoscaling.HorizontalPodAutoscaler:
				require.Contains(t, objects, o.Spec.ScaleTargetRef.Kind+" "+o.Spec.ScaleTargetRef.Name, name)
			case *policies.PodDisruptionBudget:
				require.True(t, selects(t, o.Spec.Selector, deployed(t, objects, o.Name)), name)
			case *networking.Ingress:
				require.Equal(t, "usm.example.org", o.Spec.Rules[0].Host)
				require.Contains(t, objects, "Service "+o.Spec.Rules[0].HTTP.Paths[0].Backend.Service.Name, name)
			}
		}
	})

	t.Run("EveryPodHasOneNetworkPolicyThatLetsInLittle", func(t *testing.T) {
		t.Parallel()
		objects := rendered(t, everything())
		for name, pod := range pods(objects) {
			var found []*networking.NetworkPolicy
			for _, object := range objects {
				if p, ok := object.(*networking.NetworkPolicy); ok && selects(t, &p.Spec.PodSelector, pod) {
					found = append(found, p)
				}
			}
			require.Len(t, found, 1, name)
			require.Len(t, found[0].Spec.PolicyTypes, 2, name)
			require.Len(t, found[0].Spec.Egress, 2, name)
			for _, rule := range found[0].Spec.Ingress {
				require.NotEmpty(t, rule.From, "%s is open to everybody", name)
				require.True(t, hasPort(pod, rule.Ports[0].Port.StrVal), name)
			}
			if strings.Contains(name, "migrate") {
				require.Empty(t, found[0].Spec.Ingress)
			}
		}
	})

	t.Run("WorkersOfAVersionGoOnBesideTheNextOne", func(t *testing.T) {
		t.Parallel()
		objects := rendered(t, map[string]any{
			"image":  map[string]any{"repository": "usm", "tag": "0.2.0"},
			"worker": map[string]any{"deployment": "usm", "previous": []any{"0.1.0", "V0.0.9+x"}},
		})
		for name, tag := range map[string]string{"usm-worker": "0.2.0", "usm-worker-0-1-0": "0.1.0", "usm-worker-v0-0-9-x": "V0.0.9+x"} {
			container := deployed(t, objects, name).Spec.Containers[0]
			require.Equal(t, "usm:"+tag, container.Image)
			require.Equal(t, []string{"worker"}, container.Args)
			require.Contains(t, container.Env, core.EnvVar{Name: "USM_BUILD_ID", Value: tag})
			require.Contains(t, container.Env, core.EnvVar{Name: "USM_DEPLOYMENT", Value: "usm"})
		}
		require.Contains(t, deployed(t, objects, "usm-gateway").Spec.Containers[0].Env, core.EnvVar{Name: "USM_DEPLOYMENT", Value: "usm"})
		for _, variable := range deployed(t, rendered(t, nil), "usm-worker").Spec.Containers[0].Env {
			require.NotContains(t, []string{"USM_DEPLOYMENT", "USM_BUILD_ID"}, variable.Name, "unversioned as it comes")
		}
	})

	t.Run("AnotherVersionIsAnotherJob", func(t *testing.T) {
		t.Parallel()
		require.NotEqual(t, job(rendered(t, nil)), job(rendered(t, map[string]any{"image": map[string]any{"tag": "0.2.0"}})))
		require.Equal(t, job(rendered(t, nil)), job(rendered(t, map[string]any{"gateway": map[string]any{"replicas": 5}})))
	})
}

func deployed(t *testing.T, objects map[string]any, name string) core.PodTemplateSpec {
	t.Helper()
	deployment, ok := objects["Deployment "+name].(*apps.Deployment)
	require.True(t, ok, name)
	return deployment.Spec.Template
}

func job(objects map[string]any) string {
	for name := range objects {
		if strings.HasPrefix(name, "Job ") {
			return name
		}
	}
	return ""
}

// mounted reports whether a variable that names a file names one in a folder that is mounted.
func mounted(container core.Container, variable core.EnvVar) bool {
	if !strings.HasSuffix(variable.Name, "_FILE") {
		return true
	}
	for _, mount := range container.VolumeMounts {
		if strings.HasPrefix(variable.Value, mount.MountPath+"/") {
			return true
		}
	}
	return false
}

func hasPort(pod core.PodTemplateSpec, name string) bool {
	for _, port := range pod.Spec.Containers[0].Ports {
		if port.Name == name {
			return true
		}
	}
	return false
}

func selects(t *testing.T, selector *v1.LabelSelector, pod core.PodTemplateSpec) bool {
	t.Helper()
	matcher, err := v1.LabelSelectorAsSelector(selector)
	require.NoError(t, err)
	return matcher.Matches(labels.Set(pod.Labels))
}
