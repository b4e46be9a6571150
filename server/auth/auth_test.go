package auth

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/users"
	"github.com/glauxdb/glaux/server/auth/rules"
)

// testUsers are those of these tests; the password of each is "pencil".
func testUsers(t *testing.T, list ...*users.User) *users.Store {
	t.Helper()
	m, err := meta.Open(t.Context(), meta.Memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	s := users.NewStore(m)
	for _, u := range list {
		if _, err := s.Create(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func user(name string, change ...func(*users.User)) *users.User {
	u := users.New(name)
	u.Login = true
	u.Password, _ = users.NewVerifier("pencil")
	for _, f := range change {
		f(u)
	}
	return u
}

// script answers the server's questions. Each step gets the last message and gives
// the body of the answer; after the last one the client leaves.
type script struct {
	steps []func(last []byte) []byte
	asked []string // what kind of question
	told  int
	kind  byte
}

var errLeft = errors.New("the client has left")

func (s *script) Tell(pgproto3.BackendMessage) { s.told++ }

func (s *script) Ask(m pgproto3.BackendMessage, limit int) (byte, []byte, error) {
	var last []byte
	switch m := m.(type) {
	case *pgproto3.AuthenticationSASL:
		s.asked = append(s.asked, strings.Join(m.AuthMechanisms, " "))
	case *pgproto3.AuthenticationSASLContinue:
		s.asked, last = append(s.asked, "continue"), m.Data
	case *pgproto3.AuthenticationCleartextPassword:
		s.asked = append(s.asked, "password")
	case *pgproto3.AuthenticationMD5Password:
		s.asked, last = append(s.asked, "md5"), m.Salt[:]
	}
	if len(s.steps) == 0 {
		return 0, nil, errLeft
	}
	b := s.steps[0](last)
	s.steps = s.steps[1:]
	if s.kind != 0 {
		return s.kind, b, nil
	}
	return 'p', b, nil
}

func say(b string) func([]byte) []byte { return func([]byte) []byte { return []byte(b) } }

// initial is a SASLInitialResponse.
func initial(mechanism, msg string) func([]byte) []byte {
	return say(mechanism + "\x00" + string(binary.BigEndian.AppendUint32(nil, uint32(len(msg)))) + msg)
}

// final is a client-final-message for the nonce that the server has sent.
func final(format string) func([]byte) []byte {
	return func(last []byte) []byte {
		nonce, _, _ := strings.Cut(strings.TrimPrefix(string(last), "r="), ",")
		return []byte(strings.ReplaceAll(format, "NONCE", nonce))
	}
}

// newPolicy has one rule for everybody, unless line is empty.
func newPolicy(t *testing.T, d Directory, line string) (*Policy, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	c := Config{Users: d, Logger: slog.New(slog.NewTextHandler(&out, nil))}
	if line != "" {
		r, err := rules.Parse(line, "hba")
		if err != nil {
			t.Fatal(err)
		}
		c.Rules = func() rules.Rules { return r }
	}
	p, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return p, &out
}

func tcp(addr string) net.Addr { return &net.TCPAddr{IP: net.ParseIP(addr), Port: 50000} }

func told(err error) string {
	var e *fault.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	return string(e.Code) + " " + e.Message + " " + e.Detail
}

// TestBrokenSASL: what PostgreSQL 15 says to the same messages.
func TestBrokenSASL(t *testing.T) {
	p, _ := newPolicy(t, testUsers(t, user("postgres")), "host all all all scram-sha-256")
	proof := strings.Repeat("A", 43) + "="
	first := initial(mechanism, "n,,n=,r=abc")
	wrong := `28P01 password authentication failed for user "postgres" `
	for name, c := range map[string]struct {
		steps []func([]byte) []byte
		want  string
	}{
		"unknown mechanism": {steps(initial("FOO", "n,,n=,r=abc")), "08P01 client selected an invalid SASL authentication mechanism "},
		"plus without TLS":  {steps(initial(mechanismPlus, "p=tls-server-end-point,,n=,r=abc")), "08P01 client selected an invalid SASL authentication mechanism "},
		"empty":             {steps(initial(mechanism, "")), "08P01 malformed SCRAM message The message is empty."},
		"none yet":          {steps(say(mechanism + "\x00\xff\xff\xff\xff")), errLeft.Error()},
		"none, then one":    {steps(say(mechanism+"\x00\xff\xff\xff\xff"), say("n,,n=,r=abc"), final("c=biws,r=NONCE,p="+proof)), wrong},
		"garbage":           {steps(initial(mechanism, "garbage")), `08P01 malformed SCRAM message Unexpected channel-binding flag "'g'".`},
		"binding":           {steps(initial(mechanism, "p=tls-server-end-point,,n=,r=abc")), "08P01 malformed SCRAM message The client selected SCRAM-SHA-256 without channel binding, but the SCRAM message includes channel binding data."},
		"authzid":           {steps(initial(mechanism, "n,a=bob,n=,r=abc")), "0A000 client uses authorization identity, but it is not supported "},
		"m":                 {steps(initial(mechanism, "n,,m=x,n=,r=abc")), "0A000 client requires an unsupported SCRAM extension "},
		"no nonce":          {steps(initial(mechanism, "n,,n=")), `08P01 malformed SCRAM message Expected attribute "r" but found "0x00".`},
		"bad nonce":         {steps(initial(mechanism, "n,,n=,r=a\x01bc")), "08P01 non-printable characters in SCRAM nonce "},
		"empty nonce":       {steps(initial(mechanism, "n,,n=,r=")), errLeft.Error()},
		"extension":         {steps(initial(mechanism, "n,,n=,r=abc,x=1")), errLeft.Error()},
		"y":                 {steps(initial(mechanism, "y,,n=,r=abc")), errLeft.Error()},
		"unknown flag":      {steps(initial(mechanism, "x,,n=,r=abc")), `08P01 malformed SCRAM message Unexpected channel-binding flag "'x'".`},
		"zero byte":         {steps(initial(mechanism, "n,,n=,r=abc\x00")), "08P01 malformed SCRAM message Message length does not match input length."},
		"more than it says": {steps(say(mechanism + "\x00\x00\x00\x00\x05n,,n=,r=abc")), "08P01 invalid message format "},
		"less than it says": {steps(say(mechanism + "\x00\x00\x00\x00\x7fn,,n=,r=abc")), "08P01 insufficient data left in message "},
		"no mechanism":      {steps(say("")), "08P01 invalid string in message "},
		"final binding":     {steps(first, final("c=xxxx,r=NONCE,p="+proof)), "08P01 unexpected SCRAM channel-binding attribute in client-final-message "},
		"final nonce":       {steps(first, final("c=biws,r=NONCEx,p="+proof)), "08P01 invalid SCRAM response Nonce does not match."},
		"short proof":       {steps(first, final("c=biws,r=NONCE,p=AAAA")), "08P01 malformed SCRAM message Malformed proof in client-final-message."},
		"long proof":        {steps(first, final("c=biws,r=NONCE,p="+proof+"xx")), "08P01 malformed SCRAM message Malformed proof in client-final-message."},
		"wrong proof":       {steps(first, final("c=biws,r=NONCE,p="+proof)), wrong},
		"empty final":       {steps(first, say("")), "08P01 malformed SCRAM message The message is empty."},
		"no proof":          {steps(first, final("c=biws,r=NONCE")), "08P01 malformed SCRAM message Attribute expected, but found end of string."},
		"final extension":   {steps(first, final("c=biws,r=NONCE,x=1,p="+proof)), wrong},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // delays of failures take no time
				s := &script{steps: c.steps}
				_, err := p.Authenticate(context.Background(), Request{User: "postgres", Remote: tcp("10.0.0.1"), Channel: s})
				if got := told(err); got != c.want {
					t.Errorf("got  %s\nwant %s", got, c.want)
				}
			})
		})
	}
	s := &script{steps: steps(say("\x00")), kind: 'Q'}
	if _, err := p.Authenticate(t.Context(), Request{User: "postgres", Remote: tcp("10.0.0.2"), Channel: s}); told(err) != "08P01 expected SASL response, got message type 81 " {
		t.Error(err)
	}
}

func steps(s ...func([]byte) []byte) []func([]byte) []byte { return s }

// TestStrangersLearnNothing: whoever is named, the questions and the answer are the
// same; the salt of one name stays; the log knows more, but no password.
func TestStrangersLearnNothing(t *testing.T) {
	list := []*users.User{user("real"), user("expired", func(u *users.User) { u.ValidUntil = time.Now().Add(-time.Hour) }),
		user("empty", func(u *users.User) { u.Password = "" }), user("group", func(u *users.User) { u.Login = false }),
		user("old", func(u *users.User) { u.Password, _ = users.NewMD5Verifier("old", "pencil") })}
	for _, method := range []string{"scram-sha-256", "password", "md5"} {
		p, out := newPolicy(t, testUsers(t, list...), "host all all all "+method+map[bool]string{true: " insecure=1"}[method == "password"])
		var asked, salts []string
		for _, name := range []string{"real", "expired", "empty", "group", "old", "missing", "missing"} {
			if method == "md5" && name == "old" {
				continue // is asked for md5: what it needs cannot be hidden
			}
			var salt string
			last := say("S3cretWord\x00")
			if method != "password" {
				last = func(m []byte) []byte {
					_, salt, _ = strings.Cut(string(m), ",")
					return final("c=biws,r=NONCE,p=" + strings.Repeat("A", 43) + "=")(m)
				}
			}
			s := &script{steps: steps(last)}
			if method != "password" {
				s.steps = steps(initial(mechanism, "n,,n=,r=abc"), last)
			}
			_, err := p.Authenticate(t.Context(), Request{User: name, Remote: tcp("10.0.0.1"), Channel: s})
			if want := `28P01 password authentication failed for user "` + name + `" `; told(err) != want {
				t.Errorf("%s, %s: %s", method, name, told(err))
			}
			asked, salts = append(asked, strings.Join(s.asked, ",")), append(salts, salt)
		}
		for i := range asked {
			if asked[i] != asked[0] || len(salts[i]) != len(salts[0]) {
				t.Errorf("%s: the questions differ: %q %q", method, asked, salts)
			}
		}
		if n := len(salts); salts[n-1] != salts[n-2] {
			t.Errorf("%s: the salt of a missing user changes", method)
		}
		if strings.Contains(out.String(), "S3cretWord") || !strings.Contains(out.String(), "there is no such user") || !strings.Contains(out.String(), "has expired") {
			t.Errorf("%s: log: %s", method, out)
		}
	}
}

// TestRefusals: what keeps a client out before or after its password.
func TestRefusals(t *testing.T) {
	store := testUsers(t, user("ann"), user("group", func(u *users.User) { u.Login = false }))
	md5User := user("old", func(u *users.User) { u.Password, _ = users.NewMD5Verifier("old", "pencil") })
	for _, c := range []struct{ line, user, addr, want string }{
		{"host all bob all trust", "ann", "10.0.0.1", `28000 no pg_hba.conf entry for host "10.0.0.1", user "ann", database "d", no encryption `},
		{"host all all all reject", "ann", "::1", `28000 pg_hba.conf rejects connection for host "::1", user "ann", database "d", no encryption `},
		{"host all all all trust", "nobody", "10.0.0.1", `28000 role "nobody" does not exist `},
		{"host all all all trust", "group", "10.0.0.1", `28000 role "group" is not permitted to log in `},
		{"host all all all password", "ann", "10.0.0.1", "28000 the rule for this connection asks for a password in clear text, which is not sent without encryption "},
		{"hostssl all all all cert", "ann", "10.0.0.1", `28000 no pg_hba.conf entry for host "10.0.0.1", user "ann", database "d", no encryption `},
		{"", "ann", "10.0.0.1", errLeft.Error()}, // asked for a password
		{"host all all all trust", "ann", "10.0.0.1", ""},
	} {
		p, _ := newPolicy(t, store, c.line)
		_, err := p.Authenticate(t.Context(), Request{User: c.user, Database: "d", Remote: tcp(c.addr), Channel: &script{}})
		if c.want == "" && err == nil {
			continue
		}
		if err == nil || told(err) != c.want {
			t.Errorf("%s, %s: %v", c.line, c.user, err)
		}
	}
	t.Run("the right password", func(t *testing.T) {
		p, _ := newPolicy(t, testUsers(t, user("ann"), md5User), "host all all all password")
		for _, name := range []string{"ann", "old"} {
			id, err := p.Authenticate(t.Context(), Request{User: name, Remote: tcp("127.0.0.1"), Channel: &script{steps: steps(say("pencil\x00"))}})
			if err != nil || id.Name != name || id.Superuser {
				t.Error(id, err)
			}
		}
		for answer, want := range map[string]string{"\x00": "28P01 empty password returned by client ", "": "08P01 invalid password packet size ", "a\x00b\x00": "08P01 invalid password packet size "} {
			_, err := p.Authenticate(t.Context(), Request{User: "ann", Remote: tcp("127.0.0.1"), Channel: &script{steps: steps(say(answer))}})
			if told(err) != want {
				t.Errorf("%q: %v", answer, err)
			}
		}
	})
}

// TestDefaults: without rules, what counts depends on whether a user has a password.
func TestDefaults(t *testing.T) {
	for _, c := range []struct {
		name            string
		users           []*users.User
		demo, tls       bool // of the server
		addr            string
		encrypted       bool
		want, wantHints string
	}{
		{"no users, this machine", nil, false, false, "127.0.0.1", false, "superuser", ""},
		{"no users, elsewhere", nil, false, true, "10.0.0.1", true, "refused", "glaux user create"},
		{"no passwords", []*users.User{user("group", func(u *users.User) { u.Password = "" })}, false, false, "::1", false, "superuser", ""},
		{"passwords, this machine", []*users.User{user("ann")}, false, true, "127.0.0.1", false, "asked", ""},
		{"passwords, elsewhere", []*users.User{user("ann")}, false, false, "10.0.0.1", false, "asked", ""},
		{"passwords, TLS offered and taken", []*users.User{user("ann")}, false, true, "10.0.0.1", true, "asked", ""},
		{"passwords, TLS offered, not taken", []*users.User{user("ann")}, false, true, "10.0.0.1", false, "refused", "sslmode=require"},
		{"demo", []*users.User{user("ann")}, true, false, "127.0.0.1", false, "superuser", ""},
		{"demo, elsewhere", nil, true, false, "10.0.0.1", false, "refused", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := New(Config{Users: testUsers(t, c.users...), Demo: c.demo, TLS: c.tls})
			if err != nil {
				t.Fatal(err)
			}
			r := Request{User: "somebody", Remote: tcp(c.addr), Channel: &script{}}
			if c.encrypted {
				r.TLS = &TLS{}
			}
			id, err := p.Authenticate(t.Context(), r)
			got := "refused"
			switch {
			case errors.Is(err, errLeft):
				got = "asked"
			case err == nil && id.Superuser && id.User == nil:
				got = "superuser"
			}
			if got != c.want || c.wantHints != "" && !strings.Contains(fault.As(err).Hint, c.wantHints) {
				t.Errorf("%s, %v, want %s", got, err, c.want)
			}
		})
	}
}

// TestGuessing: failures slow down, then stop the guesses of one user from one
// address, and of nobody else.
func TestGuessing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(time.Now)
		p, _ := newPolicy(t, directory{}, "host all all all password insecure=1")
		p.limiter = l
		try := func(name, addr string) string {
			_, err := p.Authenticate(context.Background(), Request{User: name, Remote: tcp(addr), Channel: &script{steps: steps(say("guess\x00"))}})
			return told(err)[:5]
		}
		var total time.Duration
		for i := range maxFailures {
			start := time.Now()
			if got := try("ann", "10.0.0.1"); got != "28P01" {
				t.Errorf("guess %d: %s", i+1, got)
			}
			took := time.Since(start)
			total += took
			if i < freeFailures && took != 0 || i == maxFailures-2 && took != longestDelay {
				t.Errorf("guess %d took %s", i+1, took)
			}
		}
		start := time.Now()
		if got := try("ann", "10.0.0.1"); got != "28000" || time.Since(start) != 0 {
			t.Errorf("after %d guesses and %s: %s", maxFailures, total, got)
		}
		for _, other := range [][2]string{{"ann", "10.0.0.2"}, {"bob", "10.0.0.1"}} {
			if got := try(other[0], other[1]); got != "28P01" {
				t.Errorf("%s: %s", other, got)
			}
		}
		time.Sleep(refusal)
		if got := try("ann", "10.0.0.1"); got != "28P01" {
			t.Errorf("later: %s", got)
		}
		l.succeeded(addrOf(tcp("10.0.0.1")), "ann")
		for range freeFailures {
			if d := l.failed(addrOf(tcp("10.0.0.1")), "ann"); d != 0 {
				t.Errorf("after a good password failures cost %s", d)
			}
		}
	})
}

type directory struct{}

func (directory) Roles(context.Context) (*users.Roles, error) { return &users.Roles{}, nil }

// TestLimiterMemory: the limiter does not grow with the number of guesses.
func TestLimiterMemory(t *testing.T) {
	now := time.Now()
	l := newLimiter(func() time.Time { return now })
	a := addrOf(tcp("10.0.0.1"))
	for i := range 3 * maxEntries {
		l.failed(a, strings.Repeat("x", 100)+string(rune('a'+i%7))+time.Duration(i).String())
		l.failed(addrOf(&net.TCPAddr{IP: net.IPv4(10, byte(i>>16), byte(i>>8), byte(i))}), "ann")
	}
	if len(l.entries) > maxEntries || l.order.Len() != len(l.entries) {
		t.Errorf("%d entries, %d in order", len(l.entries), l.order.Len())
	}
	if l.refused(a, "anybody") <= 0 {
		t.Error("an address that tried everybody is not refused")
	}
	now = now.Add(time.Hour)
	l.failed(a, "ann")
	if len(l.entries) != 2 {
		t.Errorf("%d old entries are kept", len(l.entries)-2)
	}
	// One client has 64 bits of IPv6 to itself.
	for i := range maxFailures {
		l.failed(addrOf(&net.TCPAddr{IP: net.ParseIP("2001:db8::" + string(rune('a'+i%6)))}), "eve")
	}
	if l.refused(addrOf(tcp("2001:db8::ffff")), "eve") <= 0 || l.refused(addrOf(tcp("2001:db8:0:1::1")), "eve") > 0 {
		t.Error("an IPv6 network is not one client")
	}
}

func TestSecret(t *testing.T) {
	path := t.TempDir() + "/secret"
	one, err := LoadSecret(path)
	if err != nil {
		t.Fatal(err)
	}
	two, err := LoadSecret(path)
	if err != nil || !bytes.Equal(one, two) || len(one) != secretBytes {
		t.Error("the secret is not kept", err)
	}
}

// FuzzSASL: no message of a client breaks the exchange or gets in.
func FuzzSASL(f *testing.F) {
	f.Add([]byte(mechanism+"\x00\x00\x00\x00\x0bn,,n=,r=abc"), "c=biws,r=NONCE,p="+strings.Repeat("A", 43)+"=", false)
	f.Add([]byte(mechanismPlus+"\x00\x00\x00\x00\x20p=tls-server-end-point,,n=,r=abc"), "c=cD10bHMtc2VydmVyLWVuZC1wb2ludCws,r=NONCE,p=AAAA", true)
	v, _ := users.NewVerifier("pencil")
	known, _ := users.ParseVerifier(v)
	f.Fuzz(func(t *testing.T, first []byte, last string, tls bool) {
		a := &attempt{Policy: &Policy{mock: newMock(nil)}, Request: Request{User: "u", Channel: &script{steps: steps(say(string(first)), final(last))}}}
		if tls {
			a.TLS = &TLS{EndPoint: []byte("end point")}
		}
		if reason, err := a.scram(known, ""); err == nil && reason == "" {
			t.Fatal("somebody came in without the password")
		}
	})
}

// TestSharedSecret makes the secret of many servers at the same moment: all get the
// same.
func TestSharedSecret(t *testing.T) {
	store, err := meta.Open(t.Context(), meta.Memory)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	secrets := make([]string, 8)
	var wg sync.WaitGroup
	for i := range secrets {
		wg.Go(func() {
			b, err := SharedSecret(t.Context(), store)
			if err != nil {
				t.Error(err)
			}
			secrets[i] = string(b)
		})
	}
	wg.Wait()
	for _, s := range secrets {
		if s != secrets[0] || len(s) != secretBytes {
			t.Errorf("%x and %x", s, secrets[0])
		}
	}
}
