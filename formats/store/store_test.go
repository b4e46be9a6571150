package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
)

// testMeter sums what it is asked for and refuses past a limit.
type testMeter struct {
	mu    sync.Mutex
	sum   [3]int64
	limit int64
}

func (m *testMeter) Reserve(_ context.Context, k ReadKind, n int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if k == ReadData && m.limit > 0 && m.sum[k]+n > m.limit {
		return fault.New(fault.CodeLimitExceeded, "Bytes scanned limit was exceeded")
	}
	m.sum[k] += n
	return nil
}

func wantCode(t *testing.T, err error, code fault.Code, words ...string) {
	t.Helper()
	e := fault.As(err)
	if e == nil || e.Code != code {
		t.Fatalf("error = %v, want code %s", err, code)
	}
	text := e.Error() + " " + e.Hint
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("error %q lacks %q", text, w)
		}
	}
}

func put(t *testing.T, s Store, key, data string) Info {
	t.Helper()
	o, err := s.Put(context.Background(), key, strings.NewReader(data), PutOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func keys(t *testing.T, s Store, prefix string) []string {
	t.Helper()
	out := []string{}
	for o, err := range s.List(context.Background(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, o.Key)
	}
	return out
}

// testStore is what every store must do.
func testStore(t *testing.T, s Store) {
	t.Run("list", func(t *testing.T) { testList(t, s) })
	t.Run("folders", func(t *testing.T) { testFolders(t, s) })
	t.Run("read", func(t *testing.T) { testRead(t, s) })
	t.Run("meter", func(t *testing.T) { testMetered(t, s) })
	t.Run("versions", func(t *testing.T) { testVersions(t, s) })
	t.Run("delete", func(t *testing.T) { testDelete(t, s) })
	t.Run("canceled", func(t *testing.T) { testCanceled(t, s) })
}

func testList(t *testing.T, s Store) {
	want := []string{"l/a-b/x", "l/a.txt", "l/a/1", "l/a/2", "l/a/b/3", "l/ab", "l/empty", "l/k=v w/ü+%.csv"}
	shuffled := slices.Clone(want)
	slices.Reverse(shuffled)
	for _, k := range shuffled {
		data := "x"
		if k == "l/empty" {
			data = ""
		}
		put(t, s, k, data)
	}
	if diff := cmp.Diff(want, keys(t, s, "l/")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"l/a/1", "l/a/2", "l/a/b/3"}, keys(t, s, "l/a/")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"l/a-b/x", "l/a.txt", "l/a/1", "l/a/2", "l/a/b/3", "l/ab"}, keys(t, s, "l/a")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{}, keys(t, s, "l/nothing/here")); diff != "" {
		t.Error(diff)
	}
	for o, err := range s.List(context.Background(), "l/") {
		if err != nil || o.Key != want[0] {
			t.Fatal(o, err)
		}
		st, err := s.Stat(context.Background(), o.Key)
		if err != nil || st.Size != o.Size || st.ETag != o.ETag || st.Modified.Unix() != o.Modified.Unix() {
			t.Errorf("stat = %+v (%v), listed as %+v", st, err, o)
		}
		break
	}
	if !strings.HasSuffix(s.URL("l/a"), "/l/a") {
		t.Error(s.URL("l/a"))
	}
	under := []string{}
	for o, err := range Under(context.Background(), s, "l/ab") {
		if err != nil {
			t.Fatal(err)
		}
		under = append(under, o.Key)
	}
	if diff := cmp.Diff([]string{"l/ab"}, under); diff != "" {
		t.Error(diff)
	}
}

// plainStore hides that a store can list folders.
type plainStore struct{ Store }

func testFolders(t *testing.T, s Store) {
	for _, k := range []string{"f/dt=1/a", "f/dt=1/b/c", "f/dt=1-2/x", "f/dt=2/_hidden/x", "f/file", "f/k=v w%/ü", "g/x"} {
		put(t, s, k, "x")
	}
	if _, ok := s.(*Dir); !ok {
		put(t, s, "f/marker/", "")
	}
	for prefix, want := range map[string][]string{"f/": {"dt=1", "dt=1-2", "dt=2", "k=v w%"}, "f/dt=1/": {"b"}, "f/dt=2/": {"_hidden"}, "f/none/": nil} {
		for _, s := range []Store{s, plainStore{s}} {
			var got []string
			for name, err := range Folders(context.Background(), s, prefix) {
				if err != nil {
					t.Fatal(err)
				}
				if name != "marker" { // where it is a folder of its own or stands for one
					got = append(got, name)
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%T %s: %s", s, prefix, diff)
			}
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, err := range Folders(ctx, s, "f/") {
		if err == nil {
			t.Error("a canceled listing goes on")
		}
	}
}

func testRead(t *testing.T, s Store) {
	ctx := context.Background()
	data := strings.Repeat("0123456789", 1000)
	o := put(t, s, "r/data", data)
	rs := []Range{{100, 10}, {0, 5}, {110, 7}, {9999, 1}, {40, 0}, {0, 10000}, {10000, 0}}
	got, err := s.ReadRanges(ctx, o, rs)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rs {
		if string(got[i]) != data[r.Off:r.Off+r.Len] {
			t.Errorf("range %v = %.20q", r, got[i])
		}
	}
	for _, r := range []Range{{10001, 0}, {9999, 2}, {-1, 1}, {0, -1}, {1 << 62, 1 << 62}} {
		_, err := s.ReadRanges(ctx, o, []Range{r})
		wantCode(t, err, fault.CodeDataCorrupted, "outside the object")
	}
	_, err = s.Stat(ctx, "r/missing")
	wantCode(t, err, fault.CodeUndefinedFile)
	_, err = s.ReadRanges(ctx, Info{Key: "r/missing", Size: 10}, []Range{{0, 10}})
	wantCode(t, err, fault.CodeUndefinedFile, "r/missing")
}

func testMetered(t *testing.T, s Store) {
	o := put(t, s, "m/data", strings.Repeat("x", 1000))
	m := &testMeter{limit: 100}
	ctx := WithMeter(context.Background(), m)
	read := func(ctx context.Context, rs ...Range) error { _, err := s.ReadRanges(ctx, o, rs); return err }
	if err := read(ctx, Range{0, 10}, Range{20, 10}, Range{30, 30}); err != nil {
		t.Fatal(err)
	}
	if m.sum[ReadData] != 50 {
		t.Errorf("data = %d, want 50", m.sum[ReadData])
	}
	wantCode(t, read(ctx, Range{0, 51}), fault.CodeLimitExceeded)
	if err := read(WithReadKind(ctx, ReadFooter), Range{0, 500}); err != nil {
		t.Fatal(err)
	}
	gone := o
	gone.Key = "m/gone"
	if _, err := s.ReadRanges(ctx, gone, []Range{{0, 50}}); err == nil {
		t.Fatal("read what is not there")
	}
	if m.sum[ReadData] != 50 || m.sum[ReadFooter] != 500 {
		t.Errorf("sums = %v, want 50 and 500", m.sum)
	}
	if _, err := s.Stat(ctx, "m/data"); err != nil {
		t.Fatal(err)
	}
	for range s.List(ctx, "m/") {
	}
	if m.sum[ReadList] != 2 {
		t.Errorf("requests = %d, want 2", m.sum[ReadList])
	}
}

func testVersions(t *testing.T, s Store) {
	old := put(t, s, "v/data", "old content")
	put(t, s, "v/data", "new content")
	_, err := s.ReadRanges(context.Background(), old, []Range{{0, 3}})
	wantCode(t, err, fault.CodeObjectNotReady, "replaced")
	put(t, s, "v/data", "shorter")
	_, err = s.ReadRanges(context.Background(), old, []Range{{8, 3}})
	wantCode(t, err, fault.CodeObjectNotReady, "replaced")
}

func testDelete(t *testing.T, s Store) {
	ctx := context.Background()
	var ks []string
	for i := range 5 {
		ks = append(ks, fmt.Sprintf("d/%d", i))
		put(t, s, ks[i], "x")
	}
	if err := s.Delete(ctx, append(ks[:3:3], "d/never")...); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ks[3:], keys(t, s, "d/")); diff != "" {
		t.Error(diff)
	}
	if err := s.Delete(ctx); err != nil {
		t.Fatal(err)
	}
}

func testCanceled(t *testing.T, s Store) {
	o := put(t, s, "c/data", "x")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := s.ReadRanges(ctx, o, []Range{{0, 1}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("read: %v", err)
	}
	for _, err := range s.List(ctx, "") {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("list: %v", err)
		}
	}
	if _, err := s.Put(ctx, "c/new", bytes.NewReader(nil), PutOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("put: %v", err)
	}
}

func TestMemory(t *testing.T) {
	m := NewMemory("test")
	testStore(t, m)
	o := m.Set("rec", make([]byte, 100))
	m.Reads()
	if _, err := m.ReadRanges(context.Background(), o, []Range{{0, 10}, {10, 10}, {50, 5}}); err != nil {
		t.Fatal(err)
	}
	want := []Read{{"rec", Range{0, 20}, ReadData}, {"rec", Range{50, 5}, ReadData}}
	if diff := cmp.Diff(want, m.Reads()); diff != "" {
		t.Error(diff)
	}
	m.FailWith(func(op, key string) error { return fault.New(fault.CodeIO, "%s %s fails", op, key) })
	_, err := m.ReadRanges(context.Background(), o, []Range{{0, 1}})
	wantCode(t, err, fault.CodeIO, "read rec fails")
}
