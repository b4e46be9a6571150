package arrow

import (
	"context"
	"encoding/binary"
	"math"
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/convert"
	"github.com/glauxdb/glaux/formats/vector"
)

// maxExpand bounds the values that a few bytes may stand for: run-end encoded
// ones, and lists of no items.
const maxExpand = 1 << 24

// reader makes vectors of the record batches of a file.
type reader struct {
	f      *File
	ctx    context.Context  // of the call of Next under way
	at     int              // the record batch under way
	shared *formats.Overlap // dictionaries that were read
	dicts  map[dictKey]*dictionary

	mem *formats.Charge
	tab *formats.Tab // of what is being built: the record batch under way, or a dictionary
}

// hold charges n values of some bytes each, before they are made.
func (r *reader) hold(n, width int) error { return r.tab.Add(int64(n) * int64(width)) }

// dictKey names a dictionary's values as a type.
type dictKey struct {
	id int64
	b  *binding
}

// dictionary is what some messages of f.dicts make, one added to the other.
type dictionary struct {
	parts []int
	vec   *vector.Vector
	tab   *formats.Tab // what vec holds
}

// build makes the vector of the first n values of an array. top says that it is
// a column by itself, which may stay dictionary codes.
func (r *reader) build(b *binding, a *array, n int, top bool) (*vector.Vector, error) {
	switch {
	case b.f == nil:
		return vector.Null(b.typ, n), nil
	case a.node.rows < int64(n):
		return nil, corrupt("field %q has %d values, not %d", a.f.name, a.node.rows, n)
	case a.f.dict != nil:
		return r.coded(b, a, n, top)
	}
	switch a.f.kind {
	case typeRunEnd:
		return r.runs(b, a, n)
	case typeUnion:
		return r.union(b, a, n)
	}
	valid, err := r.valid(a, n)
	if err != nil {
		return nil, err
	}
	var v *vector.Vector
	switch a.f.kind {
	case typeStruct:
		return r.row(b, a, n, valid)
	case typeList, typeLargeList, typeListView, typeLargeListView, typeFixedSizeList, typeMap:
		v, err = r.list(b, a, n)
	default:
		v, err = r.value(b, a, n, valid)
	}
	if err != nil {
		return nil, err
	}
	if v.Form != vector.Const {
		v.Valid = valid
	}
	return v, nil
}

func (r *reader) row(b *binding, a *array, n int, valid vector.Bitmap) (*vector.Vector, error) {
	if b.pick {
		v, err := r.build(b.kids[0], a.kids[b.at[0]], n, false)
		if err == nil && v.Form != vector.Const {
			v.Valid = vector.And(v.Valid, valid)
		}
		return v, err
	}
	kids := make([]*vector.Vector, len(b.kids))
	for i, k := range b.kids {
		var kid *array
		if b.at[i] >= 0 {
			kid = a.kids[b.at[i]]
		}
		var err error
		if kids[i], err = r.build(k, kid, n, false); err != nil {
			return nil, err
		}
	}
	v := &vector.Vector{Type: b.typ, Len: n, Valid: valid}
	v.SetKids(kids)
	return v, nil
}

// list makes arrays and maps: ranges of their entries.
func (r *reader) list(b *binding, a *array, n int) (*vector.Vector, error) {
	items := a.kids[0]
	if err := r.hold(n, rangeBytes); err != nil {
		return nil, err
	}
	rs, err := r.listRanges(a, n, items.node.rows)
	if err != nil {
		return nil, err
	}
	parts := a.kids
	if a.f.kind == typeMap {
		if items.node.nulls != 0 {
			return nil, corrupt("map %q has entries that are null", a.f.name)
		}
		parts = items.kids
	}
	kids := make([]*vector.Vector, len(b.kids))
	for i, k := range b.kids {
		if kids[i], err = r.build(k, parts[b.at[i]], int(items.node.rows), false); err != nil {
			return nil, err
		}
	}
	v := &vector.Vector{Type: b.typ, Len: n}
	v.SetRaw(convert.BytesOf(rs))
	v.SetKids(kids)
	return v, nil
}

func (r *reader) listRanges(a *array, n int, items int64) ([]vector.Range, error) {
	switch a.f.kind {
	case typeFixedSizeList:
		size := a.f.size
		if n > maxExpand && size == 0 {
			return nil, fault.New(fault.CodeProgramLimit, "an Arrow record batch of more than %d empty lists", maxExpand)
		}
		if int64(n)*int64(size) > items {
			return nil, corrupt("lists of field %q have %d items, not %d times %d", a.f.name, items, n, size)
		}
		rs := make([]vector.Range, n)
		for i := range rs {
			rs[i] = vector.Range{Off: uint32(i * size), Len: uint32(size)}
		}
		return rs, nil
	case typeListView, typeLargeListView:
		return r.viewRanges(a, n, items)
	}
	return r.offsets(a, n, items, a.f.kind == typeLargeList)
}

// offsets reads n+1 offsets as ranges of something of a size.
func (r *reader) offsets(a *array, n int, size int64, wide bool) ([]vector.Range, error) {
	if n == 0 {
		return nil, nil
	}
	offs, err := r.longs(a, 1, n+1, wide)
	if err != nil {
		return nil, err
	}
	rs := make([]vector.Range, n)
	for i := range rs {
		lo, hi := offs[i], offs[i+1]
		if lo < 0 || hi < lo || hi > size {
			return nil, corrupt("an offset of field %q lies outside of its values", a.f.name)
		}
		rs[i] = vector.Range{Off: uint32(lo), Len: uint32(hi - lo)}
	}
	return rs, nil
}

// longs reads signed integers of 4 or 8 bytes.
func (r *reader) longs(a *array, i, n int, wide bool) ([]int64, error) {
	if wide {
		b, err := r.buf(a, i, n, 8)
		return convert.As[int64](b), err
	}
	b, err := r.buf(a, i, n, 4)
	if err != nil {
		return nil, err
	}
	out := make([]int64, n)
	for k, v := range convert.As[int32](b) {
		out[k] = int64(v)
	}
	return out, nil
}

func (r *reader) viewRanges(a *array, n int, items int64) ([]vector.Range, error) {
	wide := a.f.kind == typeLargeListView
	offs, err := r.longs(a, 1, n, wide)
	if err != nil {
		return nil, err
	}
	sizes, err := r.longs(a, 2, n, wide)
	if err != nil {
		return nil, err
	}
	rs := make([]vector.Range, n)
	for i := range rs {
		if offs[i] < 0 || sizes[i] < 0 || offs[i] > items || sizes[i] > items-offs[i] {
			return nil, corrupt("a list of field %q lies outside of its values", a.f.name)
		}
		rs[i] = vector.Range{Off: uint32(offs[i]), Len: uint32(sizes[i])}
	}
	return rs, nil
}

// runs repeats values up to where their runs end.
func (r *reader) runs(b *binding, a *array, n int) (*vector.Vector, error) {
	ends, values := a.kids[0], a.kids[1]
	if n > maxExpand {
		return nil, fault.New(fault.CodeProgramLimit, "an Arrow record batch of %d run-end encoded values, more than %d", n, maxExpand)
	}
	if err := r.hold(n, 4+b.typ.Phys().Width()); err != nil {
		return nil, err
	}
	k := int(ends.node.rows)
	raw, err := r.buf(ends, 1, k, ends.f.bits/8)
	if err != nil {
		return nil, err
	}
	idx := make([]uint32, 0, n)
	for i := 0; i < k && len(idx) < n; i++ {
		end := signedAt(raw, i, ends.f.bits/8)
		if end <= int64(len(idx)) {
			return nil, corrupt("the runs of field %q do not ascend", a.f.name)
		}
		for range min(end, int64(n)) - int64(len(idx)) {
			idx = append(idx, uint32(i))
		}
	}
	if len(idx) < n {
		return nil, corrupt("the runs of field %q end after %d values, not %d", a.f.name, len(idx), n)
	}
	v, err := r.build(b.kids[0], values, int(values.node.rows), false)
	if err != nil || n == 0 {
		return vector.New(b.typ, 0), err
	}
	if values.node.rows < int64(idx[n-1])+1 {
		return nil, corrupt("field %q has fewer values than runs", a.f.name)
	}
	out := &vector.Vector{}
	vector.Gather(out, v, idx)
	return out, nil
}

func signedAt(b []byte, i, width int) int64 {
	switch width {
	case 1:
		return int64(int8(b[i]))
	case 2:
		return int64(int16(binary.LittleEndian.Uint16(b[2*i:])))
	case 4:
		return int64(int32(binary.LittleEndian.Uint32(b[4*i:])))
	}
	return int64(binary.LittleEndian.Uint64(b[8*i:]))
}

// union makes the row that a union is: its tag, and all fields NULL but one.
func (r *reader) union(b *binding, a *array, n int) (*vector.Vector, error) {
	first := 0
	var valid vector.Bitmap
	if r.f.old {
		first = 1
		var err error
		if valid, err = r.valid(a, n); err != nil {
			return nil, err
		}
	}
	tags, err := r.tags(a, first, n, valid)
	if err != nil {
		return nil, err
	}
	var offs []int64
	if a.f.dense {
		if offs, err = r.longs(a, first+1, n, false); err != nil {
			return nil, err
		}
	}
	kids := make([]*vector.Vector, len(b.kids))
	for i, k := range b.kids {
		switch at := b.at[i]; {
		case k.f == nil:
			kids[i] = vector.Null(k.typ, n)
		case at < 0:
			kids[i], err = r.tagVector(k, tags)
		default:
			kids[i], err = r.branch(k, a, at, tags, offs)
		}
		if err != nil {
			return nil, err
		}
	}
	if b.pick {
		if kids[0].Form != vector.Const {
			kids[0].Valid = vector.And(kids[0].Valid, valid)
		}
		return kids[0], nil
	}
	v := &vector.Vector{Type: b.typ, Len: n, Valid: valid}
	v.SetKids(kids)
	return v, nil
}

// tags gives the place of each value's type; 0 where the union is null.
func (r *reader) tags(a *array, i, n int, valid vector.Bitmap) ([]int32, error) {
	ids, err := r.buf(a, i, n, 1)
	if err != nil {
		return nil, err
	}
	var places [256]int32
	for k := range places {
		places[k] = -1
	}
	for k := range a.f.kids {
		if id := a.f.id(k); id >= 0 && id < 128 {
			places[id] = int32(k)
		}
	}
	out := make([]int32, n)
	for k, id := range ids {
		if valid != nil && !valid.Get(k) {
			continue
		}
		if out[k] = places[id]; out[k] < 0 {
			return nil, corrupt("union %q has no type %d", a.f.name, int8(id))
		}
	}
	return out, nil
}

func (r *reader) tagVector(b *binding, tags []int32) (*vector.Vector, error) {
	v := &vector.Vector{}
	v.Reset(b.conv.To, len(tags))
	return v, failed(b, b.conv.Fixed(v.Raw(), convert.BytesOf(tags), len(tags)))
}

// branch gives one type's values of a union, NULL where it has another.
func (r *reader) branch(b *binding, a *array, at int, tags []int32, offs []int64) (*vector.Vector, error) {
	kid, n := a.kids[at], len(tags)
	if err := r.hold(n, 4+b.typ.Phys().Width()); err != nil {
		return nil, err
	}
	v, err := r.build(b, kid, int(kid.node.rows), false)
	if err != nil {
		return nil, err
	}
	idx, mine := make([]uint32, n), vector.NewBitmap(n)
	for i, tag := range tags {
		if int(tag) != at {
			continue
		}
		p := int64(i)
		if offs != nil {
			p = offs[i]
		}
		if p < 0 || p >= kid.node.rows {
			return nil, corrupt("an offset of union %q lies outside of its values", a.f.name)
		}
		idx[i] = uint32(p)
		mine.Set(i)
	}
	if kid.node.rows == 0 || v.Form == vector.Const {
		return vector.Null(b.typ, n), nil
	}
	out := &vector.Vector{}
	vector.Gather(out, v, idx)
	out.Valid = vector.And(out.Valid, mine)
	return out, nil
}

// coded makes dictionary-encoded values: codes where a column may be some, else
// the values that they stand for.
func (r *reader) coded(b *binding, a *array, n int, top bool) (*vector.Vector, error) {
	valid, err := r.valid(a, n)
	if err != nil {
		return nil, err
	}
	d, err := r.dictionary(b, a.f)
	if err != nil {
		return nil, err
	}
	if err := r.hold(n, 4); err != nil {
		return nil, err
	}
	codes, err := r.codes(a, n, valid, d.Len)
	if err != nil {
		return nil, err
	}
	v := &vector.Vector{}
	switch {
	case d.Len == 0:
		return vector.Null(b.typ, n), nil
	case top && d.Form == vector.Flat && d.Valid == nil && len(b.typ.Fields) == 0:
		v.SetDict(b.typ, codes, d)
	default:
		if err := r.hold(n, b.typ.Phys().Width()); err != nil {
			return nil, err
		}
		vector.Gather(v, d, codes)
	}
	if v.Form != vector.Const {
		v.Valid = vector.And(v.Valid, valid)
	}
	return v, nil
}

// codes reads indexes into a dictionary of a size; 0 at nulls.
func (r *reader) codes(a *array, n int, valid vector.Bitmap, size int) ([]uint32, error) {
	width := a.f.dict.bits / 8
	raw, err := r.buf(a, 1, n, width)
	if err != nil {
		return nil, err
	}
	mask := ^uint64(0)
	if !a.f.dict.signed && width < 8 {
		mask = 1<<(8*width) - 1
	}
	out := make([]uint32, n)
	for i := range out {
		if valid != nil && !valid.Get(i) {
			continue
		}
		k := uint64(signedAt(raw, i, width)) & mask
		if k >= uint64(size) {
			return nil, corrupt("an index of field %q lies outside of its dictionary of %d values", a.f.name, size)
		}
		out[i] = uint32(k)
	}
	return out, nil
}

// dictionary gives a field's dictionary as it is for the record batch under way.
func (r *reader) dictionary(b *binding, f *fieldDef) (*vector.Vector, error) {
	var parts []int
	for i := range r.f.dicts {
		d := &r.f.dicts[i]
		if d.dict != f.dict.id || d.at > r.at {
			continue
		}
		if !d.delta {
			parts = parts[:0]
		}
		parts = append(parts, i)
	}
	if len(parts) == 0 { // a file whose values are all null may leave it out
		return vector.New(b.typ, 0), nil
	}
	key := dictKey{f.dict.id, b}
	d := r.dicts[key]
	if d == nil || len(d.parts) > len(parts) || !slices.Equal(d.parts, parts[:len(d.parts)]) {
		if d != nil {
			d.tab.Clear()
		}
		d = &dictionary{tab: r.mem.Tab()}
	}
	values := *f
	values.dict = nil
	vec := d.vec
	defer func(t *formats.Tab) { r.tab = t }(r.tab)
	r.tab = d.tab
	for _, i := range parts[len(d.parts):] {
		v, err := r.dictPart(b, &values, &r.f.dicts[i])
		switch {
		case err != nil:
			return nil, err
		case vec == nil:
			vec = v
		default: // batches that were delivered have the old one
			all := vector.New(b.typ, 0)
			all.AppendRange(vec, 0, vec.Len)
			all.AppendRange(v, 0, v.Len)
			vec = all
		}
	}
	r.dicts[key] = &dictionary{parts, vec, d.tab}
	return vec, nil
}

func (r *reader) dictPart(b *binding, f *fieldDef, e *entry) (*vector.Vector, error) {
	as, err := r.f.arrays(e, []*fieldDef{f})
	if err != nil {
		return nil, err
	}
	if err := r.f.load(r.ctx, e, b.needs(as[0], nil), r.tab, r.shared); err != nil {
		return nil, err
	}
	v, err := r.build(b, as[0], int(e.batch.rows), false)
	if err != nil {
		return nil, r.f.place(err, e)
	}
	return v, nil
}

// value makes the vector of a type without parts.
func (r *reader) value(b *binding, a *array, n int, valid vector.Bitmap) (*vector.Vector, error) {
	c, v := &b.conv, &vector.Vector{}
	if c.Op == convert.OpNone {
		return vector.Null(b.typ, n), nil
	}
	v.Reset(c.To, 0)
	if err := r.hold(n, made(a, c)); err != nil {
		return nil, err
	}
	if c.Op == convert.OpBytes || c.Op == convert.OpFixedText {
		rs, data, err := r.texts(a, n)
		if err != nil {
			return nil, err
		}
		v.Len = n
		v.SetRaw(convert.BytesOf(rs))
		v.SetData(data)
		return v, nil
	}
	raw, err := r.stage(a, n, valid, c.From)
	if err != nil {
		return nil, failed(b, err)
	}
	if c.Op == convert.OpCopy {
		v.Len = n
		v.SetRaw(raw)
		return v, nil
	}
	v.Reset(c.To, n)
	return v, failed(b, c.Fixed(v.Raw(), raw, n))
}

// rangeBytes is what a range takes in memory.
const rangeBytes = 8

// made gives the bytes that a value takes which are not those of the file.
func made(a *array, c *convert.Conv) int {
	switch {
	case c.Op == convert.OpBytes || c.Op == convert.OpFixedText:
		return rangeBytes
	case c.Op != convert.OpCopy:
		return c.From.Width + c.To.Phys().Width()
	case a.f.kind == typeBool:
		return 1
	case a.f.storedWidth() != c.From.Width:
		return c.From.Width
	}
	return 0
}

// failed puts the column into the error of a conversion.
func failed(b *binding, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := err.(*fault.Error); ok {
		return err
	}
	return convert.Fault(err, "Arrow", b.typ).InColumn(b.path)
}

// texts gives the ranges of texts and binary values, and what they point into.
func (r *reader) texts(a *array, n int) ([]vector.Range, []byte, error) {
	switch a.f.kind {
	case typeFixedSizeBinary:
		data, err := r.buf(a, 1, n*a.f.size, 1)
		rs := make([]vector.Range, 0, min(n, maxExpand))
		if n > maxExpand && a.f.size == 0 {
			err = fault.New(fault.CodeProgramLimit, "an Arrow record batch of more than %d values without bytes", maxExpand)
		}
		if err != nil {
			return nil, nil, err
		}
		for i := range n {
			rs = append(rs, vector.Range{Off: uint32(i * a.f.size), Len: uint32(a.f.size)})
		}
		return rs, data, nil
	case typeBinaryView, typeUtf8View:
		return r.views(a, n)
	}
	if len(a.bufs) < 3 {
		return nil, nil, corrupt("field %q has no values", a.f.name)
	}
	rs, err := r.offsets(a, n, int64(len(a.bufs[2])), a.f.kind == typeLargeBinary || a.f.kind == typeLargeUtf8)
	return rs, a.bufs[2], err
}

// views reads values of which short ones lie in their place, and long ones in
// one of several buffers. All are put one behind the other: views may overlap.
func (r *reader) views(a *array, n int) ([]vector.Range, []byte, error) {
	const view, inline = 16, 12
	raw, err := r.buf(a, 1, n*view, 1)
	if err != nil {
		return nil, nil, err
	}
	total := len(raw)
	for _, b := range a.bufs[2:] {
		total += len(b)
	}
	if err := r.hold(total, 1); err != nil {
		return nil, nil, err
	}
	data, starts := append(make([]byte, 0, total), raw...), make([]int, 0, len(a.bufs))
	for _, b := range a.bufs[2:] {
		starts = append(starts, len(data))
		data = append(data, b...)
	}
	if int64(len(data)) > math.MaxUint32 {
		return nil, nil, fault.New(fault.CodeProgramLimit, "the values of an Arrow record batch have %d bytes", len(data))
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if r.f.big {
		order = binary.BigEndian
	}
	rs := make([]vector.Range, n)
	for i := range rs {
		at := i * view
		size := order.Uint32(raw[at:])
		if size <= inline {
			rs[i] = vector.Range{Off: uint32(at + 4), Len: size}
			continue
		}
		k, off := int64(order.Uint32(raw[at+8:])), int64(order.Uint32(raw[at+12:]))
		if k >= int64(len(starts)) || off+int64(size) > int64(len(a.bufs[2+k])) {
			return nil, nil, corrupt("a view of field %q lies outside of its values", a.f.name)
		}
		rs[i] = vector.Range{Off: uint32(int64(starts[k]) + off), Len: size}
	}
	return rs, data, nil
}

// defaultBatchRows is the number of rows of a batch.
const defaultBatchRows = vector.BatchSize

var errNanos = fault.New(fault.CodeNumericOutOfRange, "an Arrow interval counts nanoseconds, of which a SQL interval has only whole microseconds")
