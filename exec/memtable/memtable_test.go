package memtable

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
)

var _ formats.Source = (*Reader)(nil)

var rowTypes = []types.Type{types.TBigInt, types.TVarchar, types.ArrayOf(types.TInteger)}

// numbered makes a batch of the rows from .. from+n, each a function of its
// number; every seventh text is NULL.
func numbered(from, n int) *vector.Batch {
	b := &vector.Batch{N: n}
	for _, t := range rowTypes {
		b.Cols = append(b.Cols, vector.New(t, 0))
	}
	for i := from; i < from+n; i++ {
		b.Cols[0].AppendValue(types.IntOf(types.TBigInt, int64(i)))
		if i%7 == 0 {
			b.Cols[1].AppendNull()
		} else {
			b.Cols[1].AppendBytes(fmt.Appendf(nil, "row %d", i))
		}
		b.Cols[2].AppendValue(types.Value{Type: rowTypes[2], Kids: []types.Value{types.IntOf(types.TInteger, int64(i))}})
	}
	return b
}

func add(t *testing.T, s *Store, b *vector.Batch) {
	t.Helper()
	if err := s.Append(b); err != nil {
		t.Fatal(err)
	}
}

// check reads the snapshot from row `from` on and expects the rows numbered
// from .. to.
func check(t *testing.T, p *Snapshot, from, to int) {
	t.Helper()
	r := p.Scan([]int{0, 1, 2}, int64(from))
	var b vector.Batch
	at := from
	for {
		err := r.Next(context.Background(), &b)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range b.N {
			want := numbered(at, 1)
			for c := range rowTypes {
				got, want := vector.ValueAt(b.Cols[c], i), vector.ValueAt(want.Cols[c], 0)
				if fmt.Sprint(got) != fmt.Sprint(want) {
					t.Fatalf("row %d column %d: got %v, want %v", at, c, got, want)
				}
			}
			at++
		}
	}
	if at != max(from, to) {
		t.Fatalf("read rows %d .. %d, want up to %d", from, at, to)
	}
}

// TestSnapshotsDoNotChange appends in pieces of many sizes with a snapshot
// after each and reads all of them at the end.
func TestSnapshotsDoNotChange(t *testing.T) {
	acct := mem.NewRoot(0)
	s := New(rowTypes, acct)
	var snaps []*Snapshot
	at := 0
	for _, n := range []int{1, 1, 62, 1, 4000, 31, 5000, 9000, 1, 0, 7} {
		add(t, s, numbered(at, n))
		at += n
		snaps = append(snaps, s.Snapshot())
	}
	for _, p := range snaps {
		for _, from := range []int{0, 64, 4095, 4097, at - 1, at, at + 5} {
			if int64(from) <= p.Rows() {
				check(t, p, from, int(p.Rows()))
			}
		}
	}
	if s.Rows() != int64(at) || acct.Used() < s.Bytes() {
		t.Errorf("%d rows in %d bytes, %d of them charged", s.Rows(), s.Bytes(), acct.Used())
	}
	s.Truncate()
	check(t, snaps[3], 0, int(snaps[3].Rows()))
	for _, p := range snaps {
		p.Close()
		p.Close()
	}
	if acct.Used() != 0 {
		t.Errorf("%d bytes are still charged", acct.Used())
	}
}

// TestRestore goes back to a moment and on from there.
func TestRestore(t *testing.T) {
	acct := mem.NewRoot(0)
	s := New(rowTypes, acct)
	add(t, s, numbered(0, 5000))
	p := s.Snapshot()
	bad := numbered(0, 100)
	bad.Sel = vector.Sel{3, 4, 99}
	add(t, s, bad)
	s.Restore(p)
	p.Close()
	add(t, s, numbered(5000, 10))
	q := s.Snapshot()
	check(t, q, 0, 5010)
	add(t, s, numbered(5010, 9000))
	r := s.Snapshot()
	s.Cut(9000)
	s.Cut(5010)
	check(t, r, 0, 14010)
	r.Close()
	add(t, s, numbered(0, 1))
	s.Cut(5010)
	s.Truncate()
	add(t, s, numbered(0, 3))
	s.Restore(q)
	q.Close()
	q = s.Snapshot()
	check(t, q, 0, 5010)
	q.Close()
	s.Truncate()
	if acct.Used() != 0 {
		t.Errorf("%d bytes are still charged", acct.Used())
	}
}

// TestDeleteAndTake drops rows, some of them of shared chunks, and moves others
// in.
func TestDeleteAndTake(t *testing.T) {
	acct := mem.NewRoot(0)
	s, more := New(rowTypes, acct), New(rowTypes, acct)
	add(t, s, numbered(0, 12000))
	p := s.Snapshot()
	dead := vector.NewBitmap(12000)
	for i := range 12000 {
		if i >= 4096 && i < 8192 || i >= 9000 {
			dead.Set(i)
		}
	}
	if err := s.Delete(dead); err != nil {
		t.Fatal(err)
	}
	add(t, more, numbered(9000, 20))
	if err := s.Take(more); err != nil {
		t.Fatal(err)
	}
	q := s.Snapshot()
	r := q.Scan([]int{0}, 4096)
	var b vector.Batch
	if err := r.Next(context.Background(), &b); err != nil || vector.ValueAt(b.Cols[0], 0).I != 8192 || s.Rows() != 4096+808+20 {
		t.Errorf("%v, %d rows, row 4096 is %v", err, s.Rows(), vector.ValueAt(b.Cols[0], 0))
	}
	check(t, p, 0, 12000)
	p.Close()
	q.Close()
	s.Truncate()
	if acct.Used() != 0 || more.Rows() != 0 {
		t.Errorf("%d bytes are still charged", acct.Used())
	}
}

// TestSelectionAndForms appends selected rows of constant and dictionary
// vectors.
func TestSelectionAndForms(t *testing.T) {
	s := New([]types.Type{types.TBigInt, types.TVarchar}, nil)
	dict := &vector.Vector{}
	dict.SetDict(types.TVarchar, []uint32{1, 0, 1}, vector.FromValues(types.TVarchar,
		[]types.Value{types.StringOf(types.TVarchar, "a"), types.StringOf(types.TVarchar, "b")}))
	add(t, s, &vector.Batch{N: 3, Sel: vector.Sel{0, 1}, Cols: []*vector.Vector{vector.ConstOf(types.IntOf(types.TBigInt, 7), 3), dict}})
	var b vector.Batch
	p := s.Snapshot()
	if err := p.Scan([]int{1}, 0).Next(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	if b.N != 2 || len(b.Cols) != 1 || string(b.Cols[0].Bytes(0)) != "b" || string(b.Cols[0].Bytes(1)) != "a" {
		t.Errorf("got %d rows of %d columns", b.N, len(b.Cols))
	}
}

// TestMemoryRefused expects 53200 and nothing charged after going back.
func TestMemoryRefused(t *testing.T) {
	acct := mem.NewRoot(1 << 20)
	s := New(rowTypes, acct)
	p := s.Snapshot()
	var err error
	n := 0
	for err == nil && n < 100000 {
		if err = s.Append(numbered(n, 1000)); err == nil {
			n += 1000
		}
	}
	if !fault.Is(err, fault.CodeOutOfMemory) {
		t.Fatalf("got %v, want 53200", err)
	}
	q := s.Snapshot()
	check(t, q, 0, n)
	q.Close()
	s.Restore(p)
	if acct.Used() != 0 || s.Rows() != 0 {
		t.Errorf("%d bytes, %d rows are left", acct.Used(), s.Rows())
	}
}

// BenchmarkAppend appends batches of three columns.
func BenchmarkAppend(b *testing.B) {
	in := numbered(0, 4096)
	b.SetBytes(in.MemoryBytes())
	for b.Loop() {
		s := New(rowTypes, nil)
		if err := s.Append(in); err != nil {
			b.Fatal(err)
		}
	}
}
