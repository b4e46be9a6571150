package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
)

// A certificate of our own lasts long, because clients that check it keep a copy;
// one that is about to end is replaced.
const (
	selfSignedYears = 10
	renewBefore     = 30 * 24 * time.Hour
)

// SelfSigned gives a certificate for these host names and addresses, and the names
// of this machine, that the server signed itself. It is kept in dir, and made
// anew only if it is missing, ends soon or lacks one of the hosts. made tells
// which.
func SelfSigned(dir string, hosts []string, now time.Time) (c Config, made bool, err error) {
	c = Config{Cert: filepath.Join(dir, "server.crt"), Key: filepath.Join(dir, "server.key")}
	hosts = append([]string{"localhost", "127.0.0.1", "::1"}, hosts...)
	if name, err := os.Hostname(); err == nil && name != "" {
		hosts = append(hosts, name)
	}
	slices.Sort(hosts)
	hosts = slices.Compact(hosts)
	if pair, err := tls.LoadX509KeyPair(c.Cert, c.Key); err == nil && good(pair.Leaf, hosts, now) {
		return c, false, nil
	}
	cert, key, err := makeSelfSigned(hosts, now)
	if err != nil {
		return c, false, fault.Wrap(err, fault.CodeInternal, "cannot make a certificate: %v", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return c, false, fault.Wrap(err, fault.CodeIO, "cannot make %s: %v", dir, err)
	}
	if err := replaceFile(c.Key, key); err != nil {
		return c, false, err
	}
	return c, true, replaceFile(c.Cert, cert)
}

func good(leaf *x509.Certificate, hosts []string, now time.Time) bool {
	if now.Before(leaf.NotBefore) || now.Add(renewBefore).After(leaf.NotAfter) {
		return false
	}
	for _, h := range hosts {
		if leaf.VerifyHostname(h) != nil {
			return false
		}
	}
	return true
}

func makeSelfSigned(hosts []string, now time.Time) (cert, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, nil, err
	}
	t := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "glaux"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(selfSignedYears, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		// Its own authority, so that clients can name the file as their root.
		BasicConstraintsValid: true, IsCA: true,
	}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, h)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &private.PublicKey, private)
	if err != nil {
		return nil, nil, err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), nil
}

// replaceFile writes a file that only its owner reads, whole or not at all.
func replaceFile(path string, data []byte) error {
	temp := path + ".new"
	if err := os.WriteFile(temp, data, 0o600); err != nil {
		return fault.Wrap(err, fault.CodeIO, "cannot write %s: %v", path, err)
	}
	if err := os.Rename(temp, path); err != nil {
		return fault.Wrap(err, fault.CodeIO, "cannot write %s: %v", path, err)
	}
	return nil
}
