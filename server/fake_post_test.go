package server_test

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/usm-works/usm/server"
	"github.com/usm-works/usm/usm"
)

// fakePost is mails and links in memory. Its loop is driven by what tests put into due.
type fakePost struct {
	mu      sync.Mutex
	due     []usm.Mail
	wait    time.Duration // until the next is due
	asked   int           // how often for mails
	sent    []int64
	failed  map[int64]string
	left    []int64
	links   map[string]usm.MailLink
	people  map[string]usm.Caller // who has left is not here
	renewed []string
	err     error // what Mails returns, when set
}

var _ server.Post = (*fakePost)(nil)

func newFakePost() *fakePost {
	people := map[string]usm.Caller{}
	for _, id := range []string{"omar", "mona"} {
		people[id] = usm.Caller{Token: usm.Token{Person: id}, Name: id, Domains: map[string][]string{"it": {"desk"}}}
	}
	return &fakePost{wait: -1, failed: map[int64]string{}, links: map[string]usm.MailLink{}, people: people}
}

func (p *fakePost) Mails(context.Context, int) ([]usm.Mail, time.Duration, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	due := p.due
	p.due = nil
	p.asked++
	return due, p.wait, p.err
}

func (p *fakePost) MailSent(_ context.Context, id int64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent = append(p.sent, id)
	return nil
}

func (p *fakePost) MailFailed(_ context.Context, id int64, problem string, never bool) (bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failed[id] = problem
	if never {
		p.left = append(p.left, id)
	}
	return never, nil
}

func (p *fakePost) Link(_ context.Context, secret string) (usm.MailLink, usm.Caller, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	link, known := p.links[secret]
	caller, here := p.people[link.By]
	if !known || !here || time.Now().After(link.ExpiresAt) {
		return usm.MailLink{}, usm.Caller{}, usm.Errorf(usm.CodeNotFound, "the link is not known, or over")
	}
	return link, caller, nil
}

func (p *fakePost) UseLink(_ context.Context, secret string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, link := time.Now(), p.links[secret]
	link.UsedAt = &now
	p.links[secret] = link
	return nil
}

func (p *fakePost) RenewLink(ctx context.Context, secret string) error {
	p.mu.Lock()
	p.renewed = append(p.renewed, secret)
	p.mu.Unlock()
	return p.UseLink(ctx, secret)
}

// state is what following a link could have changed.
func (p *fakePost) state() (links map[string]usm.MailLink, renewed int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.links), len(p.renewed)
}

// fakeMailer keeps what is sent.
type fakeMailer struct {
	mu    sync.Mutex
	mails []usm.Mail
	err   error
	taken chan struct{} // told after each mail
}

func (m *fakeMailer) Send(_ context.Context, mail usm.Mail) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	defer func() { m.taken <- struct{}{} }()
	if m.err != nil {
		return m.err
	}
	m.mails = append(m.mails, mail)
	return nil
}
