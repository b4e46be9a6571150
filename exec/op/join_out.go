package op

import (
	"io"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// joinOut makes a join's output batches. Its vectors are reused.
type joinOut struct {
	buildFirst bool
	probeTypes []types.Type
	buildTypes []types.Type
	probe      []*vector.Vector // gathered probe columns
	build      []*vector.Vector // gathered build columns
	mark       vector.Vector
	idx        []uint32
	sel        vector.Sel
	noProbe    []*vector.Vector // all-NULL columns for build rows alone; nil: they have no probe columns
	noBuild    []*vector.Vector // all-NULL columns for probe rows alone
}

func newJoinOut(probe []types.Type, j *JoinBuild, s *JoinShape) joinOut {
	o := joinOut{buildFirst: s.BuildFirst, probeTypes: probe, buildTypes: j.Types}
	o.probe, o.build = newVectors(len(probe)), newVectors(len(j.Types))
	o.noBuild = nullVectors(o.buildTypes)
	if s.BuildOuter {
		o.noProbe = nullVectors(o.probeTypes)
	}
	return o
}

// nullVectors makes constant NULLs whose length withLen sets.
func nullVectors(ts []types.Type) []*vector.Vector {
	vs := make([]*vector.Vector, len(ts))
	for i, t := range ts {
		vs[i] = vector.Null(t, 0)
	}
	return vs
}

func withLen(vs []*vector.Vector, n int) []*vector.Vector {
	for _, v := range vs {
		v.Len = n
	}
	return vs
}

func newVectors(n int) []*vector.Vector {
	vs := make([]*vector.Vector, n)
	for i := range vs {
		vs[i] = &vector.Vector{}
	}
	return vs
}

// emit sets b's columns in the join's order.
func (o *joinOut) emit(b *vector.Batch, n int, sel vector.Sel, probe, build []*vector.Vector) {
	b.N, b.Sel = n, sel
	if o.buildFirst {
		b.Cols = append(append(b.Cols[:0], build...), probe...)
		return
	}
	b.Cols = append(append(b.Cols[:0], probe...), build...)
}

// pairs puts out the rows (pairP[i] of the probe batch, pairB[i] of the build side).
func (o *joinOut) pairs(b, in *vector.Batch, j *JoinBuild, pairP, pairB []uint32) {
	for i := range o.probe {
		vector.Gather(o.probe[i], in.Cols[i], pairP)
	}
	for i := range o.build {
		vector.Gather(o.build[i], j.cols[i], pairB)
	}
	o.emit(b, len(pairP), nil, o.probe, o.build)
}

// aligned puts out the probe batch's own columns and, at the same positions, the
// build columns of its matches. rows[k] belongs to position at[k]; with outer,
// positions without a match are NULL.
func (o *joinOut) aligned(b, in *vector.Batch, j *JoinBuild, sel, at vector.Sel, rows []uint32, outer bool) {
	if j.n == 0 {
		o.probeNulls(b, in, j, sel)
		return
	}
	o.idx = grow(o.idx, in.N)
	clear(o.idx)
	missing := outer && len(at) < in.Rows()
	for k, p := range at {
		r := rows[k]
		if r == 0 {
			missing = missing || outer
			continue
		}
		o.idx[p] = r - 1
	}
	for i := range o.build {
		vector.Gather(o.build[i], j.cols[i], o.idx)
	}
	if missing {
		o.nullUnmatched(in, at, rows)
	}
	o.emit(b, in.N, sel, in.Cols, o.build)
}

// nullUnmatched makes the build columns NULL where a position has no match.
func (o *joinOut) nullUnmatched(in *vector.Batch, at vector.Sel, rows []uint32) {
	match := vector.NewBitmap(in.N)
	for k, p := range at {
		if rows[k] != 0 {
			match.Set(int(p))
		}
	}
	for _, v := range o.build {
		v.Valid = vector.And(v.Valid, match)
	}
}

// probeOnly puts out probe columns alone.
func (o *joinOut) probeOnly(b, in *vector.Batch, sel vector.Sel) {
	if len(sel) == in.N {
		sel = nil
	}
	setCols(b, in.N, sel, in.Cols...)
}

// probeWith puts out the probe columns and one more.
func (o *joinOut) probeWith(b, in *vector.Batch, sel vector.Sel, v *vector.Vector) {
	setCols(b, in.N, sel, in.Cols...)
	b.Cols = append(b.Cols, v)
}

// probeNulls puts out probe rows with NULLs for the build columns.
func (o *joinOut) probeNulls(b, in *vector.Batch, j *JoinBuild, sel vector.Sel) {
	if len(sel) == in.N {
		sel = nil
	}
	o.emit(b, in.N, sel, in.Cols, withLen(o.noBuild, in.N))
}

// buildRows puts out the next build rows from *at on that are marked (or, with
// want false, not marked), with NULLs for the probe columns if the shape is an outer join.
func (o *joinOut) buildRows(b *vector.Batch, j *JoinBuild, at *int, want bool) error {
	o.idx = o.idx[:0]
	for ; *at < j.n && len(o.idx) < vector.BatchSize; *at++ {
		if j.isMarked(*at) == want {
			o.idx = append(o.idx, uint32(*at))
		}
	}
	if len(o.idx) == 0 {
		return io.EOF
	}
	o.gatherBuild(j)
	o.emit(b, len(o.idx), nil, withLen(o.noProbe, len(o.idx)), o.build)
	return nil
}

func (o *joinOut) gatherBuild(j *JoinBuild) {
	for i := range o.build {
		vector.Gather(o.build[i], j.cols[i], o.idx)
	}
}

// markedRows puts out the next build rows with the column that tells whether
// they are marked.
func (o *joinOut) markedRows(b *vector.Batch, j *JoinBuild, at *int) error {
	n := min(j.n-*at, vector.BatchSize)
	if n <= 0 {
		return io.EOF
	}
	o.idx = grow(o.idx, n)
	o.mark.Reset(types.TBoolean, n)
	for k := range o.idx {
		o.idx[k] = uint32(*at + k)
		vector.Values[bool](&o.mark)[k] = j.isMarked(*at + k)
	}
	*at += n
	o.gatherBuild(j)
	setCols(b, n, nil, o.build...)
	b.Cols = append(b.Cols, &o.mark)
	return nil
}
