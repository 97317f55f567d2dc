package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"net"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/usm-works/usm/signin"
)

// readBy makes a check of what reads a value where it is used.
func readBy[T any](parse func(string) (T, error)) func(string) error {
	return func(value string) error {
		_, err := parse(value)
		return err
	}
}

// oneOf is a check for a value of a few.
func oneOf(known ...string) func(string) error {
	return func(value string) error {
		if slices.Contains(known, value) {
			return nil
		}
		return fmt.Errorf("%q is none of %s", value, join(known))
	}
}

// word is a name without spaces, as Temporal's namespaces and task queues have.
func word(value string) error {
	if len(value) > 255 || len(strings.Fields(value)) != 1 || strings.TrimSpace(value) != value {
		return fmt.Errorf("%q is no name without spaces of at most 255 characters", value)
	}
	return nil
}

// deploymentName is that of a Worker Deployment, where Temporal allows less.
func deploymentName(value string) error {
	if err := buildID(value); err != nil || !strings.ContainsAny(value, ".:") {
		return err
	}
	return fmt.Errorf("%q has a . or :, which no deployment may have", value)
}

// buildID is that of one of its versions.
func buildID(value string) error {
	if word(value) != nil || len(value) > 100 || strings.HasPrefix(value, "__") || value == unversioned {
		return fmt.Errorf("%q is no name without spaces of at most 100 characters; it may not begin with __ or be %q", value, unversioned)
	}
	return nil
}

// words are some of them.
func words(value string) error {
	for _, part := range parseList(value) {
		if err := word(part); err != nil {
			return err
		}
	}
	return nil
}

// listenAddress is where one may listen: no host means everywhere, port 0 any that is free.
func listenAddress(value string) error {
	host, port, err := net.SplitHostPort(value)
	number, wrong := strconv.ParseUint(port, 10, 16)
	if err != nil || wrong != nil || number == 0 && port != "0" || strings.ContainsAny(host, " /@") {
		return fmt.Errorf("%q is not of the form host:port with a port up to 65535, as 127.0.0.1:8080", value)
	}
	return nil
}

// remoteAddress is where somebody else listens. With dns:/// before it every address of the host is used.
func remoteAddress(value string) error {
	address := strings.TrimPrefix(value, "dns:///")
	host, port, err := net.SplitHostPort(address)
	if err != nil || host == "" || port == "0" || listenAddress(address) != nil {
		return fmt.Errorf("%q is not of the form host:port with a port from 1 to 65535", value)
	}
	return nil
}

// webAddress is one that begins with http. A password in it is not told.
func webAddress(value string) error {
	address, err := url.Parse(value)
	switch {
	case err != nil:
		return errors.New("it is not of the form http://host:port")
	case address.Host == "" || (address.Scheme != "http" && address.Scheme != "https"):
		return fmt.Errorf("%q is not of the form http://host:port", address.Redacted())
	case address.User != nil || address.RawQuery != "" || address.Fragment != "":
		return fmt.Errorf("%q has more than host, port and path", address.Redacted())
	}
	return nil
}

// postgresAddress names a database. What stands there is never told, for it may be a password that was written wrongly.
func postgresAddress(value string) error {
	address, err := url.Parse(value)
	if err != nil || !slices.Contains([]string{"postgres", "postgresql"}, address.Scheme) ||
		address.Host == "" && address.Query().Get("host") == "" {
		return errors.New("it is not of the form postgres://user:password@host/database, with % for what an address does not allow")
	}
	return nil
}

// secretFile is one that can be read and holds something. Its name is not told, for it may be the secret itself.
func secretFile(value string) error {
	content, err := os.ReadFile(value)
	if err != nil {
		if path, ok := errors.AsType[*fs.PathError](err); ok {
			err = path.Err
		}
		return fmt.Errorf("the file that it names cannot be read: %w", err)
	}
	if len(strings.TrimSpace(string(content))) == 0 {
		return errors.New("the file that it names is empty")
	}
	return nil
}

// postgresPrograms is a folder with those of a server.
func postgresPrograms(value string) error {
	if _, err := os.Stat(filepath.Join(value, "initdb")); err != nil {
		return fmt.Errorf("%q is no folder with initdb and postgres", value)
	}
	return nil
}

func sender(value string) error {
	if _, err := netmail.ParseAddress(value); err != nil {
		return fmt.Errorf("%q is no mail address such as USM <usm@example.org>", value)
	}
	return nil
}

// issuer is one at which people may sign in.
func issuer(value string) (*signin.Provider, error) {
	if address, err := url.Parse(value); err != nil || address.User != nil {
		return nil, errors.New("it is not of the form https://host/path")
	}
	return signin.New(signin.Options{Issuer: value, ClientID: "usm"})
}

// parseLasting reads how long a session lasts.
func parseLasting(value string) (time.Duration, error) {
	d, err := time.ParseDuration(value)
	if err != nil || d < time.Second {
		return 0, fmt.Errorf("%q is no time of a second or more, as 1h30m", value)
	}
	return d, nil
}

func parseConnections(value string) (int, error) {
	connections, err := strconv.ParseUint(value, 10, 15)
	if err != nil {
		return 0, fmt.Errorf("%q is no whole number from 0 to 32767", value)
	}
	return int(connections), nil
}

func parseLevel(value string) (level slog.Level, err error) {
	if err = level.UnmarshalText([]byte(value)); err != nil {
		err = fmt.Errorf("%q is none of debug, info, warn, error", value)
	}
	return level, err
}

// parseRate reads the number of requests a second that one token may make.
func parseRate(value string) (float64, error) {
	rate, err := strconv.ParseFloat(value, 64)
	if err != nil || !(rate > 0) || math.IsInf(rate, 0) {
		return 0, fmt.Errorf("%q is no number over 0", value)
	}
	return rate, nil
}

// parseNetworks reads the private networks that requests to other systems may reach.
func parseNetworks(value string) ([]netip.Prefix, error) {
	var networks []netip.Prefix
	for _, text := range parseList(value) {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("%q is no network such as 10.0.0.0/8", text)
		}
		networks = append(networks, network.Masked())
	}
	return networks, nil
}
