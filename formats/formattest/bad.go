package formattest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// Bad is a good file of which BadInput makes bad ones.
type Bad struct {
	Format  formats.Format
	Name    string // of the object
	Data    []byte
	Options formats.Options

	// Head and Footer are how many bytes at the file's ends say how the rest is to
	// be read: each of them is damaged. Elsewhere some bytes are, and about 16 Ki of
	// them with GLAUX_LONG set, by one bit or by all.
	Head, Footer int
	// Whole says that no beginning of the file is a file, but for one of no bytes,
	// which may be a file without rows. Of another one, what a beginning gives is a
	// beginning of the rows.
	Whole bool
	// Torn says that the last row of a beginning may lack some of its end, as in
	// CSV, where no byte says that a value goes on.
	Torn bool
	// Free says that a damaged byte may make more rows of the file, as a line break
	// does.
	Free bool
	// Memory bounds what reading a bad file may allocate, all in all, beyond ten
	// times what the good one does; 0: 64 MiB.
	Memory int64
}

// BadInput reads a file that was cut, damaged, changed while it was read, or
// named as if it were compressed: what comes is a fault about the file (never
// an internal one), or rows that are true as far as the format can tell; nothing panics,
// and no number in the file makes the reader take memory that the file does
// not fill.
func BadInput(t *testing.T, b Bad) {
	t.Helper()
	if b.Memory == 0 {
		b.Memory = 64 << 20
	}
	r := &badRun{Bad: b}
	if _, guesses := b.Format.(formats.Inferrer); guesses && b.Options.Schema == nil {
		r.Options.Schema = MustOpen(t, b.Format, b.Name, b.Data, b.Options).Schema() // not that of a beginning
	}
	good := r.read(b.Name, b.Data, nil)
	good = r.read(b.Name, b.Data, nil) // pools are filled now
	if good.err != nil || len(good.rows) == 0 {
		t.Fatalf("%s is not a good file: %d rows, %v", b.Name, len(good.rows), good.err)
	}
	r.good = good
	t.Run("cut", r.cut)
	t.Run("damaged", r.damaged)
	t.Run("changed", r.changed)
	t.Run("codec", r.codec)
}

type badRun struct {
	Bad
	good  outcome
	fails int
}

// outcome is what came of reading a file.
type outcome struct {
	rows  []any
	err   error
	bytes int64 // allocated
	panic string
}

// maxFails is how many failures of one kind are told.
const maxFails = 5

func (r *badRun) failf(t *testing.T, format string, args ...any) {
	t.Helper()
	if r.fails++; r.fails <= maxFails {
		t.Errorf(format, args...)
	}
}

// read opens and reads a file in splits of a third of its size. before, if not
// nil, is called before each read of the store.
func (r *badRun) read(name string, data []byte, before func(*store.Memory)) (out outcome) {
	m := store.NewMemory("t")
	info := m.Set(name, data)
	if before != nil {
		m.FailWith(func(op, _ string) error {
			if op == "read" {
				before(m)
			}
			return nil
		})
	}
	from := allocated()
	defer func() {
		if p := recover(); p != nil {
			out.panic = fmt.Sprintf("%v\n%s", p, debug.Stack())
		}
		out.bytes = allocated() - from
	}()
	ctx := context.Background()
	f, err := r.Format.Open(ctx, m, info, r.Options)
	if err != nil {
		out.err = err
		return out
	}
	defer f.Close()
	for _, s := range f.Splits(max(int64(len(data)/3), 1)) {
		out.err = r.scan(ctx, f, s, &out)
		if out.err != nil {
			return out
		}
	}
	return out
}

// scan reads one split, up to more rows than the good file has.
func (r *badRun) scan(ctx context.Context, f formats.File, s formats.Split, out *outcome) (err error) {
	src, err := f.Scan(ctx, formats.ScanRequest{Split: s, Columns: All(f)})
	if err != nil {
		return err
	}
	defer func() {
		if closed := src.Close(); err == nil {
			err = closed
		}
	}()
	for b := (vector.Batch{}); r.good.rows == nil || len(out.rows) <= len(r.good.rows); {
		switch err := src.Next(ctx, &b); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		for i := range b.N {
			if b.Sel == nil || contains(b.Sel, i) {
				out.rows = append(out.rows, row(&b, i))
			}
		}
	}
	return nil
}

var heapAllocs = []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}

// allocated gives the bytes that were allocated so far.
func allocated() int64 {
	metrics.Read(heapAllocs)
	return int64(heapAllocs[0].Value.Uint64())
}

// check is what holds of every bad file.
func (r *badRun) check(t *testing.T, what string, o outcome) {
	t.Helper()
	if o.panic != "" {
		r.failf(t, "%s: panic: %s", what, o.panic)
	}
	if limit := r.Memory + 10*r.good.bytes; o.bytes > limit {
		r.failf(t, "%s: %d bytes were allocated, more than %d", what, o.bytes, limit)
	}
	if o.err != nil {
		if why := notAboutFile(o.err, r.Name); why != "" {
			r.failf(t, "%s: the error %s: %v", what, why, o.err)
		}
	}
}

// notAboutFile says why an error is not one that a bad file should give; "" if
// it is: a fault of a class for bad values (22), an unfit object (55), a failed
// store (58), something that is not supported (0A), a limit (54), a type that
// the table does not have (42804) or corruption (XX001), that names the file.
func notAboutFile(err error, name string) string {
	var e *fault.Error
	if !errors.As(err, &e) {
		return "is no fault"
	}
	ok := e.Code == fault.CodeDataCorrupted || e.Code == fault.CodeDatatypeMismatch
	for _, class := range []string{"22", "55", "58", "0A", "54"} {
		ok = ok || strings.HasPrefix(string(e.Code), class)
	}
	switch {
	case !ok:
		return "has SQLSTATE " + string(e.Code)
	case !strings.Contains(e.Object, name):
		return "does not name the file"
	case e.Message == "":
		return "says nothing"
	}
	return ""
}

// cut reads beginnings of the file: at every 1 % of its length, and without
// each of its last bytes.
func (r *badRun) cut(t *testing.T) {
	r.fails = 0
	n := len(r.Data)
	at := map[int]bool{}
	for i := range 100 {
		at[n*i/100] = true
	}
	for i := 1; i <= 32 && i < n; i++ {
		at[n-i] = true
	}
	for k := range at {
		what := fmt.Sprintf("cut to %d of %d bytes", k, n)
		o := r.read(r.Name, r.Data[:k:k], nil)
		r.check(t, what, o)
		if o.err == nil && r.Whole && k > 0 {
			r.failf(t, "%s: no error, and %d of %d rows", what, len(o.rows), len(r.good.rows))
		}
		r.beginning(t, what, o.rows)
	}
}

// beginning demands that rows are the first of the good file's.
func (r *badRun) beginning(t *testing.T, what string, rows []any) {
	t.Helper()
	if len(rows) > len(r.good.rows) {
		r.failf(t, "%s: more than the %d rows of the good file", what, len(r.good.rows))
		return
	}
	if r.Torn && len(rows) > 0 {
		rows = rows[:len(rows)-1]
	}
	if d := Diff(r.good.rows[:len(rows)], rows); d != "" {
		r.failf(t, "%s: wrong rows: %s", what, d)
	}
}

// damaged flips bytes.
func (r *badRun) damaged(t *testing.T) {
	r.fails = 0
	n := len(r.Data)
	random := rand.New(rand.NewPCG(1, 2))
	want := 300 // bytes between head and footer
	masks := []byte{0xff}
	if os.Getenv("GLAUX_LONG") != "" {
		want, masks = 16<<10, []byte{0xff, 0x01, 0x80}
	}
	share := max(1, n/want)
	for i := range n {
		if i >= r.Head && i < n-r.Footer && random.IntN(share) > 0 {
			continue
		}
		bad := bytes.Clone(r.Data)
		bad[i] ^= masks[random.IntN(len(masks))]
		what := fmt.Sprintf("byte %d of %d is %#02x instead of %#02x", i, n, bad[i], r.Data[i])
		o := r.read(r.Name, bad, nil)
		r.check(t, what, o)
		if !r.Free && len(o.rows) > len(r.good.rows) {
			r.failf(t, "%s: more than the %d rows of the good file", what, len(r.good.rows))
		}
	}
}

// changed replaces the object before each of the store's reads in turn.
func (r *badRun) changed(t *testing.T) {
	r.fails = 0
	for turn, more := 1, true; more; turn++ {
		reads := 0
		o := r.read(r.Name, r.Data, func(m *store.Memory) {
			if reads++; reads == turn {
				m.Set(r.Name, append(bytes.Clone(r.Data), r.Data...))
			}
		})
		more = reads >= turn && turn < 100
		what := fmt.Sprintf("changed before read %d", turn)
		r.check(t, what, o)
		if reads >= turn && !fault.Is(o.err, fault.CodeObjectNotReady) {
			r.failf(t, "%s: %d rows and the error %v, want SQLSTATE %s", what, len(o.rows), o.err, fault.CodeObjectNotReady)
		}
		if reads < turn && (o.err != nil || len(o.rows) != len(r.good.rows)) {
			r.failf(t, "not changed in %d reads: %d rows, %v", reads, len(o.rows), o.err)
		}
		r.beginning(t, what, o.rows)
	}
}

// codec gives the file names that end as compressed files' do, and compresses
// it without saying so.
func (r *badRun) codec(t *testing.T) {
	r.fails = 0
	for _, c := range []string{".gz", ".bz2", ".zst", ".lz4", ".snappy", ".br", ".zip"} {
		o := r.read(r.Name+c, r.Data, nil)
		r.check(t, "named "+c, o)
		if o.err == nil {
			r.same(t, "named "+c, o.rows)
		}
	}
	for _, c := range []codec.Codec{codec.Gzip, codec.Zstd, codec.LZ4, codec.Snappy} {
		var b bytes.Buffer
		w, err := codec.NewWriter(c, &b)
		if err == nil {
			_, err = w.Write(r.Data)
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		what := "compressed with " + c.String() + " under its old name"
		o := r.read(r.Name, b.Bytes(), nil)
		r.check(t, what, o)
		if o.err == nil {
			r.same(t, what, o.rows)
		}
	}
}

func (r *badRun) same(t *testing.T, what string, rows []any) {
	t.Helper()
	if len(rows) != len(r.good.rows) {
		r.failf(t, "%s: no error, and %d rows of %d", what, len(rows), len(r.good.rows))
		return
	}
	r.beginning(t, what, rows)
}
