package main

import (
	"slices"
	"strings"

	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/cobra"
)

// envPrefix begins the names of our environment variables.
const envPrefix = "USM_"

// setting is one row of the configuration.
type setting struct {
	name  string // of the flag; the variable is USM_ and the same in capitals
	value string // default
	doc   string // a sentence
	flag  bool   // commands that use it have a flag for it
}

// configuration is the whole configuration: environment variables, flags and `usm help config` are made from it.
var configuration = []setting{
	{"url", "", "Address of the gateway that the commands speak to. Default: that of `usm dev` in this folder or one above, " +
		"else http://127.0.0.1:8080.", true},
	{"token", "", "Bearer token of whoever gives the command. Default: from tokens.json of `usm dev`; see --as.", false},
	{"data", ".usm", "Folder in which `usm dev` keeps everything, and `usm replay` how far it has come.", true},
	{"address", "127.0.0.1:8080", "Where the gateway listens.", true},
	{"public-url", "", "Address at which people and other systems reach the gateway; it stands in callbacks and links. " +
		"Default: http:// and the address.", true},
	{"database-url", "", "Postgres, as postgres://user:password@host/database. `usm dev` starts its own unless this is set.", true},
	{"database-password-file", "", "File with the password of that user, so that it stands in no address.", true},
	{"database-connections", "0", "Most connections to Postgres at a time of one part; 0 leaves it to the store.", true},
	{"temporal-address", "", "Temporal's frontend; for gateway, worker and migrate 127.0.0.1:7233 when nothing is set. " +
		"`usm dev` starts its own unless this is set.", true},
	{"temporal-namespace", "usm", "Temporal namespace of the product.", true},
	{"temporal-ui-url", "", "Address of Temporal's pages for links from a call; empty makes no links, except in `usm dev`.", true},
	{"dev-temporal-address", "127.0.0.1:7233", "Where the Temporal that `usm dev` starts listens.", true},
	{"dev-temporal-ui-address", "127.0.0.1:8233", "Where the pages of that Temporal listen.", true},
	{"dev-smtp-address", "127.0.0.1:1025", "Where the mail server that `usm dev` starts takes mail.", true},
	{"dev-mail-address", "127.0.0.1:8025", "Where the pages that show that mail listen.", true},
	{"dev-oidc-address", "127.0.0.1:8026", "Where the OpenID provider that `usm dev` starts listens; it asks for no passwords.", true},
	{"smtp-address", "", "Mail server (host:port) that takes the mails to people; empty sends none, and they wait. " +
		"`usm dev` uses its own unless this is set.", true},
	{"smtp-user", "", "Name under which the gateway signs in to the mail server; empty signs in nowhere.", true},
	{"smtp-password-file", "", "File with the password of that name.", true},
	{"smtp-tls", "starttls", "How the connection to the mail server is protected: starttls, implicit (port 465) or none.", true},
	{"mail-from", "", "Sender of the mails, as USM <usm@example.org>; needed with a mail server.", true},
	{"oidc-issuer", "", "Provider of OpenID Connect at which people sign in, as https://id.example.org; empty has no sign-in.", true},
	{"oidc-client-id", "usm", "How the provider knows the gateway; it has to allow the address /sign-in/callback below the public one.", true},
	{"oidc-client-secret-file", "", "File with the secret of that client; empty is a public client, which PKCE alone protects.", true},
	{"oidc-person-claim", "email", "Claim of the ID token that is the id of a person; email finds the person by verified address.", true},
	{"session-idle", "1h", "How long somebody stays signed in without doing anything.", true},
	{"session-max", "12h", "How long somebody stays signed in at most.", true},
	{"task-queue", "usm", "Temporal task queue of the workers.", true},
	{"probe-address", "", "Where a worker answers /healthz, /readyz and /metrics; empty is nowhere. " +
		"The gateway does at its own address.", true},
	{"domain-queues", "", "Task queues of domains that ask for their own and that this worker serves too, with commas between.", true},
	{"log-level", "info", "Least level that is logged: debug, info, warn or error.", true},
	{"log-format", "", "json or text. Default: json, and text in `usm dev`.", true},
	{"rate-limit", "200", "Requests a second that one token may make, on average.", true},
	{"outbound-allow", "", "Networks (CIDR, with commas between) that requests to other systems may reach although they are private.", true},
	{"pg-bin", "", "Folder of the Postgres programs that `usm dev` and the tests start.", false},
}

// Variables with these beginnings belong to tests and to the headers of outbound requests.
var envFree = []string{"USM_TEST_", "USM_SECRET_"}

func (s setting) variable() string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(s.name, "-", "_"))
}

// settings are the configuration of one run: a flag before its variable before its default.
type settings struct {
	values   *koanf.Koanf
	given    map[string]bool // by variable or flag
	noColour string          // NO_COLOR (no-color.org)
}

// get returns a value; the name is the flag's.
func (s *settings) get(name string) string { return s.values.String(name) }

// or returns a value that was given, else the other.
func (s *settings) or(name, otherwise string) string {
	if s.given[name] {
		return s.get(name)
	}
	return otherwise
}

// useSettings gives a command flags for these settings.
func useSettings(cmd *cobra.Command, names ...string) {
	for _, s := range configuration {
		if s.flag && slices.Contains(names, s.name) {
			cmd.Flags().String(s.name, s.value, s.doc+" ["+s.variable()+"]")
		}
	}
}

// loadSettings reads variables and flags. An unknown variable of ours is an error, for a misspelt one would be a default
// that nobody wants.
func loadSettings(cmd *cobra.Command, environ func() []string) (*settings, error) {
	s := &settings{values: koanf.New("."), given: map[string]bool{}}
	for _, row := range configuration {
		if err := s.values.Set(row.name, row.value); err != nil {
			return nil, err
		}
	}
	var unknown []string
	provider := env.Provider(".", env.Opt{
		Prefix: envPrefix, EnvironFunc: environ,
		TransformFunc: func(variable, value string) (string, any) {
			i := slices.IndexFunc(configuration, func(row setting) bool { return row.variable() == variable })
			switch {
			case i < 0 && !slices.ContainsFunc(envFree, func(free string) bool { return strings.HasPrefix(variable, free) }):
				unknown = append(unknown, variable)
				return "", nil
			case i < 0, value == "": // an empty variable is one that is not set
				return "", nil
			}
			s.given[configuration[i].name] = true
			return configuration[i].name, value
		},
	})
	if err := s.values.Load(provider, nil); err != nil {
		return nil, err
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return nil, usagef("there is no variable %s; did you mean %s? `usm help config` lists them", unknown[0], closest(unknown[0]))
	}
	for _, row := range configuration {
		if f := cmd.Flags().Lookup(row.name); f != nil && f.Changed {
			s.given[row.name] = true
			if err := s.values.Set(row.name, f.Value.String()); err != nil {
				return nil, err
			}
		}
	}
	for _, variable := range environ() {
		if value, ok := strings.CutPrefix(variable, "NO_COLOR="); ok {
			s.noColour = value
		}
	}
	return s, nil
}

// closest returns the variable that is most like name.
func closest(name string) string {
	best, distance := "", len(name)+1000
	for _, row := range configuration {
		if d := edits(name, row.variable()); d < distance {
			best, distance = row.variable(), d
		}
	}
	return best
}

// edits is the Levenshtein distance.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			above := row[j+1]
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(above+1, row[j]+1, diagonal+cost)
			diagonal = above
		}
	}
	return row[len(b)]
}

// configHelp is `usm help config`.
func (a *app) configHelp() *cobra.Command {
	var text strings.Builder
	text.WriteString("Every setting is an environment variable; most are flags of the commands that use them as well.\n" +
		"A flag goes before its variable, a variable before the default.\n")
	for _, row := range configuration {
		text.WriteString("\n" + row.variable())
		if row.flag {
			text.WriteString(", --" + row.name)
		}
		if row.value != "" {
			text.WriteString(" (default " + row.value + ")")
		}
		text.WriteString("\n    " + row.doc + "\n")
	}
	text.WriteString("\nUSM_SECRET_NAME\n    Secret that a domain's outbound requests name as {{secret \"NAME\"}}.\n" +
		"\nTEMPORAL_*\n    How to reach Temporal (address, TLS, API key), as for Temporal's own tools; USM_TEMPORAL_* go before.\n" +
		"\nNO_COLOR\n    Set to anything: no colours and no bars.\n")
	return &cobra.Command{Use: "config", Short: "List the settings", Long: strings.TrimRight(text.String(), "\n")}
}

// parseList splits a value with commas.
func parseList(value string) []string {
	var list []string
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// getenv is os.Getenv on the app's own environment.
func (a *app) getenv(name string) string {
	for _, variable := range a.env() {
		if value, ok := strings.CutPrefix(variable, name+"="); ok {
			return value
		}
	}
	return ""
}
