// Package mail writes what is told to people as messages and sends them by SMTP.
package mail

import (
	"context"
	"crypto/tls"
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
	secure  *tls.Config // nil: that of the machine
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
	var line connection
	defer line.close()
	client, err := gomail.NewClient(s.host, append(s.settings(), gomail.WithDialContextFunc(s.dial(&line)))...)
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
	policy := gomail.TLSMandatory
	switch s.options.TLS {
	case TLSImplicit: // dial has encrypted it: nothing more is asked for
		policy = gomail.TLSOpportunistic
	case TLSNone:
		policy = gomail.NoTLS
	}
	settings = append(settings, gomail.WithTLSPolicy(policy))
	if s.secure != nil {
		settings = append(settings, gomail.WithTLSConfig(s.secure))
	}
	if s.options.User != "" {
		settings = append(settings, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(s.options.User), gomail.WithPassword(s.options.Password))
	}
	return settings
}

// connection is the one that a message is sent over.
type connection struct{ net.Conn }

// close ends it. The library leaves one open that fails before the first message, when the server cannot encrypt or refuses
// the sign-in; closing again is an error that means nothing.
func (c *connection) close() {
	if c.Conn != nil {
		_ = c.Close()
	}
}

// dial connects to the server and notes the connection.
func (s *Sender) dial(made *connection) gomail.DialContextFunc {
	return func(ctx context.Context, network, address string) (conn net.Conn, err error) {
		if s.options.TLS == TLSImplicit {
			conn, err = (&tls.Dialer{Config: s.secure}).DialContext(ctx, network, address)
		} else {
			conn, err = (&net.Dialer{}).DialContext(ctx, network, address)
		}
		made.Conn = conn
		return conn, err
	}
}

// messageID is the same for every delivery of the same message.
func messageID(m usm.Mail, from *netmail.Address) string {
	_, host, _ := strings.Cut(from.Address, "@")
	return "usm-" + m.Key + "@" + host
}
