package pg

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

func TestStartup(t *testing.T) {
	e := &fakeEngine{}
	_, addr := serveFake(t, e, Config{})
	for name, c := range map[string]struct {
		params []string
		want   string // the last message
		show   map[string]string
	}{
		"plain":           {nil, "Z(I)", map[string]string{"user": "u", "database": "d"}},
		"options":         {[]string{"options", `-c workgroup=w --statement-timeout=5s  -csearch_path=a\ b\\c`}, "Z(I)", map[string]string{"workgroup": "w", "statement_timeout": "5s", "search_path": `a b\c`}},
		"quoted encoding": {[]string{"client_encoding", "'utf-8'", "DateStyle", "ISO"}, "Z(I)", map[string]string{"client_encoding": "utf-8", "datestyle": "ISO"}},
		"bad option":      {[]string{"options", "-x"}, "E(FATAL 42601 0)", nil},
		"no value":        {[]string{"options", "-c a"}, "E(FATAL 42601 0)", nil},
		"no database":     {[]string{"database", "nosuch"}, "E(FATAL 3D000 0)", nil},
		"unknown setting": {[]string{"unknown_setting", "1"}, "E(FATAL 42704 0)", nil},
		"no user":         {[]string{"user", ""}, "E(FATAL 28000 0)", nil},
		"replication off": {[]string{"replication", "false"}, "Z(I)", nil},
		"replication":     {[]string{"replication", "database"}, "E(FATAL 0A000 0)", nil},
		"database = user": {[]string{"database", ""}, "Z(I)", map[string]string{"database": "u"}},
	} {
		dial(t, addr, c.params...).check(c.want)
		if c.want != "Z(I)" {
			continue
		}
		conn := ready(t, addr, c.params...)
		for k, v := range c.show {
			conn.send(query("show " + k))
			if got := conn.until("Z"); !strings.Contains(got, "D("+v+")") {
				t.Errorf("%s: show %s: %s", name, k, got)
			}
		}
	}
}

// check expects the startup to end like this.
func (c *client) check(want string) *client {
	c.t.Helper()
	kind := want[:1]
	if got := c.until(kind); !strings.HasSuffix(got, want) {
		c.t.Errorf("got %s, want %s", got, want)
	}
	return c
}

func TestStartupMessages(t *testing.T) {
	_, addr := serveFake(t, &fakeEngine{}, Config{StartupTimeout: 5 * time.Second})
	t.Run("encryption is refused, the connection goes on", func(t *testing.T) {
		c := dialRaw(t, addr)
		for _, m := range []pgproto3.FrontendMessage{&pgproto3.SSLRequest{}, &pgproto3.GSSEncRequest{}} {
			c.send(m)
			var b [1]byte
			if _, err := c.nc.Read(b[:]); err != nil || b[0] != 'N' {
				t.Fatalf("answer %q, %v", b, err)
			}
		}
		c.send(&pgproto3.StartupMessage{ProtocolVersion: pgproto3.ProtocolVersion30, Parameters: map[string]string{"user": "u"}})
		c.check("Z(I)")
	})
	t.Run("negotiation", func(t *testing.T) {
		c := dialRaw(t, addr)
		c.send(&pgproto3.StartupMessage{ProtocolVersion: pgproto3.ProtocolVersion32, Parameters: map[string]string{"user": "u", "_pq_.b": "1", "_pq_.a": "2"}})
		if got := c.until("Z"); !strings.HasPrefix(got, "v(196608 [_pq_.a _pq_.b]) R S(") {
			t.Error(got)
		}
	})
	// What PostgreSQL 15 answers to the same bytes: nothing, an error in the form of
	// old protocols, or one in the present form.
	old := "EFATAL:  unsupported frontend protocol 2.0: server supports 3.0 to 3.0\n\x00"
	for name, c := range map[string]struct{ send, want string }{
		"too short":      {"\x00\x00\x00\x04", ""},
		"too long":       {"\x00\x01\x00\x00\x00\x03\x00\x00", ""},
		"HTTP":           {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", ""},
		"a message":      {"X\x00\x00\x00\x04", ""},
		"cancel":         {"\x00\x00\x00\x10\x04\xd2\x16\x2e\x00\x00\x00\x01\x00\x00\x00\x01", ""},
		"old protocol":   {"\x00\x00\x00\x08\x00\x02\x00\x00", old},
		"no terminator":  {"\x00\x00\x00\x0c\x00\x03\x00\x00user", "08P01"},
		"name only":      {"\x00\x00\x00\x0e\x00\x03\x00\x00user\x00\x00", "08P01"},
		"unknown":        {"\x00\x00\x00\x09\x04\x00\x00\x00\x00", "0A000"},
		"SSL and more":   {"\x00\x00\x00\x08\x04\xd2\x16\x2f\x00\x00\x00\x09\x00\x03\x00\x00\x00", "received unencrypted data"},
		"TLS":            {"\x16\x03\x01\x00\xc8\x01\x00\x00\xc4", "\x15\x03\x01\x00\x02\x02\x28"},
		"no replication": {"\x00\x00\x00\x22\x00\x03\x00\x00user\x00u\x00replication\x00maybe\x00\x00", "22023"},
	} {
		t.Run(name, func(t *testing.T) {
			conn := dialRaw(t, addr)
			if _, err := conn.nc.Write([]byte(c.send)); err != nil {
				t.Fatal(err)
			}
			conn.nc.(*net.TCPConn).CloseWrite()
			got, err := io.ReadAll(conn.nc)
			if err != nil || !strings.Contains(string(got), c.want) || c.want == "" && len(got) > 0 {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
	t.Run("encryption is asked for twice", func(t *testing.T) {
		c := dialRaw(t, addr)
		c.send(&pgproto3.SSLRequest{})
		var b [1]byte
		if _, err := io.ReadFull(c.nc, b[:]); err != nil {
			t.Fatal(err)
		}
		c.send(&pgproto3.SSLRequest{})
		if got := c.until("Z"); got != "E(FATAL 0A000 0) EOF" {
			t.Error(got)
		}
	})
}

func TestBrokenMessages(t *testing.T) {
	_, addr := serveFake(t, &fakeEngine{}, Config{})
	long := binary.BigEndian.AppendUint32([]byte{'Q'}, 1<<31-1)
	for name, b := range map[string][]byte{
		"unknown type":      {'?', 0, 0, 0, 4},
		"negative length":   {'S', 0xff, 0xff, 0xff, 0xff},
		"too long":          long,
		"long sync":         {'S', 0, 1, 0, 0},
		"length below four": {'S', 0, 0, 0, 3},
		"password":          {'p', 0, 0, 0, 5, 0},
	} {
		t.Run(name, func(t *testing.T) {
			c := ready(t, addr)
			if _, err := c.nc.Write(b); err != nil {
				t.Fatal(err)
			}
			if got := c.until("Z"); got != "E(FATAL 08P01 0) EOF" {
				t.Error(got)
			}
		})
	}
	for name, b := range map[string][]byte{
		"truncated bind":      {'B', 0, 0, 0, 6, 0, 0},
		"parse without end":   {'P', 0, 0, 0, 5, 'x'},
		"describe empty":      {'D', 0, 0, 0, 4},
		"empty query body":    {'Q', 0, 0, 0, 4},
		"bind, absurd counts": {'B', 0, 0, 0, 10, 0, 0, 0, 0, 0xff, 0xff},
	} {
		t.Run(name, func(t *testing.T) {
			c := ready(t, addr)
			if _, err := c.nc.Write(append(b, 'S', 0, 0, 0, 4)); err != nil {
				t.Fatal(err)
			}
			if got := c.until("Z"); got != "E(ERROR 08P01 0) Z(I)" {
				t.Error(got)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	e := &fakeEngine{}
	_, addr := serveFake(t, e, Config{})
	conn, err := pgconn.Connect(t.Context(), "postgres://u@"+addr+"/d?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, sql := range []string{"block", "trickle"} {
		mr := conn.Exec(context.Background(), sql)
		eventually(t, sql+" runs", func() bool { return e.running.Load() == 1 })
		if err := conn.CancelRequest(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err = mr.ReadAll()
		var pe *pgconn.PgError
		if !errors.As(err, &pe) || pe.Code != "57014" || pe.Message != "canceling statement due to user request" {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if _, err := conn.Exec(t.Context(), "select 1").ReadAll(); err != nil {
		t.Errorf("after a cancel: %v", err)
	}
	// A wrong key, and one for nobody, change nothing.
	for _, m := range []*pgproto3.CancelRequest{{ProcessID: conn.PID(), SecretKey: []byte{1, 2, 3, 4}}, {ProcessID: 99, SecretKey: []byte{0, 0, 0, 0}}} {
		c := dialRaw(t, addr)
		c.send(m)
		if got := c.until("Z"); got != "EOF" {
			t.Errorf("answer to a cancel request: %s", got)
		}
	}
	if _, err := conn.Exec(t.Context(), "select 1").ReadAll(); err != nil {
		t.Error(err)
	}
}

func TestStatementTimeout(t *testing.T) {
	_, addr := serveFake(t, &fakeEngine{}, Config{})
	c := ready(t, addr, "statement_timeout", "30")
	c.send(query("block"))
	if got := c.until("Z"); got != "E(ERROR 57014 0) Z(I)" {
		t.Error(got)
	}
	c.send(parseMsg("", "trickle"), bindMsg("", ""), executeMsg("", 0), syncMsg)
	if got := c.until("Z"); got != "1 2 D(7) E(ERROR 57014 0) Z(I)" {
		t.Error(got)
	}
	c.send(query("select 1"))
	if got := c.until("Z"); got != "T(a:20:0) D(1) C(SELECT 1) Z(I)" {
		t.Error(got)
	}
}

// TestFirstRows: rows do not wait for those that are still being made.
func TestFirstRows(t *testing.T) {
	_, addr := serveFake(t, &fakeEngine{}, Config{})
	c := ready(t, addr)
	c.send(query("trickle"))
	if got := c.until("D"); got != "T(a:20:0) D(7)" {
		t.Error(got)
	}
}

// TestVanish: a client that goes away ends its query, whether the query waits
// for data or for the client.
func TestVanish(t *testing.T) {
	e := &fakeEngine{}
	_, addr := serveFake(t, e, Config{})
	for _, sql := range []string{"block", "trickle", "rows 100000000"} {
		c := ready(t, addr)
		c.send(query(sql))
		eventually(t, sql+" runs", func() bool { return e.running.Load() == 1 })
		c.nc.Close()
		eventually(t, sql+" ends", func() bool { return e.running.Load() == 0 && e.open.Load() == 0 })
	}
}

// TestSlowReader: the server makes no more rows than the client takes, and
// holds no more memory than before.
func TestSlowReader(t *testing.T) {
	e := &fakeEngine{}
	_, addr := serveFake(t, e, Config{})
	c := ready(t, addr)
	c.nc.(*net.TCPConn).SetReadBuffer(64 << 10)
	const all = 3_000_000
	c.send(query(fmt.Sprintf("rows %d", all)))
	last := int64(-1)
	eventually(t, "the server waits", func() bool {
		n := e.pulled.Load()
		time.Sleep(50 * time.Millisecond)
		still := n > 0 && n == last
		last = n
		return still
	})
	if last >= all {
		t.Fatalf("the server has made all %d rows, nobody has read one", last)
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	if m.HeapInuse > 64<<20 {
		t.Errorf("%d MB in use", m.HeapInuse>>20)
	}
	c.nc.SetDeadline(time.Now().Add(time.Minute))
	rows := 0
	for {
		msg, err := c.f.Receive()
		if err != nil {
			t.Fatal(err)
		}
		switch msg := msg.(type) {
		case *pgproto3.DataRow:
			rows++
		case *pgproto3.CommandComplete:
			if want := fmt.Sprintf("SELECT %d", all); string(msg.CommandTag) != want || rows != all {
				t.Errorf("%s, %d rows", msg.CommandTag, rows)
			}
			return
		}
	}
}

func TestTooManyConnections(t *testing.T) {
	e := &fakeEngine{}
	_, addr := serveFake(t, e, Config{MaxConnections: 2})
	a := ready(t, addr)
	ready(t, addr)
	dial(t, addr).check("E(FATAL 53300 0)")
	a.send(&pgproto3.Terminate{})
	a.until("Z")
	eventually(t, "a place is free", func() bool { return e.open.Load() == 1 })
	eventually(t, "another connects", func() bool { return strings.HasSuffix(dial(t, addr).until("Z"), "Z(I)") })
}

func TestShutdown(t *testing.T) {
	t.Run("idle and startup", func(t *testing.T) {
		e := &fakeEngine{}
		s, addr := serveFake(t, e, Config{})
		c := ready(t, addr)
		silent := dialRaw(t, addr)
		if err := s.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := c.until("Z"); got != "E(FATAL 57P01 0) EOF" {
			t.Error(got)
		}
		if got := silent.until("Z"); got != "EOF" {
			t.Error(got)
		}
		if _, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
			t.Error("the server still listens")
		}
	})
	t.Run("running", func(t *testing.T) {
		e := &fakeEngine{}
		s, addr := serveFake(t, e, Config{})
		c := ready(t, addr)
		c.send(query("block"))
		slow := ready(t, addr)
		slow.send(query("rows 100000000"))
		eventually(t, "they run", func() bool { return e.running.Load() == 2 })
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := s.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("shutdown: %v", err)
		}
		if got := c.until("Z"); !strings.HasPrefix(got, "E(ERROR 57P01 0) Z(I) E(FATAL 57P01 0)") && !strings.HasPrefix(got, "E(ERROR 57P01 0) Z(I)") {
			t.Error(got)
		}
		if n := e.running.Load(); n != 0 {
			t.Errorf("%d still run", n)
		}
	})
	t.Run("finishes what runs", func(t *testing.T) {
		e := &fakeEngine{}
		s, addr := serveFake(t, e, Config{})
		c := ready(t, addr, "statement_timeout", "100ms")
		c.send(query("block"))
		eventually(t, "it runs", func() bool { return e.running.Load() == 1 })
		if err := s.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if got := c.until("E(F"); got != "E(ERROR 57014 0) Z(I) E(FATAL 57P01 0)" {
			t.Error(got)
		}
	})
}

func TestPanic(t *testing.T) {
	_, addr := serveFake(t, &fakeEngine{}, Config{})
	c := ready(t, addr)
	c.send(query("panic"))
	if got := c.until("Z"); got != "E(ERROR XX000 0) Z(I)" {
		t.Error(got)
	}
	c.send(parseMsg("", "panic"), bindMsg("", ""), executeMsg("", 0), syncMsg, query("select 1"))
	if got := c.until("Z") + " " + c.until("Z"); got != "1 2 E(ERROR XX000 0) Z(I) T(a:20:0) D(1) C(SELECT 1) Z(I)" {
		t.Error(got)
	}
}

// farConn looks like a connection from another machine.
type farConn struct{ net.Conn }

func (farConn) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 1} }

type farListener struct{ net.Listener }

func (l farListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return farConn{c}, nil
}

func TestOnlyLoopbackIsTrusted(t *testing.T) {
	s, _ := serveFake(t, &fakeEngine{}, Config{})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(farListener{ln}) }()
	dial(t, ln.Addr().String()).check("E(FATAL 28000 0)")
	if err := s.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestPgx runs the usual Go client in each of its modes.
func TestPgx(t *testing.T) {
	_, addr := serveFake(t, &fakeEngine{}, Config{})
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe,
		pgx.QueryExecModeDescribeExec, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol} {
		t.Run(mode.String(), func(t *testing.T) {
			conf, err := pgx.ParseConfig("postgres://u@" + addr + "/d?sslmode=prefer")
			if err != nil {
				t.Fatal(err)
			}
			conf.DefaultQueryExecMode = mode
			conn, err := pgx.ConnectConfig(t.Context(), conf)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close(context.Background())
			for range 2 {
				rows, err := conn.Query(t.Context(), "rows 10000")
				if err != nil {
					t.Fatal(err)
				}
				n := int64(0)
				for rows.Next() {
					var i int64
					var s string
					if err := rows.Scan(&i, &s); err != nil || i != n || s != fmt.Sprint("row ", n) {
						t.Fatalf("row %d: %d %q %v", n, i, s, err)
					}
					n++
				}
				if rows.Err() != nil || n != 10000 {
					t.Fatalf("%d rows, %v", n, rows.Err())
				}
			}
			_, err = conn.Exec(t.Context(), "fail")
			var pe *pgconn.PgError
			if !errors.As(err, &pe) || pe.Code != "22012" || pe.Position != 3 || pe.Detail != "by 0" {
				t.Errorf("error %v", err)
			}
		})
	}
}

func BenchmarkSelectOne(b *testing.B) {
	e := &fakeEngine{}
	s, err := New(Config{open: e.opener})
	if err != nil {
		b.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go s.Serve(ln)
	defer s.Shutdown(context.Background())
	conn, err := pgconn.Connect(context.Background(), "postgres://u@"+ln.Addr().String()+"/d?sslmode=disable")
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(context.Background())
	for b.Loop() {
		if _, err := conn.Exec(context.Background(), "select 1").ReadAll(); err != nil {
			b.Fatal(err)
		}
	}
}
