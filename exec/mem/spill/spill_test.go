package spill

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/formats/vector"
)

var rowType = types.RowOf(types.Field{Name: "a", Type: types.TVarchar}, types.Field{Name: "b", Type: types.TDouble})

var everyType = []types.Type{types.TBoolean, types.TTinyInt, types.TSmallInt, types.TInteger,
	types.TBigInt, types.TReal, types.TDouble, types.DecimalOf(30, 2), types.TVarchar, types.TVarbinary, types.TUUID,
	types.ArrayOf(types.TVarchar), types.ArrayOf(types.ArrayOf(types.TBigInt)), types.MapOf(types.TVarchar, rowType), rowType,
	types.TUnknown}

// random makes a flat vector of n values, some of them NULL.
func random(r *rand.Rand, t types.Type, n int) *vector.Vector {
	v := vector.New(t, n)
	clear(v.Raw())
	switch t.Phys() {
	case types.PhysBytes:
		v.Resize(0)
		for range n {
			v.AppendBytes(bytes.Repeat([]byte{byte('a' + r.IntN(26))}, r.IntN(40)))
		}
	case types.PhysList:
		at := 0
		for i := range v.Ranges() {
			k := r.IntN(4)
			v.Ranges()[i] = vector.Range{Off: uint32(at), Len: uint32(k)}
			at += k
		}
		for i, f := range t.Fields {
			v.Kids[i] = random(r, f.Type, at)
		}
	case types.PhysStruct:
		for i, f := range t.Fields {
			v.Kids[i] = random(r, f.Type, n)
		}
	default:
		for i := range v.Raw() {
			v.Raw()[i] = byte(r.IntN(2)) // booleans too
		}
	}
	if t.Kind != types.Unknown && r.IntN(4) > 0 {
		for i := range n {
			if r.IntN(5) == 0 {
				v.SetNull(i)
			}
		}
	}
	return v
}

// formed is v as it is, or as a dictionary or constant of n rows.
func formed(r *rand.Rand, t types.Type, n int) *vector.Vector {
	switch r.IntN(3) {
	case 0:
		base := random(r, t, 5)
		base.Valid = nil
		codes := make([]uint32, n)
		for i := range codes {
			codes[i] = uint32(r.IntN(5))
		}
		v := &vector.Vector{}
		v.SetDict(t, codes, base)
		return v
	case 1:
		v := random(r, t, 1)
		v.Form, v.Len = vector.Const, n
		return v
	}
	return random(r, t, n)
}

func text(b *vector.Batch) (out []string) {
	each := func(i int) {
		var line []string
		for _, c := range b.Cols {
			line = append(line, fmt.Sprint(vector.ValueAt(c, i)))
		}
		out = append(out, strings.Join(line, "|"))
	}
	if b.Sel != nil {
		for _, i := range b.Sel {
			each(int(i))
		}
		return out
	}
	for i := range b.N {
		each(i)
	}
	return out
}

func readAll(t *testing.T, r *Reader, err error) (out []string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b vector.Batch
	for {
		err := r.Next(context.Background(), &b)
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, text(&b)...)
	}
}

func open(t *testing.T, limit int64) *Dir {
	t.Helper()
	d, err := Open(t.TempDir(), limit, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// TestRoundTrip writes rows of every type in every form and reads them again, whole
// and by section.
func TestRoundTrip(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 1))
		ts := make([]types.Type, 1+r.IntN(5))
		for i := range ts {
			ts[i] = everyType[r.IntN(len(everyType))]
		}
		acct := mem.NewRoot([]int64{4 << 20, 64 << 20}[r.IntN(2)])
		var st Stats
		f := open(t, 0).Query(acct, &st)
		w, err := f.Create(ts)
		if err != nil {
			t.Fatal(err)
		}
		want := [][]string{nil}
		for range r.IntN(12) {
			n := 1 + r.IntN([]int{10, 3000, vector.MaxBatch - 1}[r.IntN(3)])
			b := &vector.Batch{N: n}
			for _, ty := range ts {
				b.Cols = append(b.Cols, formed(r, ty, n))
			}
			if r.IntN(2) == 0 {
				b.Sel = vector.Sel{}
				for i := range n {
					if r.IntN(3) == 0 {
						b.Sel = append(b.Sel, uint16(i))
					}
				}
			}
			if err := w.Append(b); err != nil {
				t.Fatal(err)
			}
			want[len(want)-1] = append(want[len(want)-1], text(b)...)
			if r.IntN(3) == 0 {
				if err := w.Cut(); err != nil {
					t.Fatal(err)
				}
				want = append(want, nil)
			}
		}
		p, err := w.Close()
		if err != nil {
			t.Fatal(err)
		}
		if p.Sections() != len(want) {
			t.Fatalf("seed %d: %d sections, want %d", seed, p.Sections(), len(want))
		}
		var all []string
		for i := range want {
			all = append(all, want[i]...)
			rd, err := p.OpenSection(i)
			compare(t, seed, readAll(t, rd, err), want[i])
		}
		rd, err := p.Open()
		compare(t, seed, readAll(t, rd, err), all)
		if p.Rows() != int64(len(all)) || st.Written.Load() != p.Bytes() {
			t.Errorf("seed %d: %d rows of %d, %d bytes of %d", seed, p.Rows(), len(all), st.Written.Load(), p.Bytes())
		}
		f.Close()
		if acct.Used() != 0 {
			t.Errorf("seed %d: %d bytes are still reserved", seed, acct.Used())
		}
	}
}

func compare(t *testing.T, seed uint64, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("seed %d: %d rows, want %d", seed, len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("seed %d, row %d: %s, want %s", seed, i, got[i], want[i])
		}
	}
}

func numbers(from, n int) *vector.Batch {
	v := vector.New(types.TBigInt, n)
	for i := range vector.Values[int64](v) {
		vector.Values[int64](v)[i] = int64(from+i) * 0x9E3779B97F4A7C1
	}
	return &vector.Batch{N: n, Cols: []*vector.Vector{v}}
}

var bigint = []types.Type{types.TBigInt}

// write makes a part of n numbers.
func write(t *testing.T, f *Files, n int) *Part {
	t.Helper()
	w, err := f.Create(bigint)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < n; at += 1000 {
		if err := w.Append(numbers(at, min(1000, n-at))); err != nil {
			t.Fatal(err)
		}
	}
	p, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestLongRow spills a row that is many times longer than a block, and refuses one
// that is longer than the account has room for.
func TestLongRow(t *testing.T) {
	acct := mem.NewRoot(16 << 20)
	f := open(t, 0).Query(acct, &Stats{})
	defer f.Close()
	w, err := f.Create([]types.Type{types.TVarchar})
	if err != nil {
		t.Fatal(err)
	}
	row := func(n int) *vector.Batch {
		v := vector.New(types.TVarchar, 0)
		v.AppendBytes(bytes.Repeat([]byte("x"), n))
		return &vector.Batch{N: 1, Cols: []*vector.Vector{v}}
	}
	for range 5 {
		if err := w.Append(row(3 << 20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Append(row(32 << 20)); !fault.Is(err, fault.CodeOutOfMemory) {
		t.Fatalf("a row longer than the account: %v", err)
	}
	w.Abort()
	if peak := acct.Peak(); peak > 16<<20 {
		t.Errorf("peak %d", peak)
	}
}

func TestDiskLimit(t *testing.T) {
	d := open(t, 100_000)
	a, b := d.Query(mem.NewRoot(0), &Stats{}), d.Query(mem.NewRoot(0), &Stats{})
	defer b.Close()
	small := write(t, b, 5000)
	w, err := a.Create(bigint)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < 1_000_000 && err == nil; at += 1000 {
		err = w.Append(numbers(at, 1000))
	}
	if err == nil {
		_, err = w.Close()
	}
	if !fault.Is(err, fault.CodeDiskFull) || !strings.Contains(fault.As(err).Detail, "97.7 KiB") {
		t.Errorf("beyond the limit: %v", err)
	}
	a.Close()
	if d.Used() != small.Bytes() {
		t.Errorf("%d bytes are counted, want those of the other query: %d", d.Used(), small.Bytes())
	}
	r, err := small.Open()
	if got := readAll(t, r, err); len(got) != 5000 {
		t.Errorf("the other query reads %d rows", len(got))
	}
}

// TestFullDisk writes to a device that is always full.
func TestFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no /dev/full here")
	}
	d := open(t, 0)
	f := d.Query(mem.NewRoot(0), &Stats{})
	defer f.Close()
	w, err := f.Create(bigint)
	if err != nil {
		t.Fatal(err)
	}
	w.file.Close()
	w.file = full
	if err := w.Append(numbers(0, 10)); err != nil {
		t.Fatal(err)
	}
	_, err = w.Close()
	if e := fault.As(err); e == nil || e.Code != fault.CodeDiskFull || !strings.Contains(e.Message, d.root) {
		t.Fatalf("a full disk: %v", err)
	}
	if d.Used() != 0 {
		t.Errorf("%d bytes are counted", d.Used())
	}
}

func TestDamage(t *testing.T) {
	f := open(t, 0).Query(mem.NewRoot(0), &Stats{})
	defer f.Close()
	p := write(t, f, 100_000)
	whole, err := os.ReadFile(p.path)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(whole); at += 1 + at/3 {
		bad := bytes.Clone(whole)
		bad[at] ^= 0x10
		checkDamaged(t, p, bad)
	}
	checkDamaged(t, p, whole[:len(whole)-1])
	checkDamaged(t, p, nil)
}

func checkDamaged(t *testing.T, p *Part, content []byte) {
	t.Helper()
	if err := os.WriteFile(p.path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := p.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b vector.Batch
	for err == nil {
		err = r.Next(context.Background(), &b)
	}
	if !fault.Is(err, fault.CodeDataCorrupted) {
		t.Errorf("damaged file: %v", err)
	}
}

// TestNothingIsLeft closes a query's files in the middle of everything.
func TestNothingIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	d := open(t, 0)
	acct := mem.NewRoot(0)
	f := d.Query(acct, &Stats{})
	p := write(t, f, 10_000)
	r, err := p.Open()
	if err != nil {
		t.Fatal(err)
	}
	w, err := f.Create(bigint)
	if err != nil {
		t.Fatal(err)
	}
	gone := write(t, f, 10)
	gone.Remove()
	if err := w.Append(numbers(0, vector.MaxBatch)); err != nil {
		t.Fatal(err)
	}
	f.Close()
	f.Close()
	for range 100 {
		if err = w.Append(numbers(0, vector.MaxBatch)); err != nil {
			break
		}
	}
	if !errors.Is(err, errClosed) {
		t.Errorf("append after the end: %v", err)
	}
	if _, err := w.Close(); !errors.Is(err, errClosed) {
		t.Errorf("close after the end: %v", err)
	}
	w.Abort()
	r.Close()
	p.Remove()
	files, _ := filepath.Glob(filepath.Join(d.Path(), "0*"))
	if len(files) != 0 || d.Used() != 0 {
		t.Errorf("left: %v, %d bytes", files, d.Used())
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines, %d before", n, before)
	}
}

// TestSweep looks after folders: those of processes that live stay, those of others go.
func TestSweep(t *testing.T) {
	root := t.TempDir()
	a, err := Open(root, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := a.Query(mem.NewRoot(0), &Stats{})
	write(t, f, 10)
	left := filepath.Join(root, folderName+"left")
	if err := os.MkdirAll(left, 0o700); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(root, "mine")
	if err := os.WriteFile(other, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := Open(root, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{a.Path(): true, b.Path(): true, left: false, other: true} {
		if _, err := os.Stat(path); (err == nil) != want {
			t.Errorf("%s: %v", path, err)
		}
	}
	f.Close()
	for _, d := range []*Dir{a, b} {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(d.Path()); err == nil {
			t.Errorf("%s is still there", d.Path())
		}
	}
}

const killedFolder = "GLAUX_TEST_SPILL_FOLDER"

// TestKilled kills a process while it writes, and finds its folder gone at the next
// start.
func TestKilled(t *testing.T) {
	if root := os.Getenv(killedFolder); root != "" {
		spillForEver(root)
	}
	root := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	cmd.Env = append(os.Environ(), killedFolder+"="+root)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	left, _ := filepath.Glob(filepath.Join(root, folderName+"*", "0*"))
	if len(left) == 0 {
		t.Fatal("the killed process has left no file: the test tests nothing")
	}
	d, err := Open(root, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if left, _ = filepath.Glob(filepath.Join(root, folderName+"*", "0*")); len(left) != 0 {
		t.Errorf("left after the next start: %v", left)
	}
}

func spillForEver(root string) {
	d, err := Open(root, 0, nil)
	if err != nil {
		panic(err)
	}
	f := d.Query(mem.NewRoot(0), &Stats{})
	for n := 0; ; n++ {
		w, err := f.Create(bigint)
		for at := 0; at < 1_000_000 && err == nil; at += 1000 {
			err = w.Append(numbers(at, 1000))
		}
		if err != nil {
			panic(err)
		}
		p, err := w.Close()
		if err != nil {
			panic(err)
		}
		if n == 2 {
			os.Stdout.WriteString("x")
		}
		if n > 4 {
			p.Remove()
		}
	}
}

// FuzzBlock decodes any bytes as columns: an error or columns that can be read, never
// a panic.
func FuzzBlock(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 2))
	for i, t := range everyType {
		b := &vector.Batch{N: 7, Cols: []*vector.Vector{vector.New(t, 0)}}
		b.Cols[0].AppendRows(random(r, t, 7), nil, 7)
		raw := (&buffer{}).bytes(encodedSize(b))
		encode(raw, b)
		f.Add(uint8(i), uint16(7), raw)
	}
	f.Fuzz(func(t *testing.T, kind uint8, rows uint16, in []byte) {
		var buf buffer
		raw := buf.bytes(len(in))
		copy(raw, in)
		ty := everyType[int(kind)%len(everyType)]
		n := int(rows) % blockRows
		cols := []*vector.Vector{{}}
		if err := decode(raw, []types.Type{ty}, n, cols); err != nil {
			return
		}
		out := vector.New(ty, 0)
		out.AppendRows(cols[0], nil, n)
	})
}
