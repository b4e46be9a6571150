package exact

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/glauxdb/glaux/formats/store"
)

// wire is an S3 server that counts the bytes of objects that it sends, and sends
// some of them badly.
type wire struct {
	http.Handler
	sent  atomic.Int64
	fault bool

	mu    sync.Mutex     // guards tries
	tries map[string]int // by object and last byte, which retries keep
}

// ServeHTTP implements http.Handler. With faults the first answer to each read
// breaks off in its middle, the second is an error.
func (w *wire) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet || r.URL.Query().Has("list-type") {
		w.Handler.ServeHTTP(out, r)
		return
	}
	try := w.try(r)
	if try == 2 {
		http.Error(out, "", http.StatusServiceUnavailable)
		return
	}
	rec := httptest.NewRecorder()
	w.Handler.ServeHTTP(rec, r)
	for k, v := range rec.Header() {
		out.Header()[k] = v
	}
	out.WriteHeader(rec.Code)
	body := rec.Body.Bytes()
	if try == 1 {
		body = body[:len(body)/2]
	}
	if rec.Code < 300 {
		w.sent.Add(int64(len(body)))
	}
	out.Write(body)
	if try == 1 {
		out.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
}

// try counts the tries of a read; 0: it is to go well.
func (w *wire) try(r *http.Request) int {
	if !w.fault {
		return 0
	}
	_, last, _ := strings.Cut(r.Header.Get("Range"), "-")
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tries[r.URL.Path+last]++
	return w.tries[r.URL.Path+last]
}

// TestWire counts at the other end of the network: what an S3 server sent is what
// the meter has granted, and no more than a limit, though answers break off and
// are asked for again.
func TestWire(t *testing.T) {
	w := &wire{tries: map[string]int{}}
	h := overWire(t, w)
	for _, sql := range []string{"SELECT sum(id) FROM csv_split", "SELECT max(note) FROM csv", "SELECT count(v), max(name) FROM json", "SELECT max(note), sum(v) FROM parquet",
		"SELECT sum(id), min(name) FROM orc", "SELECT sum(id) FROM parts WHERE day > 1"} {
		for _, w.fault = range []bool{false, true} {
			h.proveWire(t, w, sql)
		}
	}
}

// overWire is a lake on such a server.
func overWire(t *testing.T, w *wire) *house {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test-secret")
	backend := s3mem.New()
	if err := backend.CreateBucket("lake"); err != nil {
		t.Fatal(err)
	}
	w.Handler = gofakes3.New(backend).Server()
	srv := httptest.NewServer(w)
	t.Cleanup(srv.Close)
	m := store.NewMemory("exact")
	fill(t, m)
	for o, err := range m.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		bufs, err := m.ReadRanges(t.Context(), o, []store.Range{{Len: o.Size}})
		if err == nil {
			_, err = backend.PutObject("lake", o.Key, nil, bytes.NewReader(bufs[0]), o.Size, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	stores, err := store.NewRegistry(store.Config{Locations: []string{"s3://lake"},
		S3: store.S3Config{Endpoint: srv.URL, PathStyle: true, Region: "us-east-1", MaxBackoff: time.Millisecond, Exact: true}})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{store: &counter{Memory: m}}
	h.open(t, stores, "s3://lake/", []int{4})
	return h
}

// proveWire runs a query without a limit and with some.
func (h *house) proveWire(t *testing.T, w *wire, sql string) {
	t.Helper()
	s := h.session(t, 4)
	defer s.Close()
	h.limit(t, 0)
	w.sent.Store(0)
	clear(w.tries)
	free := h.run(t.Context(), s, sql)
	if free.err != nil {
		t.Fatalf("%v:\n%s", free.err, sql)
	}
	need, footers := free.stats.BytesScanned, free.stats.BytesMetadata
	if got := w.sent.Load(); got != need+footers {
		t.Errorf("the server sent %d bytes, the meter says %d and %d of metadata:\n%s", got, need, footers, sql)
	}
	for _, limit := range []int64{need / 2, need - 1, need, need + 1} {
		h.limit(t, limit)
		w.sent.Store(0)
		clear(w.tries)
		out := h.run(t.Context(), s, sql)
		switch {
		case (out.err == nil) != (limit >= need) || out.err != nil && !refused(out.err):
			t.Errorf("limit %d, need %d: error %v:\n%s", limit, need, out.err, sql)
		case w.sent.Load() > limit+footers:
			t.Errorf("limit %d: the server sent %d bytes, %d may be metadata:\n%s", limit, w.sent.Load(), footers, sql)
		}
	}
}
