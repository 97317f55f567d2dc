package main

import (
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
	var err error
	if options.Password, err = a.secret("smtp-password-file"); err != nil {
		return nil, err
	}
	return mail.New(options)
}
