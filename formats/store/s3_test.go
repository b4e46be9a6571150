package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/glauxdb/glaux/catalog/fault"
)

// fakeS3 is an S3 server in process: gofakes3, which checks nothing, behind a
// check of the signature's presence, of conditions, and whatever a test wants
// to go wrong.
type fakeS3 struct {
	inner http.Handler
	url   string

	mu     sync.Mutex // guards the rest
	fault  func(w http.ResponseWriter, r *http.Request) bool
	gets   []string // the Range headers of object reads
	sent   int64    // bytes of object reads
	signed bool     // requests must be signed
}

func newFakeS3(t *testing.T) (*fakeS3, *S3) {
	t.Helper()
	t.Setenv("AWS_CONFIG_FILE", "/nonexistent")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("GLAUX_TEST_KEY", "AKIDTEST")
	t.Setenv("GLAUX_TEST_SECRET", "secret")
	backend := s3mem.New()
	if err := backend.CreateBucket("lake"); err != nil {
		t.Fatal(err)
	}
	f := &fakeS3{inner: gofakes3.New(backend).Server(), signed: true}
	srv := httptest.NewServer(f)
	t.Cleanup(srv.Close)
	f.url = srv.URL
	return f, f.store(t, "lake", func(*S3Config) {})
}

func (f *fakeS3) store(t *testing.T, bucket string, change func(*S3Config)) *S3 {
	t.Helper()
	cfg := S3Config{Endpoint: f.url, PathStyle: true, AccessKeyEnv: "GLAUX_TEST_KEY", SecretKeyEnv: "GLAUX_TEST_SECRET",
		MaxAttempts: 4, MaxBackoff: 5 * time.Millisecond}
	change(&cfg)
	s, err := NewS3(bucket, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// on makes requests fail as h says; it reports whether it has answered.
func (f *fakeS3) on(h func(w http.ResponseWriter, r *http.Request) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault = h
}

// reads gives the ranges asked for and the bytes sent since the last call.
func (f *fakeS3) reads() ([]string, int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	g, n := f.gets, f.sent
	f.gets, f.sent = nil, 0
	return g, n
}

func s3Error(w http.ResponseWriter, status int, code string) bool {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>test</Message></Error>", code)
	return true
}

func isRead(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.Count(strings.Trim(r.URL.Path, "/"), "/") > 0
}

func (f *fakeS3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	h, signed := f.fault, f.signed
	if isRead(r) {
		f.gets = append(f.gets, r.Header.Get("Range"))
	}
	f.mu.Unlock()
	if signed && !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=AKIDTEST/") {
		s3Error(w, http.StatusForbidden, "AccessDenied")
		return
	}
	if h != nil && h(w, r) {
		return
	}
	rec := httptest.NewRecorder()
	f.inner.ServeHTTP(rec, r)
	if want := r.Header.Get("If-Match"); want != "" && isRead(r) && rec.Code < 300 && rec.Header().Get("ETag") != want {
		s3Error(w, http.StatusPreconditionFailed, "PreconditionFailed")
		return
	}
	if isRead(r) {
		f.mu.Lock()
		f.sent += int64(rec.Body.Len())
		f.mu.Unlock()
	}
	for k, v := range rec.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(rec.Code)
	w.Write(rec.Body.Bytes())
}

func TestS3(t *testing.T) {
	_, s := newFakeS3(t)
	testStore(t, s)
}

// TestS3Real runs against a real server: GLAUX_TEST_S3_ENDPOINT names it, the
// usual AWS variables hold the keys.
func TestS3Real(t *testing.T) {
	endpoint := os.Getenv("GLAUX_TEST_S3_ENDPOINT")
	if endpoint == "" {
		t.Skip("GLAUX_TEST_S3_ENDPOINT is not set")
	}
	bucket := fmt.Sprintf("glaux-test-%d", time.Now().UnixNano())
	s, err := NewS3(bucket, S3Config{Endpoint: endpoint, PathStyle: true})
	mustNot(t, err)
	ctx := context.Background()
	for _, err := range s.List(ctx, "") {
		wantCode(t, err, fault.CodeUndefinedFile, "bucket")
	}
	_, err = s.client.Load().CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &bucket})
	mustNot(t, err)
	t.Cleanup(func() {
		ks := []string{"f/marker/"} // markers of folders are not listed
		for o, err := range s.List(ctx, "") {
			mustNot(t, err)
			ks = append(ks, o.Key)
		}
		mustNot(t, s.Delete(ctx, ks...))
		_, err := s.client.Load().DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &bucket})
		mustNot(t, err)
	})
	testStore(t, s)
	t.Run("large", func(t *testing.T) { testLarge(t, s) })
	t.Run("pages", func(t *testing.T) { testPages(t, s, 2300) })
	t.Run("put if new", func(t *testing.T) { testPutIfNew(t, s) })
	t.Run("folder", func(t *testing.T) { testS3Folder(t, s) })
	t.Run("wrong key", func(t *testing.T) {
		t.Setenv("AWS_SECRET_ACCESS_KEY", "wrong")
		bad, err := NewS3(bucket, S3Config{Endpoint: endpoint, PathStyle: true})
		mustNot(t, err)
		for _, err := range bad.List(ctx, "") {
			wantCode(t, err, fault.CodeInsufficientPriv, "AWS_SECRET_ACCESS_KEY")
		}
	})
}

// testLarge uploads in parts and reads in parallel pieces.
func testLarge(t *testing.T, s Store) {
	data := make([]byte, 20<<20+123)
	r := rand.New(rand.NewPCG(1, 1))
	for i := 0; i+8 <= len(data); i += 8 {
		data[i] = byte(r.Uint32())
	}
	ctx := context.Background()
	o, err := s.Put(ctx, "large", bytes.NewReader(data), PutOptions{ContentType: "application/octet-stream"})
	mustNot(t, err)
	if o.Size != int64(len(data)) {
		t.Fatalf("size %d, want %d", o.Size, len(data))
	}
	rs := []Range{{0, o.Size}, {5, 17 << 20}, {19 << 20, 1 << 20}}
	got, err := s.ReadRanges(ctx, o, rs)
	mustNot(t, err)
	for i, r := range rs {
		if !bytes.Equal(got[i], data[r.Off:r.Off+r.Len]) {
			t.Errorf("range %v is wrong", r)
		}
	}
}

func testPages(t *testing.T, s Store, n int) {
	want := make([]string, n)
	sem := make(chan struct{}, 16)
	var wg sync.WaitGroup
	for i := range n {
		want[i] = fmt.Sprintf("pages/%06d", i)
		sem <- struct{}{}
		wg.Go(func() { put(t, s, want[i], ""); <-sem })
	}
	wg.Wait()
	if diff := cmp.Diff(want, keys(t, s, "pages/")); diff != "" {
		t.Error(diff)
	}
	mustNot(t, s.Delete(context.Background(), want...))
	if left := keys(t, s, "pages/"); len(left) > 0 {
		t.Errorf("%d left", len(left))
	}
}

func testPutIfNew(t *testing.T, s Store) {
	put(t, s, "new", "1")
	_, err := s.Put(context.Background(), "new", strings.NewReader("2"), PutOptions{IfNoneMatch: true})
	wantCode(t, err, fault.CodeDuplicateObject)
}

func TestS3LargeAndPages(t *testing.T) {
	_, s := newFakeS3(t)
	testLarge(t, s)
	testPages(t, s, 1100)
}

func TestS3Markers(t *testing.T) {
	_, s := newFakeS3(t)
	for _, k := range []string{"a/", "a/b", "a_$folder$", "b/c/"} {
		put(t, s, k, map[bool]string{true: "x"}[k == "a/b"])
	}
	if diff := cmp.Diff([]string{"a/b"}, keys(t, s, "")); diff != "" {
		t.Error(diff)
	}
}

// TestS3ExactBytes counts what goes over the wire: the wanted bytes of data,
// and gaps only between ranges of metadata.
func TestS3ExactBytes(t *testing.T) {
	f, s := newFakeS3(t)
	o := put(t, s, "d", strings.Repeat("x", 100_000))
	f.reads()
	rs := []Range{{1000, 500}, {1500, 500}, {3000, 100}, {90_000, 10_000}}
	_, err := s.ReadRanges(context.Background(), o, rs)
	mustNot(t, err)
	if gets, n := f.reads(); len(gets) != 3 || n != 11_100 {
		t.Errorf("data: %q, %d bytes", gets, n)
	}
	_, err = s.ReadRanges(WithReadKind(context.Background(), ReadFooter), o, rs)
	mustNot(t, err)
	if gets, n := f.reads(); n != 99_000 || !cmp.Equal(gets, []string{"bytes=1000-99999"}) {
		t.Errorf("footer: %q, %d bytes", gets, n)
	}
}

// TestS3Faults lets the first tries fail in each way that is worth another.
func TestS3Faults(t *testing.T) {
	kinds := map[string]func(w http.ResponseWriter, r *http.Request) bool{
		"500": func(w http.ResponseWriter, r *http.Request) bool { return s3Error(w, 500, "InternalError") },
		"503": func(w http.ResponseWriter, r *http.Request) bool { return s3Error(w, 503, "SlowDown") },
		"502 html": func(w http.ResponseWriter, r *http.Request) bool {
			w.WriteHeader(502)
			io.WriteString(w, "<html>")
			return true
		},
		"hang up":   hangUp,
		"truncated": truncate,
		"stalled":   stall,
	}
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			f, s := newFakeS3(t)
			s.cfg.Stall = 50 * time.Millisecond
			data := strings.Repeat("0123456789", 10_000)
			o := put(t, s, "d", data)
			var mu sync.Mutex
			tries := 0
			f.on(func(w http.ResponseWriter, r *http.Request) bool {
				mu.Lock()
				defer mu.Unlock()
				tries++
				return tries <= 2 && kind(w, r)
			})
			m := &testMeter{}
			got, err := s.ReadRanges(WithMeter(context.Background(), m), o, []Range{{10, 90_000}})
			mustNot(t, err)
			if string(got[0]) != data[10:90_010] {
				t.Error("wrong bytes")
			}
			if tries != 3 || m.sum[ReadData] != 90_000 {
				t.Errorf("%d tries, %d bytes metered", tries, m.sum[ReadData])
			}
			f.on(kind) // for good
			m = &testMeter{}
			_, err = s.ReadRanges(WithMeter(context.Background(), m), o, []Range{{10, 90_000}})
			if e := fault.As(err); e == nil || e.Kind != fault.External || e.Object != "s3://lake/d" {
				t.Errorf("error = %+v", e)
			}
			if m.sum[ReadData] > 4*20_000 {
				t.Errorf("%d bytes stay metered", m.sum[ReadData])
			}
		})
	}
}

func hangUp(w http.ResponseWriter, r *http.Request) bool {
	c, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		c.Close()
	}
	return true
}

// part writes an honest header and the first 20000 bytes of the body.
func part(w http.ResponseWriter, r *http.Request) {
	var from, to int
	fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-%d", &from, &to)
	w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/100000", from, to))
	w.Header().Set("Content-Length", strconv.Itoa(to-from+1))
	w.Header().Set("ETag", r.Header.Get("If-Match"))
	w.WriteHeader(206)
	io.WriteString(w, strings.Repeat("0123456789", 10_000)[from:min(from+20_000, to+1)])
	w.(http.Flusher).Flush()
}

func truncate(w http.ResponseWriter, r *http.Request) bool {
	part(w, r)
	return hangUp(w, r)
}

func stall(w http.ResponseWriter, r *http.Request) bool {
	part(w, r)
	<-r.Context().Done()
	return true
}

func TestS3Errors(t *testing.T) {
	tests := []struct {
		status int
		code   string
		want   fault.Code
		words  string
	}{
		{403, "AccessDenied", fault.CodeInsufficientPriv, "s3:GetObject"},
		{403, "InvalidAccessKeyId", fault.CodeInsufficientPriv, "AWS_ACCESS_KEY_ID"},
		{403, "SignatureDoesNotMatch", fault.CodeInsufficientPriv, "AWS_SECRET_ACCESS_KEY"},
		{400, "ExpiredToken", fault.CodeInsufficientPriv, "renew"},
		{403, "SomethingNew", fault.CodeInsufficientPriv, "SomethingNew"},
		{404, "NoSuchBucket", fault.CodeUndefinedFile, `bucket "lake"`},
		{404, "NoSuchKey", fault.CodeUndefinedFile, "s3://lake/"},
		{412, "PreconditionFailed", fault.CodeObjectNotReady, "replaced"},
		{416, "InvalidRange", fault.CodeObjectNotReady, "replaced"},
		{400, "WeirdError", fault.CodeIO, "WeirdError"},
	}
	f, s := newFakeS3(t)
	o := put(t, s, "d", "0123456789")
	for _, tt := range tests {
		t.Run(tt.code, func(t *testing.T) {
			f.on(func(w http.ResponseWriter, r *http.Request) bool { return s3Error(w, tt.status, tt.code) })
			_, err := s.ReadRanges(context.Background(), o, []Range{{0, 10}})
			wantCode(t, err, tt.want, tt.words)
			f.reads()
		})
	}
	f.on(nil)
	_, err := f.store(t, "nothing", func(*S3Config) {}).Stat(context.Background(), "d")
	wantCode(t, err, fault.CodeUndefinedFile)
	anonymous := f.store(t, "lake", func(c *S3Config) { c.Anonymous = true })
	_, err = anonymous.Stat(context.Background(), "d")
	wantCode(t, err, fault.CodeInsufficientPriv)
	t.Setenv("AWS_ACCESS_KEY_ID", "") // the machine may have keys
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	_, err = f.store(t, "lake", func(c *S3Config) { c.AccessKeyEnv, c.SecretKeyEnv = "", "" }).Stat(context.Background(), "d")
	wantCode(t, err, fault.CodeInsufficientPriv, "credentials", "AWS_ACCESS_KEY_ID")
	down := f.store(t, "lake", func(c *S3Config) { c.Endpoint, c.MaxAttempts = "http://127.0.0.1:1", 1 })
	_, err = down.Stat(context.Background(), "d")
	wantCode(t, err, fault.CodeConnectionFailure, "http://127.0.0.1:1")
}

// TestS3IgnoresConditions reads from servers that do not honour If-Match or
// Range: what they send is refused.
func TestS3IgnoresConditions(t *testing.T) {
	f, s := newFakeS3(t)
	o := put(t, s, "d", strings.Repeat("x", 100))
	answer := func(status int, etag, contentRange, body string) {
		f.on(func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("ETag", etag)
			if contentRange != "" {
				w.Header().Set("Content-Range", contentRange)
			}
			w.WriteHeader(status)
			io.WriteString(w, body)
			return true
		})
	}
	tag := `"` + o.ETag + `"`
	tests := []struct {
		name             string
		status           int
		etag, span, body string
		want             fault.Code
	}{
		{"other version", 206, `"other"`, "bytes 10-19/100", "0123456789", fault.CodeObjectNotReady},
		{"other size", 206, tag, "bytes 10-19/200", "0123456789", fault.CodeObjectNotReady},
		{"no range", 200, tag, "", strings.Repeat("x", 100), fault.CodeExternal},
		{"other range", 206, tag, "bytes 0-9/100", "0123456789", fault.CodeExternal},
		{"nonsense", 206, tag, "lines 1", "0123456789", fault.CodeExternal},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			answer(tt.status, tt.etag, tt.span, tt.body)
			_, err := s.ReadRanges(context.Background(), o, []Range{{10, 10}})
			wantCode(t, err, tt.want)
		})
	}
	answer(206, tag, "bytes 10-19/*", "0123456789")
	got, err := s.ReadRanges(context.Background(), o, []Range{{10, 10}})
	if err != nil || string(got[0]) != "0123456789" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestS3PutFails(t *testing.T) {
	f, s := newFakeS3(t)
	aborted := 0
	f.on(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodDelete && r.URL.Query().Has("uploadId") {
			aborted++
		}
		if r.URL.Query().Get("partNumber") != "2" {
			return false
		}
		_, _ = io.Copy(io.Discard, r.Body) // or the connection is reset before the answer is read
		return s3Error(w, 403, "AccessDenied")
	})
	_, err := s.Put(context.Background(), "big", bytes.NewReader(make([]byte, 30<<20)), PutOptions{})
	wantCode(t, err, fault.CodeInsufficientPriv)
	f.on(nil)
	broken := errors.New("source broke")
	_, err = s.Put(context.Background(), "big", io.MultiReader(bytes.NewReader(make([]byte, 9<<20)), errReader{broken}), PutOptions{})
	if !errors.Is(err, broken) {
		t.Error(err)
	}
	if aborted != 1 || len(keys(t, s, "")) != 0 {
		t.Errorf("%d aborted; left %v", aborted, keys(t, s, ""))
	}
	f.on(func(w http.ResponseWriter, r *http.Request) bool {
		return r.Header.Get("If-None-Match") == "*" && s3Error(w, 412, "PreconditionFailed")
	})
	_, err = s.Put(context.Background(), "x", strings.NewReader("x"), PutOptions{IfNoneMatch: true})
	wantCode(t, err, fault.CodeDuplicateObject)
}

func TestS3CancelWhileStalled(t *testing.T) {
	f, s := newFakeS3(t)
	o := put(t, s, "d", strings.Repeat("0123456789", 10_000))
	f.on(stall)
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(30*time.Millisecond, cancel)
	start := time.Now()
	_, err := s.ReadRanges(ctx, o, []Range{{0, 90_000}})
	if !errors.Is(err, context.Canceled) || time.Since(start) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

func page(truncated bool, token string, names ...string) *s3.ListObjectsV2Output {
	p := &s3.ListObjectsV2Output{IsTruncated: &truncated}
	if token != "" {
		p.NextContinuationToken = &token
	}
	for _, n := range names {
		p.Contents = append(p.Contents, s3types.Object{Key: aws.String(n), Size: aws.Int64(1)})
	}
	return p
}

// TestListingPages joins pages as good and as odd servers send them.
func TestListingPages(t *testing.T) {
	tests := []struct {
		name  string
		pages []*s3.ListObjectsV2Output
		want  []string
		fails bool
	}{
		{"two", []*s3.ListObjectsV2Output{page(true, "1", "a", "b"), page(false, "", "c")}, []string{"a", "b", "c"}, false},
		{"repeated end", []*s3.ListObjectsV2Output{page(true, "1", "a", "b"), page(false, "", "b", "c")}, []string{"a", "b", "c"}, false},
		{"repeated page", []*s3.ListObjectsV2Output{page(true, "1", "a", "b"), page(true, "2", "a", "b"), page(false, "", "c")}, []string{"a", "b", "c"}, false},
		{"empty page", []*s3.ListObjectsV2Output{page(true, "1", "a"), page(true, "2"), page(false, "", "b")}, []string{"a", "b"}, false},
		{"no token", []*s3.ListObjectsV2Output{page(true, "", "a")}, nil, true},
		{"going nowhere", []*s3.ListObjectsV2Output{page(true, "1", "a"), page(true, "1", "a")}, []string{"a"}, true},
		{"out of order", []*s3.ListObjectsV2Output{page(true, "1", "b"), page(false, "", "a")}, []string{"b"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := listing{url: "s3://lake/"}
			var got []string
			var err error
			for _, p := range tt.pages {
				if err = l.next(p); err != nil {
					break
				}
				for _, o := range l.fresh {
					got = append(got, o.Key)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || (err != nil) != tt.fails {
				t.Errorf("error %v; %s", err, diff)
			}
		})
	}
}

func TestS3FollowsRegion(t *testing.T) {
	s, err := NewS3("lake", S3Config{Region: "us-east-1", Anonymous: true})
	mustNot(t, err)
	calls := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		if calls == 1 {
			w.Header().Set("X-Amz-Bucket-Region", "eu-central-1")
			w.WriteHeader(301)
			return
		}
		w.Header().Set("Content-Length", "7")
		w.Header().Set("ETag", `"tag"`)
	}))
	defer srv.Close()
	s.base.BaseEndpoint = &srv.URL // as AWS_ENDPOINT_URL would
	s.use("us-east-1")
	o, err := s.Stat(context.Background(), "d")
	if err != nil || o.Size != 7 || o.ETag != "tag" || *s.region.Load() != "eu-central-1" || calls != 2 {
		t.Errorf("%+v, %v; region %s after %d calls", o, err, *s.region.Load(), calls)
	}
}

func TestIsAddress(t *testing.T) {
	for e, want := range map[string]bool{"": false, "http://127.0.0.1:9000": true, "http://localhost:9000": true, "https://[::1]:9000": true,
		"https://s3.example.com": false, "https://storage.googleapis.com": false} {
		if got := isAddress(e); got != want {
			t.Errorf("%q: %v", e, got)
		}
	}
}

// testS3Folder makes a folder without files, which lists do not show.
func testS3Folder(t *testing.T, s *S3) {
	ctx := context.Background()
	has := func(key string, want bool) {
		t.Helper()
		if there, err := s.HasFolder(ctx, key); err != nil || there != want {
			t.Errorf("HasFolder(%s) = %v, %v", key, there, err)
		}
	}
	has("none/at/all", false)
	mustNot(t, s.PutFolder(ctx, "empty/table/", PutOptions{}))
	has("empty/table", true)
	for o, err := range s.List(ctx, "empty/") {
		t.Errorf("listed: %v %v", o, err)
	}
	mustNot(t, s.Delete(ctx, "empty/table/"))
	has("empty/table/", false)
}
