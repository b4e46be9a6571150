// Package certs keeps the server's side of TLS: its certificate, read again when
// the files change, and the authorities that it trusts for clients.
package certs

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"os"
	"runtime"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/server/auth/watch"

	_ "crypto/sha256" // hashes of certificates
	_ "crypto/sha512"
)

// ALPN is the protocol's name in TLS, as PostgreSQL has registered it.
const ALPN = "postgresql"

// Config names the files, in PEM.
type Config struct {
	// Cert and Key are the server's certificate (with those between it and its
	// authority) and private key.
	Cert, Key string
	// ClientCA holds the authorities that clients' certificates must come from;
	// "": clients are asked for none.
	ClientCA string
}

// Source gives the TLS settings for the next connection. Safe for concurrent use.
type Source struct{ v *watch.Value[*Current] }

// Current is one state of the files.
type Current struct {
	TLS *tls.Config
	// EndPoint is the hash of the certificate that channel binding proves
	// (tls-server-end-point, RFC 5929 section 4.1); nil if that has no meaning for
	// the certificate's signature.
	EndPoint []byte
}

// New loads the files. Later a pair that does not fit or cannot be read is logged,
// and the old one stays in use.
func New(c Config, log *slog.Logger) (*Source, error) {
	if c.Cert == "" || c.Key == "" {
		return nil, fault.New(fault.CodeInvalidParameter, "TLS needs a certificate and its private key").
			WithHint("Name both, or let the server make them with --tls-self-signed.")
	}
	warnOpenKey(c.Key, log)
	paths := []string{c.Cert, c.Key}
	if c.ClientCA != "" {
		paths = append(paths, c.ClientCA)
	}
	v, err := watch.New(log, "TLS certificate", c.load, paths...)
	if err != nil {
		return nil, err
	}
	return &Source{v}, nil
}

// Current gives what the files say now.
func (s *Source) Current() *Current { return s.v.Get() }

func (c Config) load() (*Current, error) {
	pair, err := tls.LoadX509KeyPair(c.Cert, c.Key)
	if err != nil {
		return nil, fault.Wrap(err, fault.CodeInvalidParameter, "cannot use the certificate %s with the key %s: %v", c.Cert, c.Key, err)
	}
	conf := &tls.Config{
		Certificates: []tls.Certificate{pair},
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{ALPN},
		// As PostgreSQL: a session that goes on would keep a client certificate that
		// is no longer trusted.
		SessionTicketsDisabled: true,
	}
	if c.ClientCA != "" {
		pem, err := os.ReadFile(c.ClientCA)
		if err != nil {
			return nil, fault.Wrap(err, fault.CodeUndefinedFile, "cannot read the client authorities: %v", err)
		}
		conf.ClientCAs, conf.ClientAuth = x509.NewCertPool(), tls.VerifyClientCertIfGiven
		if !conf.ClientCAs.AppendCertsFromPEM(pem) {
			return nil, fault.New(fault.CodeInvalidParameter, "%s holds no certificate", c.ClientCA)
		}
	}
	return &Current{TLS: conf, EndPoint: endPoint(pair.Leaf)}, nil
}

// endPointHashes is RFC 5929's rule: the hash of the signature, but SHA-256 for
// those that are weaker.
var endPointHashes = map[x509.SignatureAlgorithm]crypto.Hash{
	x509.MD5WithRSA: crypto.SHA256, x509.SHA1WithRSA: crypto.SHA256, x509.ECDSAWithSHA1: crypto.SHA256,
	x509.SHA256WithRSA: crypto.SHA256, x509.SHA256WithRSAPSS: crypto.SHA256, x509.ECDSAWithSHA256: crypto.SHA256,
	x509.SHA384WithRSA: crypto.SHA384, x509.SHA384WithRSAPSS: crypto.SHA384, x509.ECDSAWithSHA384: crypto.SHA384,
	x509.SHA512WithRSA: crypto.SHA512, x509.SHA512WithRSAPSS: crypto.SHA512, x509.ECDSAWithSHA512: crypto.SHA512,
}

func endPoint(leaf *x509.Certificate) []byte {
	hash, ok := endPointHashes[leaf.SignatureAlgorithm]
	if !ok {
		return nil
	}
	h := hash.New()
	h.Write(leaf.Raw)
	return h.Sum(nil)
}

// warnOpenKey tells of a private key that others on the machine can read. It is no
// error: secrets that are mounted into containers often look so.
func warnOpenKey(path string, log *slog.Logger) {
	if fi, err := os.Stat(path); err == nil && runtime.GOOS != "windows" && fi.Mode().Perm()&0o077 != 0 {
		log.Warn("the private key can be read by others", "file", path, "mode", fi.Mode().Perm().String())
	}
}
