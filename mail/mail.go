// Package mail writes what is told to people as messages and sends them by SMTP.
package mail

import (
	"context"
	"fmt"
	"net"
	netmail "net/mail"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/usm-works/usm/usm"
)

// sendTimeout is how long a server may take for each of its answers.
const sendTimeout = 15 * time.Second

// How a connection to the server is protected.
const (
	TLSStart    = "starttls" // encrypted before anything is said; a server that cannot is refused
	TLSImplicit = "implicit" // encrypted from the first byte, as on port 465
	TLSNone     = "none"     // in clear: for a server on this machine
)

// Options say how to send. Address and From are needed.
type Options struct {
	Address  string // host:port of the mail server
	User     string // "" signs in nowhere
	Password string
	TLS      string // "": TLSStart
	From     string // "USM <usm@example.org>"
}

// Sender sends messages, each over a connection of its own. It may be used by many goroutines at once.
type Sender struct {
	options Options
	from    *netmail.Address
	host    string
	port    int
}

// New checks the options; it connects to nothing. A password is never sent in clear.
func New(o Options) (*Sender, error) {
	host, service, err := net.SplitHostPort(o.Address)
	if err != nil {
		return nil, fmt.Errorf("mail server %q is not of the form host:port", o.Address)
	}
	port, err := strconv.Atoi(service)
	if err != nil || port < 1 || port > 65535 {
		return nil, fmt.Errorf("mail server %q has no port between 1 and 65535", o.Address)
	}
	from, err := netmail.ParseAddress(o.From)
	if err != nil {
		return nil, fmt.Errorf("sender %q is no mail address such as USM <usm@example.org>", o.From)
	}
	switch o.TLS {
	case "":
		o.TLS = TLSStart
	case TLSStart, TLSImplicit:
	case TLSNone:
		if o.User != "" {
			return nil, fmt.Errorf("a password is not sent in clear: use %s or %s", TLSStart, TLSImplicit)
		}
	default:
		return nil, fmt.Errorf("%q is none of %s, %s and %s", o.TLS, TLSStart, TLSImplicit, TLSNone)
	}
	return &Sender{options: o, from: from, host: host, port: port}, nil
}

// Send writes a message and hands it to the mail server. Without an error the server has taken it.
func (s *Sender) Send(ctx context.Context, m usm.Mail) error {
	message, err := write(m, s.from)
	if err != nil {
		return err
	}
	client, err := gomail.NewClient(s.host, s.settings()...)
	if err != nil {
		return err
	}
	if err := client.DialAndSendWithContext(ctx, message); err != nil {
		// The server's words go to a log, where a line is a line.
		return fmt.Errorf("%s: %s", s.options.Address, oneLine(err.Error()))
	}
	return nil
}

func (s *Sender) settings() []gomail.Option {
	settings := []gomail.Option{gomail.WithPort(s.port), gomail.WithTimeout(sendTimeout), gomail.WithoutNoop()}
	switch s.options.TLS {
	case TLSImplicit:
		settings = append(settings, gomail.WithSSL())
	case TLSNone:
		settings = append(settings, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		settings = append(settings, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.options.User != "" {
		settings = append(settings, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(s.options.User), gomail.WithPassword(s.options.Password))
	}
	return settings
}

// messageID is the same for every delivery of the same message.
func messageID(m usm.Mail, from *netmail.Address) string {
	_, host, _ := strings.Cut(from.Address, "@")
	return "usm-" + m.Key + "@" + host
}
