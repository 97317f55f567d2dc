package storetest

import (
	"net"
	"net/url"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// Relay is a TCP address in front of a Postgres, wherever that listens: proxies and other programs speak nothing else.
type Relay struct {
	Address string
	// Turns counts the changes of direction from client to server: how often the client had to wait for the server.
	Turns atomic.Int64

	listener         net.Listener
	network, address string // of the server
}

// NewRelay starts one in front of the server of a database; it ends with the test.
func NewRelay(tb testing.TB, database string) *Relay {
	tb.Helper()
	u, err := url.Parse(database)
	require.NoError(tb, err)
	port := u.Query().Get("port")
	if port == "" {
		port = "5432"
	}
	r := &Relay{network: "tcp", address: u.Host}
	if socket := u.Query().Get("host"); filepath.IsAbs(socket) {
		r.network, r.address = "unix", filepath.Join(socket, ".s.PGSQL."+port)
	} else if u.Port() == "" {
		r.address = net.JoinHostPort(u.Hostname(), "5432")
	}
	r.listener, err = (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = r.listener.Close() })
	r.Address = r.listener.Addr().String()
	go r.serve()
	return r
}

// Close takes no more connections.
func (r *Relay) Close() error { return r.listener.Close() }

func (r *Relay) serve() {
	for {
		client, err := r.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial(r.network, r.address) //nolint:noctx // it ends with what it is for
		if err != nil {
			_ = client.Close()
			continue
		}
		var asking atomic.Bool
		go pass(server, client, func() {
			if !asking.Swap(true) {
				r.Turns.Add(1)
			}
		})
		go pass(client, server, func() { asking.Store(false) })
	}
}

// pass copies from one side to the other until one of them ends.
func pass(to, from net.Conn, seen func()) {
	defer func() { _, _ = to.Close(), from.Close() }()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			seen()
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// Through is the address of the same database by way of a TCP address.
func Through(tb testing.TB, database, address string) string {
	tb.Helper()
	u, err := url.Parse(database)
	require.NoError(tb, err)
	query := u.Query()
	query.Del("host")
	query.Del("port")
	u.Host, u.RawQuery = address, query.Encode()
	return u.String()
}
