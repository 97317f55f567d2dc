package mail

import (
	"crypto/tls"
	"crypto/x509"
)

// Trust has the sender believe these authorities, under the name of the test's certificate.
func (s *Sender) Trust(roots *x509.CertPool) {
	s.secure = &tls.Config{RootCAs: roots, ServerName: "example.com", MinVersion: tls.VersionTLS12}
}
