package store_test

import (
	"net"
	"net/url"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// relay is a TCP address in front of the server of the tests, wherever that listens. It counts how often the client had to
// wait for the server.
type relay struct {
	listener net.Listener
	network  string
	address  string
	// turns counts the changes of direction from client to server.
	turns atomic.Int64
}

func startRelay(t *testing.T, database string) *relay {
	t.Helper()
	u, err := url.Parse(database)
	require.NoError(t, err)
	r := &relay{network: "tcp", address: u.Host}
	if socket := u.Query().Get("host"); filepath.IsAbs(socket) {
		r.network, r.address = "unix", filepath.Join(socket, ".s.PGSQL."+orElse(u.Query().Get("port"), "5432"))
	} else if u.Port() == "" {
		r.address = net.JoinHostPort(u.Hostname(), "5432")
	}
	r.listener, err = (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = r.listener.Close() })
	go r.serve()
	return r
}

func orElse(value, other string) string {
	if value == "" {
		return other
	}
	return value
}

func (r *relay) serve() {
	for {
		client, err := r.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial(r.network, r.address)
		if err != nil {
			_ = client.Close()
			continue
		}
		var asking atomic.Bool
		go pass(server, client, func() {
			if !asking.Swap(true) {
				r.turns.Add(1)
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

// through is the address of the same database by way of another TCP address.
func through(t *testing.T, database, address string) string {
	t.Helper()
	u, err := url.Parse(database)
	require.NoError(t, err)
	query := u.Query()
	query.Del("host")
	query.Del("port")
	u.Host, u.RawQuery = address, query.Encode()
	return u.String()
}
