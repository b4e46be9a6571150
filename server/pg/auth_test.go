package pg

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/users"
	"github.com/glauxdb/glaux/server/auth"
	"github.com/glauxdb/glaux/server/auth/certs"
	"github.com/glauxdb/glaux/server/auth/rules"
)

// authServer serves the users ann (a superuser), bob (one connection), old (md5)
// and gone (expired), all with the password "pencil", by rules.
func authServer(t *testing.T, hba string, conf Config) (addr, authority string) {
	t.Helper()
	m, err := meta.Open(t.Context(), meta.Memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	store := users.NewStore(m)
	for _, name := range []string{"ann", "bob", "old", "gone"} {
		u := users.New(name)
		u.Login, u.Superuser = true, name == "ann"
		u.Password, _ = users.NewVerifier("pencil")
		switch name {
		case "bob":
			u.ConnLimit, u.Settings = 1, map[string]string{"workgroup": "w"}
		case "old":
			u.Password, _ = users.NewMD5Verifier(name, "pencil")
		case "gone":
			u.ValidUntil = time.Now().Add(-time.Hour)
		}
		if _, err := store.Create(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	list, err := rules.Parse(hba, "hba")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	c, _, err := certs.SelfSigned(dir, nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	clientCA(t, dir)
	c.ClientCA = filepath.Join(dir, "ca.crt")
	log := slog.New(slog.DiscardHandler)
	if conf.TLS, err = certs.New(c, log); err != nil {
		t.Fatal(err)
	}
	if conf.Auth, err = auth.New(auth.Config{Users: store, Rules: func() rules.Rules { return list }, TLS: true}); err != nil {
		t.Fatal(err)
	}
	_, addr = serveFake(t, &fakeEngine{}, conf)
	return addr, c.Cert
}

// clientCA makes an authority and the certificate of a client called ann.
func clientCA(t *testing.T, dir string) {
	t.Helper()
	make := func(name string, parent *x509.Certificate, by *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		c := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour),
			NotAfter: time.Now().Add(time.Hour), BasicConstraintsValid: true, IsCA: parent == nil}
		if parent == nil {
			parent, by = c, key
		}
		der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, by)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		for ext, b := range map[string]*pem.Block{".crt": {Type: "CERTIFICATE", Bytes: der}, ".key": {Type: "PRIVATE KEY", Bytes: raw}} {
			if err := os.WriteFile(filepath.Join(dir, name+ext), pem.EncodeToMemory(b), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		c, err = x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return c, key
	}
	ca, key := make("ca", nil, nil)
	make("ann", ca, key)
}

// logIn connects with pgx and gives the SQLSTATE, "" if it got in.
func logIn(t *testing.T, addr, user, password, rest string) string {
	t.Helper()
	host, port, _ := net.SplitHostPort(addr)
	c, err := pgconn.Connect(t.Context(), "host="+host+" port="+port+" user="+user+" password="+password+" dbname=d "+rest)
	var pe *pgconn.PgError
	switch {
	case errors.As(err, &pe):
		return pe.Code
	case err != nil:
		return err.Error()
	}
	t.Cleanup(func() { c.Close(context.Background()) })
	return ""
}

func TestLogIn(t *testing.T) {
	const hba = `
hostssl   all  ann  127.0.0.2/32  cert
host      all  old  all  md5
hostssl   all  bob  all  scram-sha-256
hostssl   all  ann  all  scram-sha-256
hostnossl all  gone all  scram-sha-256
hostssl   all  gone all  password
`
	addr, authority := authServer(t, hba, Config{})
	verified := "sslmode=verify-full sslrootcert=" + authority
	for _, c := range []struct{ user, password, rest, want string }{
		{"ann", "pencil", "sslmode=require channel_binding=require", ""},
		{"ann", "pencil", verified, ""},
		{"ann", "pencil", "sslmode=disable", "28000"},
		{"ann", "pen", "sslmode=require", "28P01"},
		{"old", "pencil", "sslmode=disable", ""},
		{"old", "pencil", "sslmode=require", ""},
		{"old", "pen", "sslmode=disable", "28P01"},
		{"bob", "pencil", "sslmode=require channel_binding=disable", ""},
		{"bob", "pencil", "sslmode=require", "53300"}, // the one before is still there
		{"gone", "pencil", "sslmode=disable", "28P01"},
		{"gone", "pencil", "sslmode=require", "28P01"},
		{"nobody", "pencil", "sslmode=require", "28000"},
	} {
		if got := logIn(t, addr, c.user, c.password, c.rest); got != c.want {
			t.Errorf("%s %s %s: %q, want %q", c.user, c.password, c.rest, got, c.want)
		}
	}
}

func TestClientCertificate(t *testing.T) {
	addr, authority := authServer(t, "hostssl all all all cert", Config{})
	dir := filepath.Dir(authority)
	with := "sslmode=require sslcert=" + filepath.Join(dir, "ann.crt") + " sslkey=" + filepath.Join(dir, "ann.key")
	other := "sslmode=require sslcert=" + authority + " sslkey=" + filepath.Join(dir, "server.key")
	for _, c := range []struct{ user, rest, want string }{
		{"ann", with, ""},
		{"bob", with, "28000"},
		{"ann", "sslmode=require", "28000"},
	} {
		if got := logIn(t, addr, c.user, "x", c.rest); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.user, c.rest, got, c.want)
		}
	}
	if got := logIn(t, addr, "ann", "x", other); got == "" {
		t.Error("a certificate of another authority gets in")
	}
}

// TestPsqlTLS runs the real client, with channel binding.
func TestPsqlTLS(t *testing.T) {
	psql, err := exec.LookPath("psql")
	if err != nil {
		t.Skip("psql is not installed")
	}
	addr, authority := authServer(t, "hostssl all all all scram-sha-256", Config{})
	_, port, _ := net.SplitHostPort(addr)
	for rest, want := range map[string]string{
		"sslmode=verify-full sslrootcert=" + authority + " channel_binding=require": "1\n",
		"sslmode=disable": `no pg_hba.conf entry for host "127.0.0.1", user "ann", database "d", no encryption`,
	} {
		cmd := exec.CommandContext(t.Context(), psql, "-XAtc", "select 1", "host=localhost hostaddr=127.0.0.1 user=ann dbname=d port="+port+" "+rest)
		cmd.Env = append(cmd.Environ(), "PGPASSWORD=pencil")
		if out, _ := cmd.CombinedOutput(); !strings.Contains(string(out), want) {
			t.Errorf("%s: %s", rest, out)
		}
	}
}

// TestDirectTLS is TLS without a request before it, as PostgreSQL 17's clients
// begin.
func TestDirectTLS(t *testing.T) {
	addr, _ := authServer(t, "hostssl all all all trust", Config{})
	begin := func(protocols ...string) *client {
		nc, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true, NextProtos: protocols})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { nc.Close() })
		nc.SetDeadline(time.Now().Add(10 * time.Second))
		c := &client{t, nc, pgproto3.NewFrontend(nc, nc)}
		return c
	}
	c := begin("postgresql")
	c.send(&pgproto3.StartupMessage{ProtocolVersion: pgproto3.ProtocolVersion30, Parameters: map[string]string{"user": "ann"}})
	c.check("Z(I)")
	if got := begin().until("Z"); got != "E(FATAL 08P01 0) EOF" {
		t.Errorf("without ALPN: %s", got)
	}
	if _, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}}); err == nil {
		t.Error("a client of another protocol is served")
	}
	if _, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 is served")
	}
	cancel := begin("postgresql")
	cancel.send(&pgproto3.CancelRequest{ProcessID: 99, SecretKey: []byte{1, 2, 3, 4}})
	if got := cancel.until("Z"); got != "EOF" {
		t.Errorf("cancel request: %s", got)
	}
}

// TestSilentConnections: those that say nothing keep nobody out, and are few.
func TestSilentConnections(t *testing.T) {
	e := &fakeEngine{}
	s, addr := serveFake(t, e, Config{MaxConnections: 20, MaxStrangers: 50})
	for range 1000 {
		dialRaw(t, addr)
	}
	for range 15 {
		ready(t, addr)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := s.slots.strangers.Len(); n > 50 || s.slots.in != 15 {
		t.Errorf("%d strangers, %d in", n, s.slots.in)
	}
}

func TestReservedConnections(t *testing.T) {
	addr, _ := authServer(t, "host all all all trust", Config{MaxConnections: 3, Reserved: 1})
	for _, c := range []struct{ user, want string }{{"old", ""}, {"gone", ""}, {"old", "53300"}, {"ann", ""}, {"ann", "53300"}} {
		if got := logIn(t, addr, c.user, "x", "sslmode=disable"); got != c.want {
			t.Errorf("%s: %q, want %q", c.user, got, c.want)
		}
	}
}

func TestIdleTimeouts(t *testing.T) {
	_, addr := serveFake(t, &fakeEngine{}, Config{})
	c := ready(t, addr, "idle_session_timeout", "40")
	if got := c.until("Z"); got != "E(FATAL 57P05 0) EOF" {
		t.Error(got)
	}
	c = ready(t, addr, "idle_in_transaction_session_timeout", "40ms", "statement_timeout", "120")
	c.send(query("block")) // is not idle
	if got := c.until("Z"); got != "E(ERROR 57014 0) Z(I)" {
		t.Error(got)
	}
	c.send(query("begin"))
	c.until("Z")
	if got := c.until("Z"); got != "E(FATAL 25P03 0) EOF" {
		t.Error(got)
	}
}

func TestLogInTimeout(t *testing.T) {
	addr, _ := authServer(t, "host all all all scram-sha-256", Config{StartupTimeout: 100 * time.Millisecond})
	if got := dialRaw(t, addr).until("Z"); got != "EOF" {
		t.Errorf("a silent client: %s", got)
	}
	if got := dial(t, addr).until("Z"); !strings.HasSuffix(got, "E(FATAL 57014 0) EOF") {
		t.Errorf("a client without an answer: %s", got)
	}
}

// TestIdleMemory prints what an idle connection costs, sockets of the kernel and
// the session of the engine left out.
func TestIdleMemory(t *testing.T) {
	_, addr := serveFake(t, &fakeEngine{}, Config{MaxConnections: 5000})
	n := 200
	if os.Getenv("GLAUX_LONG") != "" {
		n = 2000
	}
	used := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc + m.StackInuse
	}
	startup, _ := (&pgproto3.StartupMessage{ProtocolVersion: pgproto3.ProtocolVersion30, Parameters: map[string]string{"user": "u"}}).Encode(nil)
	ask, _ := query("rows 100").Encode(nil)
	before := used()
	buf := make([]byte, 64<<10)
	for range n {
		nc, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { nc.Close() })
		for _, m := range [][]byte{startup, ask} { // each answer ends with ReadyForQuery
			nc.Write(m)
			for end := ""; !strings.HasSuffix(end, "Z\x00\x00\x00\x05I"); {
				k, err := nc.Read(buf)
				if err != nil {
					t.Fatal(err)
				}
				end = string(buf[max(0, k-6):k])
			}
		}
	}
	per := int64(used()-before) / int64(n)
	t.Logf("%d idle connections: %d bytes each", n, per)
	if per > 32<<10 {
		t.Errorf("an idle connection takes %d bytes", per)
	}
}

// TestLogInTime prints how long a whole SCRAM log-in takes, the client's work
// included.
func TestLogInTime(t *testing.T) {
	addr, _ := authServer(t, "host all all all scram-sha-256", Config{})
	for _, mode := range []string{"sslmode=disable", "sslmode=require channel_binding=require"} {
		const n = 20
		start := time.Now()
		for range n {
			if got := logIn(t, addr, "ann", "pencil", mode); got != "" {
				t.Fatal(got)
			}
		}
		t.Logf("%s: %s each", mode, (time.Since(start) / n).Round(10*time.Microsecond))
	}
}
