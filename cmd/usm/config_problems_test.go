package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// wrongValues are some for each setting that does not take any text, with what is said of them.
var wrongValues = map[string]map[string]string{
	"url": {"gateway": `"gateway" is not of the form http://host:port`, "http://a:b@c": `"http://a:xxxxx@c" has more than`},
	"address": {
		"8080": `"8080" is not of the form host:port`, ":": "host:port", ":99999": "up to 65535", ":-1": "host:port",
		"http://x:80": "host:port", ":00": "host:port",
	},
	"public-url":              {"usm.example.org": "http://host:port", "ftp://x": "http:", "https://x/?q": "more than", "http://%zz": "http:"},
	"database-url":            {"usm:hush@host/usm": "postgres://user", "mysql://u:hush@h/d": "postgres:", "postgres://u:hush%@h/d": "with %"},
	"database-password-file":  {"/nowhere/hush": "cannot be read: no such file"},
	"database-connections":    {"many": `"many" is no whole number from 0`, "-1": "from 0", "1.5": "from 0"},
	"temporal-address":        {"temporal": "host:port", ":7233": "host:port", "temporal:0": "from 1", "dns:///t": "host:port"},
	"temporal-namespace":      {"two words": "is no name without spaces", " usm": "without spaces", strings.Repeat("x", 256): "at most 255"},
	"temporal-ui-url":         {"localhost:8233": "http://host:port"},
	"dev-temporal-address":    {"x": "host:port"},
	"dev-temporal-ui-address": {"x": "host:port"},
	"dev-smtp-address":        {"x": "host:port"},
	"dev-mail-address":        {"x": "host:port"},
	"dev-oidc-address":        {"x": "host:port"},
	"smtp-address":            {"mail.example": "host:port", ":25": "host:port"},
	"smtp-password-file":      {"/nowhere/hush": "cannot be read"},
	"smtp-tls":                {"yes": `"yes" is none of starttls, implicit, none`},
	"mail-from":               {"USM": "is no mail address"},
	"oidc-issuer": {
		"id.example.org": "https://host/path", "http://id.example.org": "over https", "https://x?y=z": "https://host/path",
		"https://u:hush@x": "https://host/path",
	},
	"oidc-client-secret-file": {"/nowhere/hush": "cannot be read"},
	"oidc-admins":             {"usm-admins": "of the form claim=value", "email=a@example.org": "a mail address is not"},
	"session-idle":            {"ever": "is no time of a second", "0s": "of a second", "5": "as 1h30m"},
	"session-max":             {"-1h": "of a second"},
	"task-queue":              {"\t": "without spaces"},
	"probe-address":           {"9090": "host:port"},
	"domain-queues":           {"one,two words": `"two words" is no name`},
	"deployment":              {"usm.eu": `"usm.eu" has a . or :`, "a:b": "a . or :", "two words": "without spaces", "__x": "begin with __"},
	"build-id":                {"two words": "without spaces", strings.Repeat("x", 101): "at most 100", "unversioned": "or be"},
	"log-level":               {"loud": `"loud" is none of debug, info, warn, error`},
	"log-format":              {"xml": `"xml" is none of json, text`},
	"rate-limit":              {"0": "no number over 0", "NaN": "over 0", "Inf": "over 0", "-1": "over 0", "lots": "over 0"},
	"outbound-allow":          {"10.0.0.0/8,10.0.0.1": `"10.0.0.1" is no network such as`},
	"pg-bin":                  {"/nowhere": `"/nowhere" is no folder with initdb`},
}

func TestEverySettingRefusesWhatItCannotBe(t *testing.T) {
	t.Parallel()
	for _, row := range configuration {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, row.check != nil, len(wrongValues[row.name]) > 0, "wrong values are for those that are checked, some for each")
			for value, says := range wrongValues[row.name] {
				_, err := load(t, []string{row.variable() + "=" + value})
				require.ErrorContains(t, err, "\n  "+row.variable()+": ", value)
				require.ErrorContains(t, err, says, value)
				require.NotContains(t, err.Error(), "hush")
			}
			if row.check != nil && row.value != "" {
				require.NoError(t, row.check(row.value), "the default")
			}
		})
	}
}

func TestWhatIsRightIsTaken(t *testing.T) {
	t.Parallel()
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte("hush\n"), 0o600))
	_, err := load(t, []string{
		"USM_URL=https://usm.example.org/below", "USM_ADDRESS=[::1]:0", "USM_PROBE_ADDRESS=:9090", "USM_TEMPORAL_ADDRESS=dns:///temporal:7233",
		"USM_DATABASE_URL=postgres:///usm?host=/run/postgresql", "USM_OIDC_ISSUER=http://localhost:8026", "USM_OIDC_CLIENT_SECRET_FILE=" + secret,
		"USM_SMTP_ADDRESS=mail.example:465", "USM_SMTP_TLS=implicit", "USM_SMTP_USER=usm", "USM_SMTP_PASSWORD_FILE=" + secret,
		"USM_MAIL_FROM=USM <usm@example.org>", "USM_RATE_LIMIT=0.5", "USM_OUTBOUND_ALLOW=10.0.0.0/8, ::1/128", "USM_LOG_LEVEL=WARN",
		"USM_DOMAIN_QUEUES=one, two", "USM_DEPLOYMENT=usm", "USM_BUILD_ID=0.2.0", "USM_OIDC_ADMINS=groups=usm",
	}, "--temporal-ui-url", "")
	require.NoError(t, err)
}

func TestAllThatIsWrongIsToldAtOnceInTheOrderOfTheTable(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "hush")
	require.NoError(t, os.WriteFile(empty, []byte("\n"), 0o600))
	x := &terminal{dir: t.TempDir(), env: []string{
		"USM_LOG_LEVEL=loud", "USM_RATE=1", "USM_DATABASEURL=postgres://u:hush@h/d", "USM_SMTP_ADDRESS=mail.example:587", "USM_SMTP_TLS=none",
		"USM_SMTP_USER=usm", "USM_OIDC_CLIENT_SECRET_FILE=" + empty, "USM_OUTBOUND_ALLOW=not for a gateway", "USM_URL=not for a gateway",
	}}
	require.Equal(t, exitUsage, x.run(t, "gateway", "--address", "here"))
	require.Empty(t, x.out)
	require.NotContains(t, x.err, "hush")
	var told []string
	for line := range strings.Lines(x.err) {
		name, says, _ := strings.Cut(strings.TrimSpace(line), ": ")
		told = append(told, name)
		require.NotEmpty(t, says)
	}
	require.Equal(t, []string{
		"usm", "USM_DATABASEURL", "USM_RATE", "USM_ADDRESS", "USM_DATABASE_URL", "USM_SMTP_ADDRESS", "USM_SMTP_USER", "USM_SMTP_TLS",
		"USM_OIDC_CLIENT_SECRET_FILE", "USM_OIDC_CLIENT_SECRET_FILE", "USM_LOG_LEVEL",
	}, told)
	require.Contains(t, x.err, "USM_DATABASEURL: there is no such variable; did you mean USM_DATABASE_URL?\n")
}

func TestVariablesOfOpenTelemetryAreChecked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ right, wrong, says string }{
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318", "OTEL_EXPORTER_OTLP_ENDPOINT=collector:4317", "http://host:port"},
		{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=https://x/v1/traces", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=x", "http://host:port"},
		{"OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc", `"grpc" is none of http/protobuf`},
		{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/json", "http/protobuf"},
		{"OTEL_SDK_DISABLED=true", "OTEL_SDK_DISABLED=perhaps", "perhaps"},
		{"OTEL_TRACES_EXPORTER=none", "OTEL_TRACES_EXPORTER=zipkin", "otlp"},
		{"OTEL_TRACES_SAMPLER=parentbased_traceidratio", "OTEL_TRACES_SAMPLER=some", "always_on"},
		{"OTEL_TRACES_SAMPLER_ARG=0.25", "OTEL_TRACES_SAMPLER_ARG=2", `"2" is no number from 0 to 1`},
	} {
		name, _, _ := strings.Cut(c.right, "=")
		require.True(t, slices.ContainsFunc(otel, func(row otelVariable) bool { return row.variable == name }), name)
		_, err := load(t, []string{c.right})
		require.NoError(t, err)
		_, err = load(t, []string{c.wrong})
		require.ErrorContains(t, err, "\n  "+name+": ")
		require.ErrorContains(t, err, c.says)
	}
	require.Len(t, otel, 8)
}

func TestSettingsThatBelongTogether(t *testing.T) {
	t.Parallel()
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte("hush\n"), 0o600))
	for says, env := range map[string][]string{
		"": {"USM_MAIL_FROM=a@example.org", "USM_OIDC_CLIENT_ID=other"},
		"USM_SMTP_ADDRESS: it needs USM_MAIL_FROM":                {"USM_SMTP_ADDRESS=mail.example:587"},
		"USM_SMTP_USER: it needs USM_SMTP_ADDRESS":                {"USM_SMTP_USER=usm", "USM_SMTP_PASSWORD_FILE=" + secret},
		"USM_SMTP_USER: it needs USM_SMTP_PASSWORD_FILE":          {"USM_SMTP_USER=usm"},
		"USM_SMTP_PASSWORD_FILE: it needs USM_SMTP_USER":          {"USM_SMTP_PASSWORD_FILE=" + secret},
		"USM_SMTP_TLS: a password is not sent in clear":           {"USM_SMTP_TLS=none", "USM_SMTP_USER=usm"},
		"USM_OIDC_CLIENT_SECRET_FILE: it needs USM_OIDC_ISSUER":   {"USM_OIDC_CLIENT_SECRET_FILE=" + secret},
		"USM_OIDC_ADMINS: it needs USM_OIDC_ISSUER":               {"USM_OIDC_ADMINS=groups=usm"},
		"USM_DATABASE_PASSWORD_FILE: it needs a USM_DATABASE_URL": {"USM_DATABASE_PASSWORD_FILE=" + secret, "USM_DATABASE_URL=postgres://h/usm"},
	} {
		_, err := load(t, env)
		if says == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, "\n  "+says)
	}
}
