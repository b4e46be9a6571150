package certs

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestSelfSigned(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tls")
	now := time.Now()
	c, made, err := SelfSigned(dir, []string{"db.example.com", "10.0.0.7"}, now)
	if err != nil || !made {
		t.Fatal(made, err)
	}
	if fi, err := os.Stat(c.Key); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("the key is open to others: %v %v", fi.Mode(), err)
	}
	if _, made, err := SelfSigned(dir, []string{"10.0.0.7"}, now); err != nil || made {
		t.Error("it was made twice", err)
	}
	src, err := New(c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	cur := src.Current()
	leaf := cur.TLS.Certificates[0].Leaf
	if err := leaf.VerifyHostname("db.example.com"); err != nil {
		t.Error(err)
	}
	if sum := sha256.Sum256(leaf.Raw); !bytes.Equal(cur.EndPoint, sum[:]) {
		t.Error("the end point is not the certificate's hash")
	}
	for name, again := range map[string]func() (Config, bool, error){
		"another host": func() (Config, bool, error) { return SelfSigned(dir, []string{"other"}, now) },
		"about to end": func() (Config, bool, error) { return SelfSigned(dir, nil, now.AddDate(selfSignedYears, 0, -10)) },
	} {
		if _, made, err := again(); err != nil || !made {
			t.Errorf("%s: no new certificate: %v", name, err)
		}
	}
}

func TestReload(t *testing.T) {
	dir := t.TempDir()
	c, _, err := SelfSigned(dir, nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	src, err := New(c, slog.New(slog.NewTextHandler(&out, nil)))
	if err != nil {
		t.Fatal(err)
	}
	first := src.Current()
	if err := os.WriteFile(c.Cert, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	wait := func(what string, ok func() bool) {
		t.Helper()
		for end := time.Now().Add(5 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal(what)
			}
		}
	}
	wait("a bad file is not logged", func() bool { return src.Current() == first && strings.Contains(out.String(), "the old one stays") })
	if _, made, err := SelfSigned(dir, nil, time.Now()); err != nil || !made {
		t.Fatal(made, err)
	}
	wait("a new file is not loaded", func() bool { return src.Current() != first })
	if bytes.Equal(src.Current().EndPoint, first.EndPoint) {
		t.Error("the end point did not change")
	}
}

func TestBadFiles(t *testing.T) {
	dir := t.TempDir()
	c, _, err := SelfSigned(dir, nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := SelfSigned(filepath.Join(dir, "other"), nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]Config{
		"no key":            {Cert: c.Cert},
		"no file":           {Cert: filepath.Join(dir, "nosuch"), Key: c.Key},
		"key of another":    {Cert: c.Cert, Key: other.Key},
		"no authority":      {Cert: c.Cert, Key: c.Key, ClientCA: filepath.Join(dir, "nosuch")},
		"authority is none": {Cert: c.Cert, Key: c.Key, ClientCA: c.Key},
	} {
		if _, err := New(bad, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%s: it works", name)
		}
	}
	src, err := New(Config{Cert: c.Cert, Key: c.Key, ClientCA: other.Cert}, slog.New(slog.DiscardHandler))
	if err != nil || src.Current().TLS.ClientAuth != tls.VerifyClientCertIfGiven {
		t.Error("clients are not asked for a certificate", err)
	}
}
