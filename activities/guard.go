package activities

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

var errForbiddenAddress = errors.New("this address may not be reached from here")

// Limits of one outgoing request.
const (
	dialTimeout    = 5 * time.Second
	requestTimeout = 20 * time.Second
	maxRedirects   = 5
)

// forbidden are the special ranges besides private, loopback, link-local and multicast ones that netip knows by name:
// shared address space, those that carry an IPv4 address inside (NAT64, 6to4, Teredo, compatible), benchmarking,
// documentation and reserved ones.
var forbidden = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("::/96"), netip.MustParsePrefix("2001::/32"),
}

// NewGuardedClient returns a client for addresses that people typed. It refuses to connect to private, local and special
// addresses unless one of the allowed prefixes holds them. The check is made on the address that is dialled, after name
// resolution and on every redirect, so that a name which changes its mind is refused too.
func NewGuardedClient(allowed []netip.Prefix) *http.Client {
	dialer := &net.Dialer{Timeout: dialTimeout, Control: func(_, address string, _ syscall.RawConn) error {
		return checkAddress(address, allowed)
	}}
	return &http.Client{
		Timeout: requestTimeout,
		// No proxy: it would dial in our place, past the guard.
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: dialTimeout, MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute,
		},
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if len(via) >= maxRedirects {
				return errors.New("too many redirects")
			}
			return nil
		},
	}
}

func checkAddress(address string, allowed []netip.Prefix) error {
	parsed, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %s", errForbiddenAddress, address)
	}
	ip := parsed.Addr().Unmap()
	for _, prefix := range allowed {
		if prefix.Contains(ip) {
			return nil
		}
	}
	special := !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast()
	for _, prefix := range forbidden {
		special = special || prefix.Contains(ip)
	}
	if special {
		return fmt.Errorf("%w: %s (USM_OUTBOUND_ALLOW names ranges that may)", errForbiddenAddress, ip)
	}
	return nil
}
