package exec_test

import (
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/exec/slttest"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

const lakeDir = "../testdata/lake"

// endless is a query that would run for minutes.
const endless = "SELECT count(*) FROM lineitem a, lineitem b, lineitem c WHERE a.l_quantity + b.l_quantity + c.l_quantity > 1000"

func start(t testing.TB, ctx context.Context, s slttest.Session, sql string) (*exec.Result, error) {
	t.Helper()
	p, err := s.Prepare(ctx, sql, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s.Execute(ctx, p, nil)
}

// TestCancel stops queries in their different phases and wants them to end soon.
func TestCancel(t *testing.T) {
	e := slttest.Lake(t, lakeDir, nil)
	for name, sql := range map[string]string{
		"nested loop": endless,
		"hash join":   "SELECT count(*) FROM lineitem a JOIN lineitem b ON a.l_linenumber = b.l_linenumber JOIN lineitem c ON b.l_linenumber = c.l_linenumber",
		"aggregate":   "SELECT a.l_orderkey, b.l_partkey, count(*) FROM lineitem a JOIN lineitem b ON a.l_linenumber = b.l_linenumber GROUP BY 1, 2",
		"result":      "SELECT a.*, b.* FROM lineitem a JOIN lineitem b ON a.l_linenumber = b.l_linenumber",
	} {
		t.Run(name, func(t *testing.T) {
			s := slttest.NewSession(t, e)
			ctx, cancel := context.WithCancel(t.Context())
			r, err := start(t, ctx, s, sql)
			if err != nil {
				t.Fatal(err)
			}
			var at time.Time
			time.AfterFunc(100*time.Millisecond, func() { at = time.Now(); cancel() })
			var b vector.Batch
			for err == nil {
				err = r.Next(ctx, &b)
			}
			r.Close()
			took := time.Since(at)
			if fault.As(err).Code != fault.CodeQueryCanceled {
				t.Fatalf("got %v, want 57014", err)
			}
			if took > 400*time.Millisecond { // 100 ms on a machine that does nothing else
				t.Errorf("the query ended %v after it was canceled", took)
			}
		})
	}
}

func TestStatementTimeout(t *testing.T) {
	s := slttest.NewSession(t, slttest.Lake(t, lakeDir, nil))
	if _, err := s.Query(t.Context(), "SET statement_timeout = '50ms'"); err != nil {
		t.Fatal(err)
	}
	_, err := s.Query(t.Context(), endless)
	f := fault.As(err)
	if f.Code != fault.CodeQueryCanceled || !strings.Contains(f.Message, "timeout") {
		t.Fatalf("got %v", err)
	}
}

// TestMemoryLimit wants every breaking operator to be refused, and all memory to
// be given back.
func TestMemoryLimit(t *testing.T) {
	e := slttest.Lake(t, lakeDir, func(o *exec.Options) { o.Memory = 3 << 20 })
	s := slttest.NewSession(t, e)
	for name, sql := range map[string]string{
		"aggregate": "SELECT l_orderkey, l_partkey, l_suppkey, count(*) FROM lineitem GROUP BY 1, 2, 3",
		"sort":      "SELECT * FROM lineitem ORDER BY l_comment",
		"hash join": "SELECT count(*), min(a.l_comment) FROM lineitem a JOIN lineitem b ON a.l_comment = b.l_comment",
		"distinct":  "SELECT count(DISTINCT l_comment) FROM lineitem",
		"intersect": "SELECT l_comment, l_partkey FROM lineitem INTERSECT SELECT l_comment, l_partkey FROM lineitem",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.Query(t.Context(), sql)
			f := fault.As(err)
			if f == nil || f.Code != fault.CodeOutOfMemory {
				t.Fatalf("got %v, want 53200", err)
			}
			if f.Kind != fault.Resource || f.Hint == "" {
				t.Errorf("kind %v, hint %q", f.Kind, f.Hint)
			}
		})
	}
	if _, err := s.Query(t.Context(), "SELECT count(*) FROM lineitem"); err != nil {
		t.Fatalf("after the refusals: %v", err)
	}
}

// TestNothingIsLeft closes results early, in the middle and at the end.
func TestNothingIsLeft(t *testing.T) {
	e := slttest.Lake(t, lakeDir, func(o *exec.Options) { o.Workers = 4 })
	s := slttest.NewSession(t, e)
	if _, err := s.Query(t.Context(), "SELECT count(*) FROM lineitem"); err != nil {
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	for i := range 12 {
		r, err := start(t, t.Context(), s, "SELECT a.*, b.* FROM lineitem a JOIN lineitem b ON a.l_linenumber = b.l_linenumber")
		if err != nil {
			t.Fatal(err)
		}
		var b vector.Batch
		for range i % 3 {
			if err := r.Next(t.Context(), &b); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for range 50 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond) // timers and closed stores wind down
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

// recorder is a governor that notes what it is told.
type recorder struct {
	mu    sync.Mutex
	est   []exec.TableEstimate
	ended []exec.Stats
	errs  []error
	data  int64
	limit int64
}

func (r *recorder) Begin(context.Context, exec.QueryInfo) (exec.QueryControl, error) {
	return recorded{r}, nil
}

// recorded is the control of a recorder's queries.
type recorded struct{ *recorder }

func (recorded) Profile() exec.Profile { return exec.Profile{} }

func (*recorder) Profile(context.Context, exec.UserInfo, string) (exec.Profile, error) {
	return exec.Profile{}, nil
}
func (*recorder) Verdict(context.Context, exec.PlanInfo) exec.Verdict { return exec.Verdict{} }
func (r *recorder) Limit() int64                                      { return r.limit }
func (*recorder) Memory() int64                                       { return 0 }
func (*recorder) Timeout() time.Duration                              { return 0 }

func (r *recorder) Reserve(_ context.Context, k store.ReadKind, n int64) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if k != store.ReadData {
		return nil
	}
	if r.limit > 0 && r.data+n > r.limit {
		return fault.New(fault.CodeLimitExceeded, "Bytes scanned limit was exceeded")
	}
	r.data += n
	return nil
}

func (r *recorder) Admit(_ context.Context, p exec.PlanInfo) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.est = p.Tables
	return nil
}

func (r *recorder) End(st exec.Stats, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended, r.errs = append(r.ended, st), append(r.errs, err)
}

func TestGovernor(t *testing.T) {
	g := &recorder{}
	e := slttest.Lake(t, lakeDir, func(o *exec.Options) { o.Governor = g })
	s := slttest.NewSession(t, e)
	if _, err := s.Query(t.Context(), "SELECT sum(o_totalprice) FROM orders WHERE o_orderyear = 1994"); err != nil {
		t.Fatal(err)
	}
	if len(g.est) != 1 || g.est[0].Table != "orders" || g.est[0].Partitions != 1 || g.est[0].PartitionsTotal != 7 || len(g.est[0].Unfiltered) != 0 {
		t.Errorf("estimate: %+v", g.est)
	}
	if len(g.ended) != 1 || g.ended[0].BytesScanned != g.data || g.data == 0 || g.ended[0].PartitionsRead != 1 || g.ended[0].RowsReturned != 1 {
		t.Errorf("ended: %+v, metered %d", g.ended, g.data)
	}
	g.limit = g.data + 100
	if _, err := s.Query(t.Context(), "SELECT sum(l_extendedprice) FROM lineitem"); !fault.Is(err, fault.CodeLimitExceeded) {
		t.Errorf("got %v, want 53400", err)
	}
	if len(g.errs) != 2 || !fault.Is(g.errs[1], fault.CodeLimitExceeded) {
		t.Errorf("the governor heard %v", g.errs)
	}
	if _, err := s.Query(t.Context(), "SELECT nothing FROM orders"); err == nil {
		t.Error("no error for an unknown column")
	}
}

func TestParameters(t *testing.T) {
	s := slttest.NewSession(t, slttest.Lake(t, lakeDir, nil))
	p, err := s.Prepare(t.Context(), "SELECT count(*) FROM orders WHERE o_orderyear = $1 LIMIT $2", nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Params) != 2 || !p.Params[0].IsInteger() || p.Tag != "SELECT" || len(p.Columns) != 1 {
		t.Fatalf("%+v", p)
	}
	for year, want := range map[int64]string{1994: "2303", 1995: "2204"} {
		r, err := s.Execute(t.Context(), p, []types.Value{types.IntOf(p.Params[0], year), types.IntOf(p.Params[1], 5)})
		if err != nil {
			t.Fatal(err)
		}
		rows, err := slttest.Rows(t.Context(), r)
		if err != nil || len(rows) != 1 || rows[0] != want {
			t.Errorf("%d: %v, %v, want %s", year, rows, err, want)
		}
		if r.Tag() != "SELECT 1" {
			t.Errorf("tag %q", r.Tag())
		}
		r.Close()
		if st := r.Stats(); st.PartitionsRead > 1 || st.RowsReturned != 1 {
			t.Errorf("stats %+v", st)
		}
	}
}

func TestExplainAnalyze(t *testing.T) {
	s := slttest.NewSession(t, slttest.Lake(t, lakeDir, nil))
	rows, err := s.Query(t.Context(), "EXPLAIN ANALYZE SELECT l_returnflag, count(*) FROM lineitem WHERE l_quantity < 10 GROUP BY 1")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(rows, "\n")
	for _, want := range []string{"Aggregate", "Scan", "actual_rows=3", "Rows: ", "Bytes: ", "Peak memory"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in:\n%s", want, text)
		}
	}
}

func TestCloseEndsQueries(t *testing.T) {
	e := slttest.Lake(t, lakeDir, nil)
	s := slttest.NewSession(t, e)
	r, err := start(t, t.Context(), s, endless)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan error)
	go func() {
		var b vector.Batch
		err := r.Next(context.Background(), &b)
		r.Close()
		got <- err
	}()
	e.Close()
	if err := <-got; !fault.Is(err, fault.CodeAdminShutdown) {
		t.Errorf("got %v, want 57P01", err)
	}
	if _, err := s.Query(t.Context(), "SELECT 1"); !fault.Is(err, fault.CodeAdminShutdown) {
		t.Errorf("a closed engine: %v", err)
	}
}

func TestUnknownDatabase(t *testing.T) {
	e := slttest.Lake(t, lakeDir, nil)
	if _, err := e.NewSession(exec.SessionOptions{Database: "lakes"}); !fault.Is(err, fault.CodeInvalidCatalogName) {
		t.Errorf("got %v, want 3D000", err)
	}
	if _, err := e.NewSession(exec.SessionOptions{Settings: map[string]string{"nonsense": "1"}}); !fault.Is(err, fault.CodeUndefinedObject) {
		t.Errorf("got %v, want 42704", err)
	}
	s, err := e.NewSession(exec.SessionOptions{}) // the whole catalog
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (slttest.Session{Session: s}).Query(t.Context(), "SELECT count(*) FROM nation"); err != nil {
		t.Error(err)
	}
}

// TestResultIsRead wants io.EOF again and again, also after Close.
func TestResultIsRead(t *testing.T) {
	s := slttest.NewSession(t, slttest.Lake(t, lakeDir, nil))
	r, err := start(t, t.Context(), s, "SELECT * FROM region")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := slttest.Rows(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	r.Close()
	r.Close()
	var b vector.Batch
	if err := r.Next(t.Context(), &b); !errors.Is(err, io.EOF) {
		t.Errorf("got %v", err)
	}
}

// TestReady wants rows that need no files to be ready, so that they go to the client
// together with what follows them.
func TestReady(t *testing.T) {
	s := slttest.NewSession(t, slttest.Lake(t, lakeDir, nil))
	for sql, want := range map[string]bool{"SELECT 1": true, "SHOW timezone": true, endless: false} {
		r, err := start(t, t.Context(), s, sql)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Ready(); got != want {
			t.Errorf("%s: ready is %v", sql, got)
		}
		r.Close()
	}
}

func BenchmarkSelect1(b *testing.B) {
	s := slttest.NewSession(b, slttest.Lake(b, lakeDir, nil))
	for b.Loop() {
		if _, err := s.Query(context.Background(), "SELECT 1"); err != nil {
			b.Fatal(err)
		}
	}
}
