package server_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/parquet-go/parquet-go"

	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/server"
)

// wideRow has twenty columns of random-looking numbers, so that none compresses
// to nothing.
type wideRow struct {
	C01, C02, C03, C04, C05, C06, C07, C08, C09, C10 int64
	C11, C12, C13, C14, C15, C16, C17, C18, C19, C20 int64
}

// wideFile writes rows in Parquet and gives the file, the sum of C07, and the
// stored bytes of the column's chunks.
func wideFile(t *testing.T, rows int) (file []byte, sum, columnBytes int64) {
	t.Helper()
	var buf bytes.Buffer
	w := parquet.NewGenericWriter[wideRow](&buf, parquet.MaxRowsPerRowGroup(int64(rows)/4))
	batch := make([]wideRow, rows)
	x := uint64(88172645463325252)
	next := func() int64 { // xorshift64 (Marsaglia 2003)
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		return int64(x >> 32)
	}
	for i := range batch {
		r := &batch[i]
		for _, f := range []*int64{&r.C01, &r.C02, &r.C03, &r.C04, &r.C05, &r.C06, &r.C07, &r.C08, &r.C09, &r.C10, &r.C11, &r.C12,
			&r.C13, &r.C14, &r.C15, &r.C16, &r.C17, &r.C18, &r.C19, &r.C20} {
			*f = next()
		}
		sum += r.C07
	}
	if _, err := w.Write(batch); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(bytes.NewReader(buf.Bytes()), int64(buf.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range f.Metadata().RowGroups {
		for _, c := range g.Columns {
			if strings.EqualFold(c.MetaData.PathInSchema[0], "c07") {
				columnBytes += c.MetaData.TotalCompressedSize
			}
		}
	}
	return buf.Bytes(), sum, columnBytes
}

// counting counts the bytes of GET bodies that a server sends. A request counts
// where sent pointed when it came: what is still on its way from an earlier one
// does not spoil a new count.
type counting struct {
	http.Handler
	sent atomic.Pointer[atomic.Int64]
}

type countingWriter struct {
	http.ResponseWriter
	sent *atomic.Int64
}

func (w countingWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.sent.Add(int64(n))
	return n, err
}

func (c *counting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, ".parquet") {
		w = countingWriter{w, c.sent.Load()}
	}
	c.Handler.ServeHTTP(w, r)
}

// TestOneColumnReadsItsBytes: sum over one of twenty columns of a file on S3
// reads that column's chunks and the footer, and the meter agrees with what the
// server sent.
func TestOneColumnReadsItsBytes(t *testing.T) {
	file, sum, columnBytes := wideFile(t, 200_000)
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test-secret")
	fake := &counting{Handler: gofakes3.New(s3mem.New()).Server()}
	fake.sent.Store(new(atomic.Int64))
	srv := httptest.NewServer(fake)
	defer srv.Close()
	ctx := context.Background()
	in, err := server.Open(ctx, server.Config{DataDir: meta.Memory, Locations: []string{"s3://lake"},
		S3: store.S3Config{Endpoint: srv.URL, PathStyle: true, Region: "us-east-1", Exact: true}})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	put, err := http.NewRequest(http.MethodPut, srv.URL+"/lake", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(put)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	st, _, err := in.Stores.Open("s3://lake/wide/")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.Put(ctx, "wide/part-0.parquet", bytes.NewReader(file), store.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Crawl(ctx, crawler.At("s3://lake/wide", "demo")); err != nil {
		t.Fatal(err)
	}
	s, err := in.Engine.NewSession(exec.SessionOptions{User: "glaux", Database: "demo"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	fake.sent.Store(new(atomic.Int64))
	rows, err := run(t, s, "SELECT sum(c07) FROM wide")
	if err != nil {
		t.Fatal(err)
	}
	want := []byte{}
	want = appendInt(want, sum)
	if rows[0][0] != string(want) {
		t.Fatalf("sum %s, want %s", rows[0][0], want)
	}
	// The footer is read with one request for the file's tail, since its length
	// is not known before.
	footer := max(int64(len(file))-dataEnd(file), 64<<10)
	if sent := fake.sent.Load().Load(); sent < columnBytes || sent > columnBytes+footer {
		t.Errorf("the server sent %d bytes; the column has %d and the footer %d (file %d)", sent, columnBytes, footer, len(file))
	}
	hist, err := run(t, s, "SELECT bytes_scanned FROM glaux_catalog.query_history WHERE query LIKE 'SELECT sum%'")
	if err != nil {
		t.Fatal(err)
	}
	if want := string(appendInt(nil, columnBytes)); len(hist) != 1 || hist[0][0] != want {
		t.Errorf("history says %v bytes were scanned, the column has %s", hist, want)
	}
}

func appendInt(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }

// dataEnd gives where the footer of a Parquet file begins, page indexes included.
func dataEnd(file []byte) int64 {
	return int64(len(file)) - 8 - int64(binary.LittleEndian.Uint32(file[len(file)-8:]))
}
