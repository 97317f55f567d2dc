package server

import (
	"context"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/usm-works/usm/usm"
)

// Post keeps what is told to people by mail, and the links by which they decide.
type Post interface {
	// Mails returns the mails that are due, each to one gateway at a time, and how long it takes until the next is due:
	// negative when none waits.
	Mails(ctx context.Context, limit int) (due []usm.Mail, wait time.Duration, err error)
	// MailSent marks a mail as sent.
	MailSent(ctx context.Context, id int64) error
	// MailFailed notes why a mail was not sent. It is tried again later, unless never says that it cannot be sent; left says
	// that it is not tried any more.
	MailFailed(ctx context.Context, id int64, problem string, never bool) (left bool, err error)
	// Link returns what a link in a mail is good for and who got it, as he is now; usm.CodeNotFound when it is unknown or over,
	// or when he has left. One that was used has UsedAt.
	Link(ctx context.Context, secret string) (usm.MailLink, usm.Caller, error)
	// UseLink marks a link as used.
	UseLink(ctx context.Context, secret string) error
	// RenewLink uses a link up and sends its reader another.
	RenewLink(ctx context.Context, secret string) error
}

// Mailer sends a mail; without an error it was taken by the mail server.
type Mailer interface {
	Send(ctx context.Context, mail usm.Mail) error
}

// linkPath is where the page of a link is, below the public address.
const linkPath = "/decide/"

// Deliver sends the mails to people until ctx ends; then it returns nil. It needs Post, Mailer and Reader of the options;
// without Post or Mailer it takes nothing, so that nothing is lost. It sends when something was recorded or a mail is due,
// and asks for nothing in between. Each mail is sent at least once, always with the same Message-ID; one that could not be sent
// is tried again ever more slowly, and left at last. Several gateways may run it: each mail is given to one of them.
func Deliver(ctx context.Context, o Options) error {
	o = o.orDefaults()
	if o.Post == nil || o.Mailer == nil {
		<-ctx.Done()
		return nil
	}
	return whenTold(ctx, o, func() (int, time.Duration, bool) { return deliverBatch(ctx, o) })
}

// deliverBatch sends what is due now. It reports how many mails there were, when the next is due, and whether they could not
// be read; a mail that could not be sent has its own time.
func deliverBatch(ctx context.Context, o Options) (found int, wait time.Duration, failed bool) {
	mails, wait, err := o.Post.Mails(ctx, pendingBatch)
	if err != nil {
		if ctx.Err() == nil {
			o.Logger.WarnContext(ctx, "mails cannot be read", "error", err)
		}
		return 0, 0, true
	}
	var group errgroup.Group
	group.SetLimit(pendingWorkers)
	for _, mail := range mails {
		group.Go(func() error { return o.deliver(ctx, mail) })
	}
	return len(mails), wait, group.Wait() != nil
}

// deliver sends one mail. An error says that what became of it could not be kept: then it is sent again.
func (o Options) deliver(ctx context.Context, mail usm.Mail) error {
	public := strings.TrimRight(o.PublicURL, "/")
	for i := range mail.Items {
		item := &mail.Items[i]
		if item.Call != "" {
			item.Page = public + "/calls/" + item.Call
		}
		if item.Secret != "" {
			item.Link = public + linkPath + item.Secret
		}
	}
	log := o.Logger.With("mail", mail.ID, "person", mail.Person, "try", mail.Tries)
	never, problem := mail.Email == "", "there is no address"
	if !never {
		err := o.Mailer.Send(ctx, mail)
		if err == nil {
			o.Metrics.mailsSent.Inc()
			log.InfoContext(ctx, "a mail was sent", "items", len(mail.Items))
			return o.kept(ctx, mail, o.Post.MailSent(ctx, mail.ID))
		}
		problem = err.Error()
	}
	left, err := o.Post.MailFailed(ctx, mail.ID, problem, never)
	o.Metrics.mailsFailed.WithLabelValues(strconv.FormatBool(left)).Inc()
	if left {
		log.ErrorContext(ctx, "a mail was not sent and is left", "problem", problem)
	} else {
		log.WarnContext(ctx, "a mail was not sent and is tried again", "problem", problem)
	}
	return o.kept(ctx, mail, err)
}

// kept logs that what became of a mail could not be kept.
func (o Options) kept(ctx context.Context, mail usm.Mail, err error) error {
	if err != nil {
		o.Logger.WarnContext(ctx, "what became of a mail cannot be kept", "mail", mail.ID, "error", err)
	}
	return err
}
