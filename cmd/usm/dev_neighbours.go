package main

import (
	"context"
	"errors"
	"maps"
	"path/filepath"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/usm-works/usm/devstack"
	"github.com/usm-works/usm/mail"
)

// startNeighbours starts what surrounds the product: a mailbox, and a provider where people sign in. Without the program there
// is neither, which is said and stops nothing.
func (d *dev) startNeighbours(ctx, running context.Context) error {
	log, err := d.childLog("neighbours")
	if err != nil {
		return err
	}
	return d.progress.run("neighbours", func() (string, error) {
		d.neighbours, err = keep(ctx, running, d, "the neighbours", func(ctx context.Context) (*devstack.Neighbours, error) {
			return devstack.StartNeighbours(ctx, devstack.NeighboursOptions{
				Dir: filepath.Join(d.dir, "neighbours"), Mail: filepath.Join(d.dir, "mail"), Log: log,
				People:      filepath.Join(d.dir, peopleFile),
				SMTPAddress: d.settings.get("dev-smtp-address"), MailAddress: d.settings.get("dev-mail-address"),
				OIDCAddress: d.settings.get("dev-oidc-address"),
			})
		})
		if errors.Is(err, devstack.ErrNoNeighbours) {
			return "absent, so no mail is sent and nobody signs in: `make usm-neighbours` builds them", nil
		}
		if err != nil {
			return "", err
		}
		n := d.neighbours.current()
		d.useMailbox()
		d.useProvider()
		return "mail " + n.SMTPAddress() + ", sign-in " + n.Issuer(), nil
	})
}

// useMailbox has the gateway send to the mailbox, unless another mail server is named.
func (d *dev) useMailbox() {
	if d.settings.get("smtp-address") != "" {
		return
	}
	maps.Copy(d.settings.values, map[string]string{
		"smtp-address": d.neighbours.current().SMTPAddress(), "smtp-tls": mail.TLSNone,
		"mail-from": d.settings.or("mail-from", "USM <usm@localhost>"),
	})
}

// useProvider has people sign in at the provider of this machine, which calls them by their ids, unless another is named.
func (d *dev) useProvider() {
	if d.settings.get("oidc-issuer") != "" {
		return
	}
	d.beforeSignIn = d.writePeople
	maps.Copy(d.settings.values, map[string]string{
		"oidc-issuer": d.neighbours.current().Issuer(), "oidc-client-id": "usm", "oidc-client-secret-file": "", "oidc-person-claim": "sub",
		"oidc-admins": "groups=usm-administrators",
	})
}

// welcomeSignIn says where people sign in.
func (d *dev) welcomeSignIn(w table.Writer) {
	if d.settings.get("oidc-issuer") != "" {
		w.AppendRow(table.Row{"Sign in", d.publicURL() + "/sign-in"})
	}
}

// welcomeNeighbours says where they are.
func (d *dev) welcomeNeighbours(w table.Writer) {
	if d.neighbours != nil {
		w.AppendRow(table.Row{"Mail", d.neighbours.current().MailURL()})
	}
}
