{{/* Labels of a part; call with (list $ "gateway"). */}}
{{- define "usm.selector" -}}
app.kubernetes.io/name: usm
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "usm.labels" -}}
{{ include "usm.selector" . }}
app.kubernetes.io/version: {{ (index . 0).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
helm.sh/chart: {{ printf "%s-%s" (index . 0).Chart.Name (index . 0).Chart.Version }}
{{- end }}

{{/* Where a pod has metrics, and what was given; call with (list $ "8080"). */}}
{{- define "usm.annotations" -}}
{{- $scrape := dict "prometheus.io/scrape" "true" "prometheus.io/port" (index . 1) "prometheus.io/path" "/metrics" -}}
{{ toYaml (merge (deepCopy (index . 0).Values.podAnnotations) $scrape) }}
{{- end }}

{{/* What every pod may do: nothing that the restricted profile forbids, and no writing. */}}
{{- define "usm.pod" -}}
{{- $ := index . 0 -}}
automountServiceAccountToken: false
enableServiceLinks: false # the variables of a service named usm-… are none that the product knows, and it refuses those
serviceAccountName: {{ $.Release.Name }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile: {type: RuntimeDefault}
{{- with $.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with $.Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $.Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  - name: database
    secret:
      secretName: {{ $.Values.database.passwordSecret.name }}
      defaultMode: 0440
  {{- with $.Values.mail.passwordSecret.name }}
  - name: mail
    secret: {secretName: {{ . }}, defaultMode: 0440}
  {{- end }}
  {{- with $.Values.oidc.clientSecret.name }}
  - name: oidc
    secret: {secretName: {{ . }}, defaultMode: 0440}
  {{- end }}
{{- end }}

{{/* The tag of the image of all parts. */}}
{{- define "usm.tag" -}}
{{ default .Chart.AppVersion .Values.image.tag }}
{{- end }}

{{/* The workers of a tag that goes on beside the current one, as a part. */}}
{{- define "usm.previous" -}}
worker-{{ regexReplaceAll "[^a-z0-9]+" (lower .) "-" | trunc 40 | trimSuffix "-" }}
{{- end }}

{{/* The container that all parts are; call with (list $ "gateway"), and the tag where it is another. */}}
{{- define "usm.container" -}}
{{- $ := index . 0 -}}
{{- $tag := include "usm.tag" $ -}}
{{- if gt (len .) 2 }}{{ $tag = index . 2 }}{{ end -}}
name: {{ index . 1 }}
image: {{ printf "%s:%s" $.Values.image.repository $tag | quote }}
imagePullPolicy: {{ $.Values.image.pullPolicy }}
args: [{{ index . 1 | splitList "-" | first }}]
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
volumeMounts:
  - {name: database, mountPath: /run/secrets/database, readOnly: true}
  {{- if $.Values.mail.passwordSecret.name }}
  - {name: mail, mountPath: /run/secrets/mail, readOnly: true}
  {{- end }}
  {{- if $.Values.oidc.clientSecret.name }}
  - {name: oidc, mountPath: /run/secrets/oidc, readOnly: true}
  {{- end }}
{{- with $.Values.envSecrets }}
envFrom:
  {{- range . }}
  - secretRef: {name: {{ . }}}
  {{- end }}
{{- end }}
env:
  - {name: USM_DATABASE_URL, value: {{ $.Values.database.url | quote }}}
  - {name: USM_DATABASE_PASSWORD_FILE, value: {{ printf "/run/secrets/database/%s" $.Values.database.passwordSecret.key | quote }}}
  - {name: USM_TEMPORAL_ADDRESS, value: {{ $.Values.temporal.address | quote }}}
  - {name: USM_TEMPORAL_NAMESPACE, value: {{ $.Values.temporal.namespace | quote }}}
  - {name: USM_TASK_QUEUE, value: {{ $.Values.temporal.taskQueue | quote }}}
  - {name: USM_PUBLIC_URL, value: {{ $.Values.publicURL | quote }}}
  {{- range $name, $value := $.Values.env }}
  - {name: {{ $name }}, value: {{ $value | quote }}}
  {{- end }}
{{- end }}

{{/* Spread over nodes, and one after another. */}}
{{- define "usm.rollout" -}}
strategy:
  rollingUpdate: {maxUnavailable: 0, maxSurge: 1}
{{- end }}

{{- define "usm.spread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "usm.selector" . | nindent 8 }}
{{- end }}
