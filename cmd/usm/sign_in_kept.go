package main

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// signInFile is where the token of a gateway is kept with which `usm sign-in` has signed in; "" where there is no such folder.
func (a *app) signInFile(address string) string {
	if a.config == "" {
		return ""
	}
	return filepath.Join(a.config, "usm", "signed-in", url.QueryEscape(strings.TrimRight(address, "/")))
}

// signedIn returns the token with which somebody has signed in at a gateway, "" for nobody.
func (a *app) signedIn(address string) (token string, err error) {
	path := a.signInFile(address)
	if path == "" {
		return "", nil
	}
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(content)), err
}

// keepSignIn keeps a token for its owner alone.
func (a *app) keepSignIn(address, token string) error {
	path := a.signInFile(address)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return writePrivate(path, []byte(token+"\n"))
}

// forgetSignIn removes the token of a gateway.
func (a *app) forgetSignIn(address string) error {
	err := os.Remove(a.signInFile(address))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
