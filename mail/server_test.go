package mail_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestMain turns the collector off: it closes connections that nobody has closed, and so hides them from the server below.
func TestMain(m *testing.M) {
	debug.SetGCPercent(-1)
	os.Exit(m.Run())
}

// smtpServer is the least that a mail server does. It keeps what clients say and the messages they send.
type smtpServer struct {
	address string
	refuse  string // answer to RCPT instead of taking it
	secure  *tls.Config
	starts  bool // it encrypts when asked to, else from the first byte; without secure never

	mu       sync.Mutex
	said     []string // commands, without the lines of messages
	messages []string
}

// listenSMTP starts one that ends with the test.
func listenSMTP(t *testing.T, refuse string) *smtpServer {
	t.Helper()
	return (&smtpServer{refuse: refuse}).listen(t)
}

// listen starts the server. It ends with the test once its clients have closed their connections: one that leaves one open
// fails the test.
func (s *smtpServer) listen(t *testing.T) *smtpServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s.address = listener.Addr().String()
	if s.secure != nil && !s.starts {
		listener = tls.NewListener(listener, s.secure)
	}
	var sessions sync.WaitGroup
	sessions.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			sessions.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		ended := make(chan struct{})
		go func() { sessions.Wait(); close(ended) }()
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			t.Error("a client has left its connection open")
		}
	})
	return s
}

func (s *smtpServer) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	lines := bufio.NewScanner(conn)
	say := func(line string) { _, _ = fmt.Fprintf(conn, "%s\r\n", line) }
	say("220 test")
	for lines.Scan() {
		line := lines.Text()
		s.mu.Lock()
		s.said = append(s.said, line)
		s.mu.Unlock()
		switch command, _, _ := strings.Cut(strings.ToUpper(line), " "); command {
		case "EHLO":
			say("250-test")
			if s.starts {
				say("250-STARTTLS")
			}
			say("250-AUTH PLAIN LOGIN\r\n250-8BITMIME\r\n250 SMTPUTF8")
		case "STARTTLS":
			say("220 go on")
			conn = tls.Server(conn, s.secure)
			lines = bufio.NewScanner(conn)
		case "AUTH":
			say("235 welcome")
		case "RCPT":
			if s.refuse != "" {
				say(s.refuse)
				continue
			}
			say("250 ok")
		case "DATA":
			say("354 go on")
			var message strings.Builder
			for lines.Scan() && lines.Text() != "." {
				message.WriteString(strings.TrimPrefix(lines.Text(), ".") + "\r\n")
			}
			s.mu.Lock()
			s.messages = append(s.messages, message.String())
			s.mu.Unlock()
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// conversation is everything that clients have said outside messages.
func (s *smtpServer) conversation() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.said, "\n")
}

// last is the message that came last.
func (s *smtpServer) last(t *testing.T) string {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	require.NotEmpty(t, s.messages)
	return s.messages[len(s.messages)-1]
}
