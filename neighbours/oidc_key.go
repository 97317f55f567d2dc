package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-jose/go-jose/v4"
)

// signingKey signs what the provider says. It is kept, so that a restart changes nothing for who has read the public one.
type signingKey struct{ key *rsa.PrivateKey }

// openKey reads the key of a folder, and makes one when there is none.
func openKey(folder string) (signingKey, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return signingKey{}, fmt.Errorf("--oidc: %w", err)
	}
	path := filepath.Join(folder, "signing-key.pem")
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(path)
	}
	if err != nil {
		return signingKey{}, fmt.Errorf("--oidc: %w", err)
	}
	block, _ := pem.Decode(content)
	if block == nil {
		return signingKey{}, fmt.Errorf("--oidc: %s is no key: remove it to have another made", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := parsed.(*rsa.PrivateKey)
	if err != nil || !ok {
		return signingKey{}, fmt.Errorf("--oidc: %s is no RSA key: remove it to have another made", path)
	}
	return signingKey{key}, nil
}

// makeKey writes a new key, whole or not at all, for its owner alone.
func makeKey(path string) (signingKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return signingKey{}, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return signingKey{}, err
	}
	content := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err := os.WriteFile(path+".new", content, 0o600); err != nil {
		return signingKey{}, err
	}
	return signingKey{key}, os.Rename(path+".new", path)
}

func (k signingKey) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }

func (k signingKey) Key() any { return k.key }

// ID is made of the public key, so that another key has another.
func (k signingKey) ID() string {
	sum := sha256.Sum256(x509.MarshalPKCS1PublicKey(&k.key.PublicKey))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// publicKey is what everybody may read of it.
type publicKey struct{ signingKey }

func (k publicKey) Algorithm() jose.SignatureAlgorithm { return jose.RS256 }

func (k publicKey) Use() string { return "sig" }

func (k publicKey) Key() any { return &k.key.PublicKey }
