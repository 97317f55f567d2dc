package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/usm-works/usm/devstack"
	"github.com/usm-works/usm/mail"
)

// startNeighbours starts what surrounds the product: a mailbox. Without the program there is none, which is said and stops
// nothing.
func (d *dev) startNeighbours(ctx, running context.Context) error {
	log, err := d.childLog("neighbours")
	if err != nil {
		return err
	}
	return d.progress.run("mailbox", func() (string, error) {
		d.neighbours, err = keep(ctx, running, d, "the mailbox", func(ctx context.Context) (*devstack.Neighbours, error) {
			return devstack.StartNeighbours(ctx, devstack.NeighboursOptions{
				Dir: filepath.Join(d.dir, "neighbours"), Mail: filepath.Join(d.dir, "mail"), Log: log,
				SMTPAddress: d.settings.get("dev-smtp-address"), MailAddress: d.settings.get("dev-mail-address"),
			})
		})
		if errors.Is(err, devstack.ErrNoNeighbours) {
			return "absent, so no mail is sent: `make usm-neighbours` builds it", nil
		}
		if err != nil {
			return "", err
		}
		return d.neighbours.current().SMTPAddress(), d.useMailbox()
	})
}

// useMailbox has the gateway send to the mailbox, unless another mail server is named.
func (d *dev) useMailbox() error {
	if d.settings.get("smtp-address") != "" {
		return nil
	}
	return errors.Join(
		d.settings.values.Set("smtp-address", d.neighbours.current().SMTPAddress()), d.settings.values.Set("smtp-tls", mail.TLSNone),
		d.settings.values.Set("mail-from", d.settings.or("mail-from", "USM <usm@localhost>")),
	)
}

// welcomeNeighbours says where they are.
func (d *dev) welcomeNeighbours(w table.Writer) {
	if d.neighbours != nil {
		w.AppendRow(table.Row{"Mail", d.neighbours.current().MailURL()})
	}
}
