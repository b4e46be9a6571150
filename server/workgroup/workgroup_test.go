package workgroup

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/store"
)

type memHistory struct {
	mu sync.Mutex
	rs []meta.QueryRecord
}

func (h *memHistory) InsertQueries(_ context.Context, rs ...meta.QueryRecord) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.rs = append(h.rs, rs...)
	return nil
}

func (h *memHistory) PruneQueries(context.Context, meta.HistoryKeep) (int64, error) { return 0, nil }

func (h *memHistory) TryLock(context.Context, string) (func(), bool, error) {
	return func() {}, true, nil
}

func newGovernor(t *testing.T, h History, settings ...Setting) *Governor {
	t.Helper()
	g, err := New(settings, h, nil, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

// TestMeterIsExact lets many readers race for a limit: what was granted adds up
// to no more than the limit, and what was given back can be reserved again.
func TestMeterIsExact(t *testing.T) {
	g := newGovernor(t, nil, Setting{Name: "w", Cutoff: 100003})
	q, err := g.Begin(context.Background(), exec.QueryInfo{Workgroup: "w"})
	if err != nil {
		t.Fatal(err)
	}
	var granted [8]int64
	var wg sync.WaitGroup
	for i := range granted {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := int64(1); n < 2000; n++ {
				if q.Reserve(context.Background(), store.ReadData, 7+n%5) == nil {
					granted[i] += 7 + n%5
				}
			}
		}()
	}
	wg.Wait()
	var sum int64
	for _, n := range granted {
		sum += n
	}
	if sum > 100003 || sum < 100003-11 {
		t.Fatalf("granted %d bytes of a limit of 100003", sum)
	}
	if err := q.Reserve(context.Background(), store.ReadFooter, 1<<30); err != nil {
		t.Errorf("footers must not count: %v", err)
	}
	if err := q.Reserve(context.Background(), store.ReadData, -50); err != nil {
		t.Fatal(err)
	}
	if err := q.Reserve(context.Background(), store.ReadData, 50); err != nil {
		t.Errorf("what was given back is refused: %v", err)
	}
}

func TestRefusalSaysWhatHelps(t *testing.T) {
	g := newGovernor(t, nil, Setting{Name: "w", Cutoff: 10 << 20})
	q, err := g.Begin(context.Background(), exec.QueryInfo{Workgroup: "w"})
	if err != nil {
		t.Fatal(err)
	}
	err = q.Admit(context.Background(), exec.PlanInfo{Tables: []exec.TableEstimate{
		{Database: "web", Table: "small", BytesLower: 100, BytesUpper: 100, Files: 1},
		{Database: "web", Table: "logs", BytesLower: 40 << 20, BytesUpper: 41 << 20, Files: 9, Partitions: 9, PartitionsTotal: 9,
			PartitionKeys: []string{"dt"}, Unfiltered: []string{"dt"}, Example: []string{"dt = '2026-01-31'"}},
	}})
	e := fault.As(err)
	if err == nil || e.Code != fault.CodeLimitExceeded {
		t.Fatalf("got %v, want 53400", err)
	}
	for _, want := range []struct{ have, want string }{
		{e.Message, "Bytes scanned limit was exceeded: workgroup \"w\" allows 10 MB per query, this query needs at least 40.0 MB (0 bytes read so far)"},
		{e.Detail, "the largest table is web.logs with 41943040 to 42991616 bytes in 9 files, 9 of 9 partitions selected"},
		{e.Hint, "WHERE dt = '2026-01-31'"},
	} {
		if !strings.Contains(want.have, want.want) {
			t.Errorf("%q does not contain %q", want.have, want.want)
		}
	}
}

func TestChoice(t *testing.T) {
	g := newGovernor(t, nil, Setting{Name: "analysts", Users: []string{"ana"}}, Setting{Name: "off", State: "disabled"})
	for _, c := range []struct {
		user, group, want string
		code              fault.Code
	}{
		{"bob", "", Primary, ""}, {"ana", "", "analysts", ""}, {"ana", Primary, Primary, ""},
		{"bob", "analyst", "", fault.CodeUndefinedObject}, {"bob", "off", "", fault.CodeInsufficientPriv},
	} {
		q, err := g.Begin(context.Background(), exec.QueryInfo{User: exec.UserInfo{Name: c.user}, Workgroup: c.group})
		switch {
		case c.code != "":
			if !fault.Is(err, c.code) {
				t.Errorf("%s in %q: %v, want %s", c.user, c.group, err, c.code)
			}
		case err != nil:
			t.Errorf("%s in %q: %v", c.user, c.group, err)
		case q.(*control).group.Name != c.want:
			t.Errorf("%s in %q runs in %s, want %s", c.user, c.group, q.(*control).group.Name, c.want)
		}
	}
}

// FuzzSize checks that a size is written so that it is read again, and that only a
// limit of zero is none.
func FuzzSize(f *testing.F) {
	for _, s := range []string{"0", "10MB", "1.5 GiB", "9223372036854775807", "0.4", "7ZB"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := ParseBytes(s)
		if err != nil {
			return
		}
		text, err := Size(n).MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var again Size
		if err := again.UnmarshalText(text); err != nil || int64(again) != n {
			t.Fatalf("%q is %d, written %q, read again %d, %v", s, n, text, again, err)
		}
		var l Limit
		if err := l.UnmarshalText([]byte(s)); (err == nil) != (n > 0) {
			t.Fatalf("%q as a limit: %d, %v", s, l, err)
		}
	})
}
