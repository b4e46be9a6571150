package pg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/parse"
	"github.com/glauxdb/glaux/planner/plan"
)

// fakeEngine answers a few statements, so that the protocol is tested without
// an engine:
//
//	select 1                    one bigint
//	rows N                      N rows: n bigint, s varchar
//	echo T                      its parameter, of type T
//	block                       nothing, until it is canceled
//	trickle                     one row, then nothing until it is canceled
//	fail                        22012 at character 3
//	panic                       a bug
//	set X = V, show X, begin, commit, rollback
//	anything else               42601
type fakeEngine struct {
	values  map[string][]types.Value // more statements: one row
	open    atomic.Int64             // sessions
	running atomic.Int64             // results not closed
	pulled  atomic.Int64             // rows that were asked for
}

func (e *fakeEngine) opener(o sessionOptions) (session, error) {
	if o.database == "nosuch" {
		return nil, fault.New(fault.CodeInvalidCatalogName, "database %q does not exist", o.database)
	}
	if _, ok := o.settings["unknown_setting"]; ok {
		return nil, fault.New(fault.CodeUndefinedObject, "unrecognized configuration parameter \"unknown_setting\"")
	}
	e.open.Add(1)
	s := &fakeSession{e: e, tx: 'I', set: map[string]string{"timezone": "UTC", "server_version": "15.0", "user": o.user,
		"database": o.database, "client_encoding": "UTF8"}}
	for k, v := range o.settings {
		s.set[k] = v
	}
	return s, nil
}

type fakeSession struct {
	e       *fakeEngine
	tx      byte
	set     map[string]string
	news    []setting
	cursors map[string]*fakeCursor
}

func (s *fakeSession) close() {
	for name := range s.cursors {
		s.closeCursor(name)
	}
	s.e.open.Add(-1)
}

func (s *fakeSession) split(sql string) ([]piece, error) {
	list, err := parse.Split(sql)
	if err != nil {
		return nil, err
	}
	var out []piece
	for _, p := range list {
		out = append(out, piece{p.SQL, p.Pos})
	}
	return out, nil
}

func (s *fakeSession) prepare(ctx context.Context, sql string, params []types.Type) (*statement, error) {
	word, rest, _ := strings.Cut(sql, " ")
	st := &statement{handle: strings.Fields(sql), ends: word == "commit" || word == "rollback"}
	if s.tx == 'E' && word != "rollback" && word != "commit" {
		return nil, fault.New(fault.CodeFailedTransaction, "current transaction is aborted")
	}
	if row, ok := s.e.values[sql]; ok {
		st.columns = []exec.Column{}
		for i, v := range row {
			st.columns = append(st.columns, exec.Column{Name: "c" + strconv.Itoa(i+1), Type: v.Type})
		}
		return st, nil
	}
	if strings.EqualFold(word, "copy") { // copy (STATEMENT) to stdout (options)
		list, err := parse.Parse(sql)
		if err != nil {
			return nil, err
		}
		cp := list[0].(*ast.Copy)
		inner, err := s.prepare(ctx, ast.Text(cp.Query), nil)
		if err != nil {
			return nil, err
		}
		var given []plan.CopyOption
		for _, o := range cp.Options {
			given = append(given, plan.CopyOption{Name: o.Key, Value: o.Value})
		}
		inner.copy, err = plan.NewCopyOptions(given, false)
		return inner, err
	}
	switch word {
	case "select", "trickle":
		st.columns = []exec.Column{{Name: "a", Type: types.TBigInt}}
	case "rows":
		st.columns = []exec.Column{{Name: "n", Type: types.TBigInt}, {Name: "s", Type: types.TVarchar}}
	case "show":
		st.columns = []exec.Column{{Name: rest, Type: types.TVarchar}}
	case "echo":
		t, err := types.ParseHive(rest)
		if err != nil {
			return nil, err
		}
		st.params, st.columns = []types.Type{t}, []exec.Column{{Name: "echo", Type: t}}
		if len(params) > 0 && params[0].Kind != types.Unknown {
			st.params[0] = params[0]
		}
	case "block", "fail", "set", "begin", "commit", "rollback", "panic":
	default:
		return nil, fault.New(fault.CodeSyntax, "syntax error at or near %q", word).At(1).WithHint("Try another.")
	}
	return st, nil
}

func (s *fakeSession) execute(ctx context.Context, st *statement, params []types.Value) (rows, error) {
	words := st.handle.([]string)
	if row, ok := s.e.values[strings.Join(words, " ")]; ok {
		return s.e.result(&fakeRows{batches: []*vector.Batch{batchOf(row)}, tag: "SELECT 1"}), nil
	}
	switch words[0] {
	case "select":
		return s.e.result(&fakeRows{batches: []*vector.Batch{batchOf([]types.Value{types.IntOf(types.TBigInt, 1)})}, tag: "SELECT 1"}), nil
	case "rows":
		n, err := strconv.Atoi(words[1])
		return s.e.result(&fakeRows{left: n, tag: "SELECT " + words[1]}), err
	case "trickle":
		return s.e.result(&fakeRows{batches: []*vector.Batch{batchOf([]types.Value{types.IntOf(types.TBigInt, 7)})}, block: true}), nil
	case "block":
		return s.e.result(&fakeRows{block: true}), nil
	case "echo":
		v := params[0]
		if v.Type.Kind == types.Unknown && !v.Null {
			var err error
			if v, err = types.ParseValue(v.S, st.columns[0].Type, time.UTC); err != nil {
				return nil, err
			}
		}
		return s.e.result(&fakeRows{batches: []*vector.Batch{batchOf([]types.Value{v})}, tag: "SELECT 1"}), nil
	case "fail":
		return nil, fault.New(fault.CodeDivisionByZero, "division by zero").At(3).WithDetail("by %d", 0)
	case "panic":
		panic("a bug")
	}
	return s.command(words)
}

func (s *fakeSession) command(words []string) (rows, error) {
	switch words[0] {
	case "set":
		s.set[words[1]] = words[3]
		s.news = append(s.news, setting{words[1], words[3]})
		return s.e.result(&fakeRows{tag: "SET", notices: []*fault.Error{fault.New(fault.CodeSuccess, "set it is")}}), nil
	case "show":
		return s.e.result(&fakeRows{batches: []*vector.Batch{batchOf([]types.Value{types.StringOf(types.TVarchar, s.set[words[1]])})}, tag: "SHOW"}), nil
	case "begin":
		s.tx = 'T'
		return s.e.result(&fakeRows{tag: "BEGIN"}), nil
	}
	tag := "COMMIT"
	if words[0] == "rollback" || s.tx == 'E' {
		tag = "ROLLBACK"
	}
	s.tx = 'I'
	return s.e.result(&fakeRows{tag: tag}), nil
}

func (s *fakeSession) idle() {}

func (s *fakeSession) notifications() []exec.Notification { return nil }

func (s *fakeSession) txStatus() byte { return s.tx }

func (s *fakeSession) failTransaction() {
	if s.tx == 'T' {
		s.tx = 'E'
	}
}

func (s *fakeSession) setting(name string) string { return s.set[name] }

func (s *fakeSession) worded(_ context.Context, e *fault.Error, _ string) *fault.Error { return e }

func (s *fakeSession) changed() []setting {
	out := s.news
	s.news = nil
	return out
}

func (s *fakeSession) reported() []setting {
	return []setting{{"server_version", s.set["server_version"]}, {"client_encoding", s.set["client_encoding"]}, {"TimeZone", s.set["timezone"]},
		{"standard_conforming_strings", "on"}}
}

func (s *fakeSession) text(context.Context, bool) (*kernel.TextOptions, error) {
	loc, ok := types.LoadZone(s.set["timezone"])
	if !ok {
		return nil, errors.New("no such zone")
	}
	return &kernel.TextOptions{Location: loc, Wire: true}, nil
}

func (e *fakeEngine) result(r *fakeRows) *fakeRows {
	r.e = e
	e.running.Add(1)
	return r
}

type fakeRows struct {
	e       *fakeEngine
	batches []*vector.Batch
	left, n int // generated rows
	block   bool
	tag     string
	notices []*fault.Error
	closed  bool
}

func (r *fakeRows) Next(ctx context.Context, b *vector.Batch) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case len(r.batches) > 0:
		*b = *r.batches[0]
		r.batches = r.batches[1:]
		return nil
	case r.left > 0:
		r.generate(b)
		return nil
	case r.block:
		<-ctx.Done()
		return fmt.Errorf("operator: %w", ctx.Err())
	}
	return io.EOF
}

// generate fills b with rows n, "row n": the strings from a dictionary.
func (r *fakeRows) generate(b *vector.Batch) {
	n := min(r.left, vector.BatchSize)
	num, str := make([]types.Value, n), make([]types.Value, n)
	for i := range n {
		num[i] = types.IntOf(types.TBigInt, int64(r.n+i))
		str[i] = types.StringOf(types.TVarchar, "row "+strconv.Itoa(r.n+i))
	}
	*b = vector.Batch{N: n, Cols: []*vector.Vector{vector.FromValues(types.TBigInt, num), vector.FromValues(types.TVarchar, str)}}
	r.left -= n
	r.n += n
	r.e.pulled.Add(int64(n))
}

func (r *fakeRows) Close() error {
	if !r.closed {
		r.closed = true
		r.e.running.Add(-1)
	}
	return nil
}

func (r *fakeRows) Tag() string { return r.tag }

func (r *fakeRows) Ready() bool { return false }

func (r *fakeRows) Notices() []*fault.Error { return r.notices }

func batchOf(row []types.Value) *vector.Batch {
	b := &vector.Batch{N: 1}
	for _, v := range row {
		b.Cols = append(b.Cols, vector.FromValues(v.Type, []types.Value{v}))
	}
	return b
}

// serveFake starts a server over a fake engine. When the test ends it checks
// that nothing is left: sessions, results, goroutines.
func serveFake(t *testing.T, e *fakeEngine, conf Config) (*Server, string) {
	t.Helper()
	before := runtime.NumGoroutine()
	conf.open = e.opener
	conf.Logger = slog.New(slog.DiscardHandler)
	s, err := New(conf)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ln) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("shutdown: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
		if n := e.open.Load(); n != 0 {
			t.Errorf("%d sessions are open", n)
		}
		if n := e.running.Load(); n != 0 {
			t.Errorf("%d results are open", n)
		}
		eventually(t, "goroutines end", func() bool { return runtime.NumGoroutine() <= before })
	})
	return s, ln.Addr().String()
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			buf := make([]byte, 1<<16)
			t.Fatalf("%s: not after 5 s\n%s", what, buf[:runtime.Stack(buf, true)])
		}
	}
}

// client is a raw client of the protocol.
type client struct {
	t  *testing.T
	nc net.Conn
	f  *pgproto3.Frontend
}

// dial connects and sends a startup message with these parameters besides user
// and database.
func dial(t *testing.T, addr string, params ...string) *client {
	t.Helper()
	c := dialRaw(t, addr)
	all := map[string]string{"user": "u", "database": "d"}
	for i := 0; i < len(params); i += 2 {
		all[params[i]] = params[i+1]
	}
	c.send(&pgproto3.StartupMessage{ProtocolVersion: pgproto3.ProtocolVersion30, Parameters: all})
	return c
}

func dialRaw(t *testing.T, addr string) *client {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(10 * time.Second))
	return &client{t, nc, pgproto3.NewFrontend(nc, nc)}
}

// ready connects and waits for ReadyForQuery.
func ready(t *testing.T, addr string, params ...string) *client {
	t.Helper()
	c := dial(t, addr, params...)
	if got := c.until("Z"); !strings.HasSuffix(got, "Z(I)") || strings.Contains(got, "E(") {
		t.Fatalf("startup: %s", got)
	}
	return c
}

func (c *client) send(list ...pgproto3.FrontendMessage) {
	c.t.Helper()
	for _, m := range list {
		c.f.Send(m)
	}
	if err := c.f.Flush(); err != nil {
		c.t.Fatal(err)
	}
}

// until receives up to a message of the kind, or the end of the connection, and
// shows what came in short: T(a,b) D(1,x) C(SELECT 1) Z(I).
func (c *client) until(kind string) string {
	c.t.Helper()
	var out []string
	for {
		m, err := c.f.Receive()
		if err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
				return strings.Join(append(out, "EOF"), " ")
			}
			c.t.Fatalf("after %v: %v", out, err)
		}
		s := show(m)
		out = append(out, s)
		if strings.HasPrefix(s, kind) {
			return strings.Join(out, " ")
		}
	}
}

func show(m pgproto3.BackendMessage) string {
	switch m := m.(type) {
	case *pgproto3.ReadyForQuery:
		return fmt.Sprintf("Z(%c)", m.TxStatus)
	case *pgproto3.RowDescription:
		var names []string
		for _, f := range m.Fields {
			names = append(names, fmt.Sprintf("%s:%d:%d", f.Name, f.DataTypeOID, f.Format))
		}
		return "T(" + strings.Join(names, ",") + ")"
	case *pgproto3.DataRow:
		var vals []string
		for _, v := range m.Values {
			if v == nil {
				vals = append(vals, "NULL")
			} else {
				vals = append(vals, string(v))
			}
		}
		return "D(" + strings.Join(vals, ",") + ")"
	case *pgproto3.CommandComplete:
		return "C(" + string(m.CommandTag) + ")"
	case *pgproto3.ErrorResponse:
		return fmt.Sprintf("E(%s %s %d)", m.Severity, m.Code, m.Position)
	case *pgproto3.NoticeResponse:
		return "N(" + m.Message + ")"
	case *pgproto3.ParameterStatus:
		return fmt.Sprintf("S(%s=%s)", m.Name, m.Value)
	case *pgproto3.ParameterDescription:
		return fmt.Sprintf("t%d", m.ParameterOIDs)
	case *pgproto3.CopyData:
		return "d(" + string(m.Data) + ")"
	case *pgproto3.CopyOutResponse:
		return fmt.Sprintf("H(%d)", len(m.ColumnFormatCodes))
	case *pgproto3.NegotiateProtocolVersion:
		return fmt.Sprintf("v(%d %v)", m.NewestMinorProtocol, m.UnrecognizedOptions)
	}
	names := map[string]string{"ParseComplete": "1", "BindComplete": "2", "CloseComplete": "3", "NoData": "n", "PortalSuspended": "s",
		"EmptyQueryResponse": "I", "AuthenticationOk": "R", "BackendKeyData": "K", "CopyDone": "c"}
	name := fmt.Sprintf("%T", m)
	return names[name[strings.LastIndexByte(name, '.')+1:]]
}
