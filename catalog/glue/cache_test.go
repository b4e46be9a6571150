package glue_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsglue "github.com/aws/aws-sdk-go-v2/service/glue"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/glue"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/server/glueapi"
)

// counted is an endpoint that counts its calls by operation.
type counted struct {
	http.Handler
	mu    sync.Mutex
	calls map[string]int
	delay time.Duration
	fail  func(operation string) bool // answers 500
}

func (c *counted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	op := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "AWSGlue.")
	c.mu.Lock()
	c.calls[op]++
	fail := c.fail != nil && c.fail(op)
	c.mu.Unlock()
	if fail {
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprint(w, `{"__type":"InternalServiceException","Message":"try again"}`)
		return
	}
	time.Sleep(c.delay)
	c.Handler.ServeHTTP(w, r)
}

func (c *counted) take() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := c.calls
	c.calls = map[string]int{}
	return out
}

// newCounted makes an endpoint and a client of it with these options.
func newCounted(t *testing.T, o glue.Options) (*counted, *glue.Catalog) {
	t.Helper()
	ctx := context.Background()
	store, err := meta.Open(ctx, meta.Memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	h, err := glueapi.New(glueapi.Config{Catalog: store, Keys: []glueapi.Key{{AccessKey: testKey, SecretKey: testSecret}}})
	if err != nil {
		t.Fatal(err)
	}
	c := &counted{Handler: h, calls: map[string]int{}}
	srv := httptest.NewServer(c)
	t.Cleanup(srv.Close)
	local, err := meta.Open(ctx, meta.Memory)
	if err != nil {
		t.Fatal(err)
	}
	cat := glue.New(awsglue.New(awsglue.Options{Region: "us-east-1", BaseEndpoint: aws.String(srv.URL),
		Credentials: credentials.NewStaticCredentialsProvider(testKey, testSecret, "")}), local, o)
	t.Cleanup(func() { cat.Close() })
	return c, cat
}

func makeMany(t *testing.T, cat *glue.Catalog, n int) *catalog.Table {
	t.Helper()
	ctx := context.Background()
	if _, err := cat.CreateDatabase(ctx, &catalog.Database{Name: "d"}); err != nil {
		t.Fatal(err)
	}
	tab, err := cat.CreateTable(ctx, plain("d", "t", catalog.Column{Name: "k", Type: types.TInteger}))
	if err != nil {
		t.Fatal(err)
	}
	ps := make([]catalog.Partition, n)
	for i := range ps {
		ps[i].Values = []string{fmt.Sprint(i)}
	}
	if got, err := cat.AddPartitions(ctx, tab, ps, false); err != nil || got != n {
		t.Fatalf("%d partitions added, %v", got, err)
	}
	return tab
}

// TestSegments reads a long list in all segments, each partition once.
func TestSegments(t *testing.T) {
	c, cat := newCounted(t, glue.Options{})
	tab := makeMany(t, cat, 2345)
	c.take()
	ps, err := cat.Partitions(context.Background(), tab)
	if err != nil || ps.N != 2345 {
		t.Fatalf("%d partitions, %v", ps.N, err)
	}
	for i := range ps.N {
		if ps.Value(0, i).I != int64(i) {
			t.Fatalf("partition %d is %v", i, ps.Value(0, i))
		}
	}
	if n := c.take()["GetPartitions"]; n != 11 {
		t.Errorf("%d calls of GetPartitions, want one to see that it is long, and ten segments", n)
	}
}

// TestSingleFlight lets many ask at once: Glue is asked once, until the time has
// passed or this catalog has changed the table.
func TestSingleFlight(t *testing.T) {
	c, cat := newCounted(t, glue.Options{TableTTL: time.Hour, PartitionTTL: time.Hour})
	tab := makeMany(t, cat, 3)
	c.delay = 30 * time.Millisecond
	c.take()
	ask := func() {
		t.Helper()
		var wg sync.WaitGroup
		var wrong atomic.Int32
		for range 20 {
			wg.Go(func() {
				if ps, err := cat.Partitions(context.Background(), tab); err != nil || ps.N < 3 {
					wrong.Add(1)
				}
				if _, err := cat.Table(context.Background(), "d", "t"); err != nil {
					wrong.Add(1)
				}
			})
		}
		wg.Wait()
		if wrong.Load() > 0 {
			t.Errorf("%d answers are wrong", wrong.Load())
		}
	}
	ask()
	ask()
	if got := c.take(); got["GetPartitions"] != 1 || got["GetTable"] > 1 {
		t.Errorf("calls %v", got)
	}
	if _, err := cat.AddPartitions(context.Background(), tab, []catalog.Partition{{Values: []string{"9"}}}, true); err != nil {
		t.Fatal(err)
	}
	if ps, err := cat.Partitions(context.Background(), tab); err != nil || ps.N != 4 {
		t.Errorf("%d partitions after one was added, %v", ps.N, err)
	}
}

// TestExpiry asks again when the time has passed.
func TestExpiry(t *testing.T) {
	c, cat := newCounted(t, glue.Options{TableTTL: time.Nanosecond, PartitionTTL: time.Nanosecond})
	tab := makeMany(t, cat, 1)
	c.take()
	for range 3 {
		if _, err := cat.Partitions(context.Background(), tab); err != nil {
			t.Fatal(err)
		}
	}
	if n := c.take()["GetPartitions"]; n != 3 {
		t.Errorf("%d calls, want 3", n)
	}
}

// TestLeaving lets one caller of a load leave: the other gets its answer, and
// Close waits for what was begun.
func TestLeaving(t *testing.T) {
	c, cat := newCounted(t, glue.Options{})
	tab := makeMany(t, cat, 3)
	c.delay = 100 * time.Millisecond
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	left := make(chan error)
	go func() {
		_, err := cat.Partitions(ctx, tab)
		left <- err
	}()
	ps, err := cat.Partitions(context.Background(), tab)
	if err != nil || ps.N != 3 {
		t.Errorf("the one who stayed: %v", err)
	}
	if err := <-left; err == nil {
		t.Error("the one who left got an answer")
	}
	if err := cat.Close(); err != nil {
		t.Error(err)
	}
	if _, err := cat.Tables(context.Background(), "d"); err == nil {
		t.Error("a closed catalog asks")
	}
}

// TestRetries passes over answers that say to try again, and tells when they
// don't end.
func TestRetries(t *testing.T) {
	c, cat := newCounted(t, glue.Options{})
	makeMany(t, cat, 1)
	failures := 1
	c.fail = func(op string) bool {
		failures--
		return failures >= 0
	}
	if _, err := cat.Databases(context.Background()); err != nil {
		t.Errorf("after one failure: %v", err)
	}
	failures = 1000
	_, err := cat.Tables(context.Background(), "d")
	wantCode(t, err, fault.CodeExternal)
}

// TestPartialBatch adds partitions of which some calls fail: what came before
// stays, the error is told, and doing it again completes it.
func TestPartialBatch(t *testing.T) {
	c, cat := newCounted(t, glue.Options{})
	tab := makeMany(t, cat, 0)
	n := 0
	c.fail = func(op string) bool {
		if op == "BatchCreatePartition" {
			n++
		}
		return op == "BatchCreatePartition" && n > 3
	}
	ps := make([]catalog.Partition, 1000)
	for i := range ps {
		ps[i].Values = []string{fmt.Sprint(i)}
	}
	if _, err := cat.AddPartitions(context.Background(), tab, ps, false); err == nil {
		t.Fatal("no error")
	}
	c.fail = nil
	before, err := cat.Partitions(context.Background(), tab)
	if err != nil || before.N == 0 || before.N == 1000 {
		t.Fatalf("%d partitions of a batch that was cut short, %v", before.N, err)
	}
	added, err := cat.AddPartitions(context.Background(), tab, ps, false)
	if err != nil || added != 1000-before.N {
		t.Errorf("%d added to %d, %v", added, before.N, err)
	}
}

// TestConcurrentChanges has eight writers of one table: each version is
// written once.
func TestConcurrentChanges(t *testing.T) {
	_, cat := newCounted(t, glue.Options{})
	makeMany(t, cat, 0)
	ctx := context.Background()
	var wg sync.WaitGroup
	var done atomic.Int64
	for w := range 8 {
		wg.Go(func() {
			for i := range 5 {
				now, err := cat.Table(ctx, "d", "t")
				if err != nil {
					t.Error(err)
					return
				}
				change := *now
				change.Description = fmt.Sprint(w, i)
				if _, err = cat.UpdateTable(ctx, &change); err == nil {
					done.Add(1)
				} else if !fault.Is(err, fault.CodeObjectNotReady) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	now, err := cat.Table(ctx, "d", "t")
	if err != nil {
		t.Fatal(err)
	}
	vs, err := cat.TableVersions(ctx, now, 0, 0)
	if err != nil || int64(len(vs)) != done.Load()+1 {
		t.Errorf("%d versions after %d changes, %v", len(vs), done.Load(), err)
	}
}
