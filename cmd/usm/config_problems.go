package main

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/usm-works/usm/mail"
)

// How a command says which settings it uses, and which of them it cannot do without.
const (
	usesSetting  = "uses "
	needsSetting = "needs "
)

// configError is everything that is wrong with the settings of one run, each a line that begins with the variable.
type configError []string

// Error has them all.
func (e configError) Error() string {
	return "the configuration is refused; `usm help config` says what each setting is\n  " + strings.Join(e, "\n  ")
}

// problems are what is wrong with the settings that a command uses, in the order of the table.
func (s *settings) problems(cmd *cobra.Command) (wrong configError) {
	together := s.together()
	for _, row := range configuration {
		value := s.get(row.name)
		if _, uses := cmd.Annotations[usesSetting+row.name]; !uses {
			continue
		}
		if row.check != nil && s.given[row.name] && value != row.value {
			if err := row.check(value); err != nil {
				wrong = append(wrong, row.variable()+": "+err.Error())
			}
		}
		if _, needs := cmd.Annotations[needsSetting+row.name]; needs && value == "" {
			wrong = append(wrong, row.variable()+": it is needed: "+row.doc)
		}
		for _, said := range together[row.name] {
			wrong = append(wrong, row.variable()+": "+said)
		}
	}
	return wrong
}

// together is what is wrong with settings that are right one by one, by the row that is to be mended.
func (s *settings) together() map[string][]string {
	wrong := map[string][]string{}
	needs := func(name, other, why string) {
		if s.get(name) != "" && s.get(other) == "" {
			wrong[name] = append(wrong[name], fmt.Sprintf("it needs %s%s", setting{name: other}.variable(), why))
		}
	}
	if address, err := url.Parse(s.get("database-url")); err == nil && address.Host != "" &&
		s.get("database-password-file") != "" && address.User.Username() == "" {
		wrong["database-password-file"] = []string{"it needs a USM_DATABASE_URL that names the user: postgres://user@host/database"}
	}
	needs("smtp-address", "mail-from", ", the sender of the mails, as USM <usm@example.org>")
	needs("smtp-user", "smtp-address", "")
	needs("smtp-user", "smtp-password-file", "")
	needs("smtp-password-file", "smtp-user", "")
	needs("oidc-client-secret-file", "oidc-issuer", "")
	needs("oidc-admins", "oidc-issuer", "")
	needs("build-id", "deployment", "")
	if s.get("deployment") != "" && s.get("build-id") == "" && version() == unknownVersion {
		wrong["build-id"] = []string{"it is needed with USM_DEPLOYMENT, for this binary does not know what it was built from"}
	}
	if s.get("smtp-user") != "" && s.get("smtp-tls") == mail.TLSNone {
		wrong["smtp-tls"] = []string{"a password is not sent in clear: use starttls or implicit with USM_SMTP_USER"}
	}
	return wrong
}

// strangers are the variables that nobody knows, with those that were probably meant.
func strangers(unknown []string) (wrong configError) {
	slices.Sort(unknown)
	for _, variable := range unknown {
		wrong = append(wrong, fmt.Sprintf("%s: there is no such variable; did you mean %s?", variable, closest(variable)))
	}
	return wrong
}
