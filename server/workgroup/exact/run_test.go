package exact

import (
	"context"
	"io"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/server/workgroup"
)

// outcome is what became of a query.
type outcome struct {
	counts
	stats        exec.Stats // the meter's word
	lower, upper int64      // the plan's bounds
	rows         int
	err          error
}

// spy notes the plan that the governor is shown.
type spy struct {
	*workgroup.Governor
}

type seenKey struct{}

// Begin implements exec.Governor.
func (s spy) Begin(ctx context.Context, q exec.QueryInfo) (exec.QueryControl, error) {
	c, err := s.Governor.Begin(ctx, q)
	if c == nil || err != nil {
		return nil, err
	}
	out, _ := ctx.Value(seenKey{}).(*outcome)
	return watched{c, out}, nil
}

type watched struct {
	exec.QueryControl
	out *outcome
}

// Admit implements exec.QueryControl.
func (w watched) Admit(ctx context.Context, p exec.PlanInfo) error {
	if w.out != nil {
		for i := range p.Tables {
			w.out.lower += p.Tables[i].BytesLower
			w.out.upper += p.Tables[i].BytesUpper
		}
	}
	return w.QueryControl.Admit(ctx, p)
}

// limit gives the workgroup w a cutoff; 0: none.
func (h *house) limit(t testing.TB, n int64) {
	t.Helper()
	if err := h.groups.Apply([]workgroup.Setting{{Name: "w", Cutoff: workgroup.Limit(n)}}); err != nil {
		t.Fatal(err)
	}
}

// session opens a session in the workgroup w.
func (h *house) session(t testing.TB, workers int) *exec.Session {
	t.Helper()
	s, err := h.engines[workers].NewSession(exec.SessionOptions{User: "test", Database: "lake", Settings: map[string]string{"workgroup": "w"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// run runs a query to its end, alone in its house.
func (h *house) run(ctx context.Context, s *exec.Session, sql string) outcome {
	h.store.take()
	var out outcome
	out.rows, out.stats, out.err = rowsOf(context.WithValue(ctx, seenKey{}, &out), s, sql)
	out.counts = h.store.take()
	return out
}

// rowsOf reads a query's result to its end or its error.
func rowsOf(ctx context.Context, s *exec.Session, sql string) (n int, st exec.Stats, err error) {
	p, err := s.Prepare(ctx, sql, nil)
	if err != nil {
		return 0, st, err
	}
	r, err := s.Execute(ctx, p, nil)
	if err != nil {
		return 0, st, err
	}
	var b vector.Batch
	for err == nil {
		if err = r.Next(ctx, &b); err == nil {
			n += b.Rows()
		}
	}
	r.Close()
	if err == io.EOF {
		err = nil
	}
	return n, r.Stats(), err
}

func refused(err error) bool { return fault.Is(err, fault.CodeLimitExceeded) }
