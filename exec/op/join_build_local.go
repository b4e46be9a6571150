package op

import (
	"context"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// joinBuildLocal is one copy's part of a build side.
type joinBuildLocal struct {
	j     *JoinBuild
	rows  *rowStore
	cut   *joinCutter // nil: rows are not cut so far
	exprs []Expr
	keys  []*vector.Vector
	b     vector.Batch
	sel   vector.Sel
	nulls bool
	room  *room
}

func (l *joinBuildLocal) Add(ctx context.Context, b *vector.Batch) error {
	l.b.N, l.b.Sel, l.b.Cols = b.N, b.Sel, append(l.b.Cols[:0], b.Cols...)
	l.keys = l.keys[:0]
	for i, k := range l.j.Keys {
		if k.Item.Pass >= 0 {
			l.keys = append(l.keys, b.Cols[k.Item.Pass])
			continue
		}
		v, err := l.exprs[i].Eval(b, b.Sel)
		if err != nil {
			return err
		}
		l.keys = append(l.keys, v)
		l.b.Cols = append(l.b.Cols, v)
	}
	sel, all := withoutNulls(l.keys, l.j.Keys, b, &l.sel)
	if !all {
		l.nulls = true
		if !l.j.KeepAll {
			if l.b.Sel = sel; len(sel) == 0 {
				return nil
			}
		}
	}
	return l.keep(ctx, &l.b)
}

// keep adds a batch of the store's columns.
func (l *joinBuildLocal) keep(ctx context.Context, b *vector.Batch) error {
	if l.cut != nil {
		if err := l.cut.add(b); err != nil {
			return err
		}
	} else {
		l.rows.add(b)
	}
	return l.room.use(ctx, l)
}

func (l *joinBuildLocal) bytes() int64 {
	if l.cut != nil {
		return l.cut.bytes()
	}
	return l.rows.bytes()
}

// withoutNulls gives the selected rows of b none of whose keys (null-safe ones
// apart) is NULL; all tells that these are all of them, and then sel is b.Sel.
func withoutNulls(keys []*vector.Vector, defs []JoinKey, b *vector.Batch, buf *vector.Sel) (sel vector.Sel, all bool) {
	sel, all = b.Sel, true
	for i, v := range keys {
		if defs[i].NullSafe || v.Valid == nil && v.Type.Kind != types.Unknown {
			continue
		}
		from := sel
		if all {
			from = selOf(b)
		}
		if v.Form != vector.Const && v.Valid != nil && v.Valid.All(b.N) {
			continue
		}
		*buf = vector.Sel(grow([]uint16(*buf), len(from)))
		out := valid(v, from, *buf) // from may be buf itself: writing never overtakes reading
		if len(out) < len(from) {
			all, sel = false, out
		} else if !all {
			sel = out
		}
	}
	return sel, all
}

// valid gives the rows of from at which v is not NULL; out is as long as from.
func valid(v *vector.Vector, from, out vector.Sel) vector.Sel {
	n := 0
	if v.Form == vector.Const || v.Valid == nil {
		if v.IsNull(0) {
			return out[:0]
		}
		return out[:copy(out, from)]
	}
	for _, p := range from {
		out[n] = p
		n += int(v.Valid[p>>6] >> (p & 63) & 1)
	}
	return out[:n]
}

// Spill writes rows to disk: those of half of the partitions, each time.
func (l *joinBuildLocal) Spill(_ context.Context, want int64) (int64, error) {
	before := l.bytes()
	if before == 0 || !l.j.mayCut() {
		return 0, nil
	}
	s, err := l.j.spilling()
	if err != nil {
		return 0, err
	}
	if l.cut == nil {
		l.cut = l.j.newCutter(s)
		if err := l.cut.addStore(l.rows); err != nil {
			return 0, err
		}
	} else if err := l.cut.follow(); err != nil {
		return 0, err
	}
	for l.bytes() > 0 && before-l.bytes() < min(want, before/2) {
		if err := s.shed(); err != nil {
			return 0, err
		}
		if err := l.cut.follow(); err != nil {
			return 0, err
		}
	}
	return before - l.bytes(), nil
}

func (l *joinBuildLocal) Combine(context.Context) error {
	if l.cut != nil {
		if err := l.cut.follow(); err != nil {
			return err
		}
	}
	j := l.j
	j.mu.Lock()
	defer j.mu.Unlock()
	if l.cut == nil {
		j.rows.take(l.rows)
	} else {
		if j.cut == nil {
			j.cut = j.newCutter(j.spill)
		}
		j.cut.take(l.cut)
	}
	j.nullKeys = j.nullKeys || l.nulls
	l.room.move(&j.held)
	return nil
}
