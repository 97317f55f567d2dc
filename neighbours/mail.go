package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/emersion/go-smtp"
)

// A message may have this many bytes and this many recipients.
const (
	messageLimit   = 10 << 20
	recipientLimit = 100
)

// mailPart is a mail server that delivers everything into one folder, and the pages that show it.
type mailPart struct{ smtp, pages, folder string }

func (p *mailPart) flags(set *flag.FlagSet) {
	set.StringVar(&p.smtp, "smtp-address", "127.0.0.1:1025", "`host:port` at which mail is taken")
	set.StringVar(&p.pages, "mail-address", "127.0.0.1:8025", "`host:port` of the pages that show it")
	set.StringVar(&p.folder, "mail", "mail", "`folder` in which it is kept; it is made when absent")
}

func (p *mailPart) start(ctx context.Context, failed chan<- error) (ready string, err error) {
	box, err := openMailbox(p.folder)
	if err != nil {
		return "", err
	}
	taking, err := listen(ctx, "--smtp-address", p.smtp)
	if err != nil {
		return "", err
	}
	showing, err := listen(ctx, "--mail-address", p.pages)
	if err != nil {
		return "", errors.Join(err, taking.Close())
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &delivery{box: box}, nil }))
	server.Domain, server.EnableSMTPUTF8 = "localhost", true
	server.MaxMessageBytes, server.MaxRecipients = messageLimit, recipientLimit
	server.ReadTimeout, server.WriteTimeout = time.Minute, time.Minute
	go func() {
		if err := server.Serve(taking); ctx.Err() == nil {
			failed <- fmt.Errorf("take mail at %s: %w", taking.Addr(), err)
		}
	}()
	context.AfterFunc(ctx, func() { _ = server.Close() })
	serveHTTP(ctx, showing, pages(box), failed)
	return fmt.Sprintf("smtp=%s mail=http://%s", taking.Addr(), showing.Addr()), nil
}

// delivery is one SMTP session.
type delivery struct {
	box  *mailbox
	from string
	to   []string
}

func (d *delivery) Reset() { d.from, d.to = "", nil }

func (d *delivery) Logout() error { return nil }

func (d *delivery) Mail(from string, _ *smtp.MailOptions) error {
	d.from = from
	return nil
}

// Rcpt takes everybody: nothing leaves this machine.
func (d *delivery) Rcpt(to string, _ *smtp.RcptOptions) error {
	d.to = append(d.to, to)
	return nil
}

// Data keeps the message before the client is told that it was taken.
func (d *delivery) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return d.box.keep(d.from, d.to, content)
}
