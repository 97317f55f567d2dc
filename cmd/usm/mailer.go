package main

import (
	"os"
	"strings"

	"github.com/usm-works/usm/mail"
	"github.com/usm-works/usm/server"
)

// mailer is what sends mails to people; nil, which sends none and loses none, without a mail server.
func (a *app) mailer() (server.Mailer, error) {
	address := a.settings.get("smtp-address")
	if address == "" {
		return nil, nil //nolint:nilnil // no mail server is an ordinary choice
	}
	options := mail.Options{
		Address: address, User: a.settings.get("smtp-user"), TLS: a.settings.get("smtp-tls"), From: a.settings.get("mail-from"),
	}
	if file := a.settings.get("smtp-password-file"); file != "" {
		password, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		options.Password = strings.TrimRight(string(password), "\r\n")
	}
	return mail.New(options)
}
