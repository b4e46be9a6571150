package wasm

import (
	"context"
	"encoding/binary"
	"unicode/utf8"

	"github.com/tetratelabs/wazero/api"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// chunkBytes is about how much a module is passed at once: more rows than that go in
// several calls.
const chunkBytes = 4 << 20

// columnBytes are the bytes of a column's description: three addresses.
const columnBytes = 12

// caller calls a function for one copy of a program.
type caller struct {
	f       *function
	in      *instance // nil: none yet, or none is kept
	texts   []kernel.Strings
	scratch vector.Vector // values on their way out, aligned
}

// identity are the rows of a batch of which all count.
var identity = func() vector.Sel {
	out := make(vector.Sel, vector.MaxBatch)
	for i := range out {
		out[i] = uint16(i)
	}
	return out
}()

// eval is the function's kernel.
func (c *caller) eval(ec *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	if sel == nil {
		sel = identity[:out.Len]
	}
	ctx, cancel := contextOf(ec)
	defer cancel()
	in, err := c.instance(ctx, ec)
	if err != nil {
		return err
	}
	if c.f.each {
		err = c.f.rows(ctx, in, args, sel, out)
	} else {
		err = c.batches(ctx, in, args, sel, out)
	}
	if err != nil || c.in == nil {
		c.in = nil
		in.close()
	}
	if ec != nil && ec.Done != nil && fault.Is(err, fault.CodeQueryCanceled) {
		return ec.Ended()
	}
	return err
}

// contextOf is the context of a call: it ends with the query.
func contextOf(ec *kernel.EvalCtx) (context.Context, context.CancelFunc) {
	if ec == nil || ec.Done == nil {
		return context.WithTimeout(context.Background(), aloneLimit)
	}
	return until{context.Background(), ec.Done}, func() {}
}

// instance gives the instance of this program, which is kept to the end of its query;
// outside of queries there is one for each call.
func (c *caller) instance(ctx context.Context, ec *kernel.EvalCtx) (*instance, error) {
	if c.in != nil {
		return c.in, nil
	}
	if ec == nil || ec.AtEnd == nil {
		return c.f.open(ctx, nil)
	}
	in, err := c.f.open(ctx, ec.Mem)
	if err != nil {
		return nil, err
	}
	c.in = in
	ec.AtEnd(func() {
		if c.in == in {
			c.in = nil
			in.close()
		}
	})
	return in, nil
}

// batches passes the rows in as many calls as their bytes make.
func (c *caller) batches(ctx context.Context, in *instance, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	c.texts = c.texts[:0]
	for i, l := range c.f.params {
		var s kernel.Strings
		if l.text {
			s = kernel.StringsOf(args[i])
		}
		c.texts = append(c.texts, s)
	}
	text := kernel.NewTextOut(out)
	for len(sel) > 0 {
		n, size := c.fit(args, sel)
		if err := c.batch(ctx, in, args, sel[:n], size, out, &text); err != nil {
			return err
		}
		sel = sel[n:]
	}
	return nil
}

// fit says how many of the rows go into one call, at least one, and the bytes of the
// arena that they take.
func (c *caller) fit(args []*vector.Vector, sel vector.Sel) (rows, size int) {
	fixed := 1 + c.f.ret.width                   // with the validity of the result
	head := 64 + (len(args)+1)*(columnBytes+4*8) // with what alignment takes, and last offsets
	texts := false
	for _, l := range c.f.params {
		fixed += 1 + l.width
		texts = texts || l.text
	}
	rows, size = min(len(sel), max(1, (chunkBytes-head)/fixed)), head
	if !texts {
		return rows, head + rows*fixed
	}
	for k, row := range sel[:rows] {
		n := fixed
		for i, l := range c.f.params {
			if l.text && !args[i].IsNull(int(row)) {
				n += len(c.texts[i].At(int(row)))
			}
		}
		if k > 0 && size+n > chunkBytes {
			return k, size
		}
		size += n
	}
	return rows, size
}

// arena lays columns into the memory of a module.
type arena struct {
	b    []byte
	base uint32 // address of b[0]
	used int
}

// take gives n bytes at an address that 8 divides.
func (a *arena) take(n int) (b []byte, at uint32) {
	from := (a.used + 7) &^ 7
	a.used = from + n
	return a.b[from:a.used:a.used], a.base + uint32(from)
}

// batch is one call.
func (c *caller) batch(ctx context.Context, in *instance, args []*vector.Vector, sel vector.Sel, size int, out *vector.Vector, text *kernel.TextOut) error {
	b, err := c.f.room(ctx, in, size)
	if err != nil {
		return err
	}
	a := &arena{b: b, base: in.at}
	heads, at := a.take((len(args) + 1) * columnBytes)
	for i := range args {
		c.put(a, heads[i*columnBytes:], i, args[i], sel)
	}
	c.prepare(a, heads[len(args)*columnBytes:], len(sel))
	result := at + uint32(len(args)*columnBytes)
	in.stack[0], in.stack[1], in.stack[2] = uint64(len(sel)), uint64(at), uint64(result)
	if err := in.fn.CallWithStack(ctx, in.stack[:3]); err != nil {
		return c.f.failed(in, err)
	}
	if code := api.DecodeI32(in.stack[0]); code != 0 {
		return fault.New(fault.CodeExternalRoutine, "function %s failed with code %d", c.f.Name, code)
	}
	return c.get(in, result, sel, out, text)
}

// put lays out argument i: its values, or offsets and bytes, and which are there.
func (c *caller) put(a *arena, head []byte, i int, v *vector.Vector, sel vector.Sel) {
	l := c.f.params[i]
	var values, data, valid uint32
	var b []byte
	if c.f.Nulls && v.Valid != nil || v.Type.Kind == types.Unknown {
		b, valid = a.take(len(sel))
		for k, row := range sel {
			b[k] = 1
			if v.IsNull(int(row)) {
				b[k] = 0
			}
		}
	}
	if l.text {
		values, data = c.putText(a, i, v, sel)
	} else {
		b, values = a.take(len(sel) * l.width)
		gather(b, v, l, sel)
	}
	putHead(head, values, data, valid)
}

func putHead(head []byte, values, data, valid uint32) {
	binary.LittleEndian.PutUint32(head, values)
	binary.LittleEndian.PutUint32(head[4:], data)
	binary.LittleEndian.PutUint32(head[8:], valid)
}

func (c *caller) putText(a *arena, i int, v *vector.Vector, sel vector.Sel) (values, data uint32) {
	offsets, values := a.take(4 * (len(sel) + 1))
	_, data = a.take(0)
	to := a.b[a.used:a.used]
	for k, row := range sel {
		binary.LittleEndian.PutUint32(offsets[4*k:], uint32(len(to)))
		if !v.IsNull(int(row)) {
			to = append(to, c.texts[i].At(int(row))...)
		}
	}
	binary.LittleEndian.PutUint32(offsets[4*len(sel):], uint32(len(to)))
	a.used += len(to)
	return values, data
}

// prepare makes room for the result: values that are zero, all there.
func (c *caller) prepare(a *arena, head []byte, rows int) {
	n := rows * c.f.ret.width
	if c.f.ret.text {
		n += c.f.ret.width
	}
	b, values := a.take(n)
	clear(b)
	b, valid := a.take(rows)
	for i := range b {
		b[i] = 1
	}
	putHead(head, values, 0, valid)
}

// get takes the result, whose description stands at an address. Every address and
// offset in it is what the module has written: nothing is believed.
func (c *caller) get(in *instance, head uint32, sel vector.Sel, out *vector.Vector, text *kernel.TextOut) error {
	mem := in.mod.Memory()
	h, ok := mem.Read(head, columnBytes)
	if !ok {
		return c.f.broken("its memory has shrunk")
	}
	values, data, valid := binary.LittleEndian.Uint32(h), binary.LittleEndian.Uint32(h[4:]), binary.LittleEndian.Uint32(h[8:])
	var there []byte
	if valid != 0 {
		if there, ok = mem.Read(valid, uint32(len(sel))); !ok {
			return c.f.outside("the result's validity", valid, len(sel), mem.Size())
		}
		for k, row := range sel {
			if there[k] == 0 {
				out.SetNull(int(row))
			}
		}
	}
	n := len(sel) * c.f.ret.width
	if c.f.ret.text {
		n += c.f.ret.width
	}
	b, ok := mem.Read(values, uint32(n))
	if !ok {
		return c.f.outside("the result's values", values, n, mem.Size())
	}
	if c.f.ret.text {
		return c.getText(mem, b, data, there, sel, text)
	}
	return c.getFixed(b, there, sel, out)
}

func (f *function) outside(what string, at uint32, n int, size uint32) error {
	return f.broken("%s, %d bytes at %d, lie outside of the memory of %d bytes", what, n, at, size)
}

func (c *caller) getText(mem api.Memory, offsets []byte, data uint32, there []byte, sel vector.Sel, out *kernel.TextOut) error {
	from := binary.LittleEndian.Uint32(offsets)
	last := binary.LittleEndian.Uint32(offsets[4*len(sel):])
	if last < from {
		return c.f.broken("the offsets of the result fall from %d to %d", from, last)
	}
	var b []byte
	if last > from {
		if uint64(data)+uint64(last) > uint64(mem.Size()) {
			return c.f.outside("the result's bytes", data, int(last), mem.Size())
		}
		b, _ = mem.Read(data, last)
	}
	check := c.f.Ret.Kind == types.Varchar
	for k, row := range sel {
		to := binary.LittleEndian.Uint32(offsets[4*k+4:])
		if to < from || to > last {
			return c.f.broken("the offsets of the result fall from %d to %d at row %d of %d", from, to, k+1, len(sel))
		}
		var s []byte
		if to > from && (there == nil || there[k] != 0) { // without bytes b is nil, wherever the offsets are
			if s = b[from:to]; check && !utf8.Valid(s) {
				return fault.New(fault.CodeBadEncoding, "function %s gave a varchar that is not UTF-8", c.f.Name).
					WithHint("Declare the function as one that RETURNS varbinary if it gives bytes.")
			}
		}
		if err := out.End(int(row), append(out.Start(), s...)); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// getFixed takes values of fixed width. They are copied to memory that is aligned
// before they are looked at.
func (c *caller) getFixed(b, there []byte, sel vector.Sel, out *vector.Vector) error {
	l := c.f.ret
	c.scratch.Reset(l.typ, len(sel))
	raw := c.scratch.Raw()
	copy(raw, b)
	for k, ok := range there { // what stands where there is no value does not matter
		if ok == 0 {
			clear(raw[k*l.width : (k+1)*l.width])
		}
	}
	if l.typ.Kind == types.Boolean {
		for i, x := range raw {
			if x != 0 {
				raw[i] = 1
			}
		}
	}
	if l.check != nil {
		if k := l.check(l.typ, raw); k >= 0 {
			return fault.New(fault.CodeNumericOutOfRange, "function %s gave a value that is out of range for type %s", c.f.Name, l.typ)
		}
	}
	if len(sel) == out.Len {
		copy(out.Raw(), raw)
		return nil
	}
	scatter(out.Raw(), raw, l.width, sel)
	return nil
}
