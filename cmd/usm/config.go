package main

import (
	"slices"
	"strings"

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

	check func(value string) error // says what is wrong with a value and what is right, but no secret; nil takes any text
}

// Variables with these beginnings belong to tests and to the headers of outbound requests.
var envFree = []string{"USM_TEST_", "USM_SECRET_"}

func (s setting) variable() string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(s.name, "-", "_"))
}

// settings are the configuration of one run: a flag before its variable before its default.
type settings struct {
	values   map[string]string // by flag
	given    map[string]bool   // by variable or flag
	noColour string            // NO_COLOR (no-color.org)
}

// get returns a value; the name is the flag's.
func (s *settings) get(name string) string { return s.values[name] }

// or returns a value that was given, else the other.
func (s *settings) or(name, otherwise string) string {
	if s.given[name] {
		return s.get(name)
	}
	return otherwise
}

// useSettings says which settings a command uses, and gives it flags for them.
func useSettings(cmd *cobra.Command, names ...string) {
	for _, s := range configuration {
		if !slices.Contains(names, s.name) {
			continue
		}
		annotate(cmd, usesSetting+s.name)
		if s.flag {
			cmd.Flags().String(s.name, s.value, s.doc+" ["+s.variable()+"]")
		}
	}
}

// needSetting says that a command cannot do without a setting.
func needSetting(cmd *cobra.Command, name string) { annotate(cmd, needsSetting+name) }

func annotate(cmd *cobra.Command, note string) {
	if cmd.Annotations == nil {
		cmd.Annotations = map[string]string{}
	}
	cmd.Annotations[note] = ""
}

// loadSettings reads variables and flags. Everything that is wrong is one error: an unknown variable of ours, for a misspelt
// one would be a default that nobody wants, and what the command uses and cannot be.
func loadSettings(cmd *cobra.Command, environ func() []string) (*settings, error) {
	s := &settings{values: map[string]string{}, given: map[string]bool{}}
	for _, row := range configuration {
		s.values[row.name] = row.value
	}
	unknown := s.loadVariables(environ())
	for _, row := range configuration {
		if f := cmd.Flags().Lookup(row.name); f != nil && f.Changed {
			s.given[row.name] = true
			s.values[row.name] = f.Value.String()
		}
	}
	if wrong := append(append(strangers(unknown), s.problems(cmd)...), otelProblems(cmd, environ)...); len(wrong) > 0 {
		return nil, wrong
	}
	return s, nil
}

// loadVariables reads the environment and returns the variables of ours that nobody knows. An empty variable is one that is not set.
func (s *settings) loadVariables(environ []string) (unknown []string) {
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		if name == "NO_COLOR" {
			s.noColour = value
		}
		if !strings.HasPrefix(name, envPrefix) || slices.ContainsFunc(envFree, func(free string) bool { return strings.HasPrefix(name, free) }) {
			continue
		}
		i := slices.IndexFunc(configuration, func(row setting) bool { return row.variable() == name })
		switch {
		case i < 0:
			unknown = append(unknown, name)
		case value != "":
			s.given[configuration[i].name] = true
			s.values[configuration[i].name] = value
		}
	}
	return unknown
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
		"\nOTEL_EXPORTER_OTLP_ENDPOINT\n    Where gateway and worker send traces by OTLP over HTTP, as http://host:4318; empty makes none. " +
		"The other OTEL_*\n    variables of OpenTelemetry count as well.\n" +
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
