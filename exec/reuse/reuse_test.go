package reuse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// TestUnseenFieldsExist: a field that was renamed must not count unnoticed, nor
// must a name that is not one any more hide a new field.
func TestUnseenFieldsExist(t *testing.T) {
	for typ, names := range unseen {
		for _, n := range names {
			if _, ok := typ.FieldByName(n); !ok {
				t.Errorf("%v has no field %s", typ, n)
			}
		}
	}
}

// TestNodesCanBeKeyed: every field that counts of every node and expression is of
// a kind that the encoder takes, so that no query is refused by surprise.
func TestNodesCanBeKeyed(t *testing.T) {
	done := map[reflect.Type]bool{}
	var look func(path string, typ reflect.Type)
	look = func(path string, typ reflect.Type) {
		if done[typ] || special[typ] != nil {
			return
		}
		done[typ] = true
		switch typ.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array:
			look(path, typ.Elem())
		case reflect.Map:
			if typ.Key().Kind() != reflect.String {
				t.Errorf("%s is a %v", path, typ)
			}
			look(path, typ.Elem())
		case reflect.Struct:
			for _, i := range counted(typ) {
				look(path+"."+typ.Field(i).Name, typ.Field(i).Type)
			}
		case reflect.Chan, reflect.Func, reflect.UnsafePointer, reflect.Complex64, reflect.Complex128, reflect.Uintptr:
			t.Errorf("%s is a %v", path, typ)
		}
	}
	for _, n := range []any{plan.Scan{}, plan.Values{}, plan.TableCall{}, plan.Filter{}, plan.Project{}, plan.Aggregate{}, plan.Join{}, plan.Sort{},
		plan.Limit{}, plan.DistinctOn{}, plan.Unnest{}, plan.MaxOneRow{}, plan.SetOp{}, plan.With{}, plan.CTERef{}, plan.Window{}, plan.Recursive{},
		plan.WorkTable{}, plan.Const{}, plan.Col{}, plan.Compare{}, plan.And{}, plan.Or{}, plan.Not{}, plan.IsNull{}, plan.In{}, plan.Call{},
		plan.Cast{}, plan.Case{}, plan.Coalesce{}, plan.Try{}, plan.Field{}, plan.MakeRow{}, plan.MakeArray{}, plan.Lambda{}} {
		look(reflect.TypeOf(n).String(), reflect.TypeOf(n))
	}
}

// encoded gives the bytes of a plan.
func encoded(n plan.Node) string {
	e := &encoder{cols: map[plan.ColID]uint64{}, seen: map[pointer]uint64{}}
	e.value(reflect.ValueOf(&n).Elem())
	return string(e.out)
}

func scanOf(ids ...plan.ColID) *plan.Scan {
	s := &plan.Scan{Table: &catalog.Table{ID: 7, Version: 3, Name: "t", Parameters: map[string]string{"a": "1", "b": "2"}}, Source: &plan.ScanSource{}}
	for i, id := range ids {
		s.Cols = append(s.Cols, plan.ScanColumn{Column: plan.Column{ID: id, Name: fmt.Sprint("c", id), Type: types.TBigInt}, Index: i})
	}
	return s
}

func over(s *plan.Scan, x plan.Expr) plan.Node {
	return &plan.Filter{Input: s, Conds: []plan.Expr{x}}
}

func col(id plan.ColID, name string) *plan.Col {
	return &plan.Col{ID: id, Typ: types.TBigInt, Name: name}
}

func num(i int64) *plan.Const { return &plan.Const{Value: types.IntOf(types.TBigInt, i)} }

// TestEncoding: what no row depends on changes nothing; all else does.
func TestEncoding(t *testing.T) {
	base := over(scanOf(1, 2), &plan.Compare{Op: plan.GT, L: col(1, "a"), R: num(5)})
	same := map[string]plan.Node{
		"other IDs":      over(scanOf(11, 12), &plan.Compare{Op: plan.GT, L: col(11, "a"), R: num(5)}),
		"other names":    over(scanOf(1, 2), &plan.Compare{Op: plan.GT, L: col(1, "z"), R: num(5)}),
		"other position": over(scanOf(1, 2), &plan.Compare{Pos: 9, Op: plan.GT, L: col(1, "a"), R: num(5)}),
	}
	guessed := scanOf(1, 2)
	guessed.Alias, guessed.Pos, guessed.Source = "x", 3, &plan.ScanSource{Rows: 17, PartitionsTotal: 4, BytesUpper: 9}
	same["other guesses"] = over(guessed, &plan.Compare{Op: plan.GT, L: col(1, "a"), R: num(5)})
	version, property := scanOf(1, 2), scanOf(1, 2)
	version.Table.Version++
	property.Table.Parameters["a"] = "2"
	limit := scanOf(1, 2)
	limit.Limit = 1
	gt := func(l, r plan.Expr) plan.Expr { return &plan.Compare{Op: plan.GT, L: l, R: r} }
	other := map[string]plan.Node{
		"other constant": over(scanOf(1, 2), gt(col(1, "a"), num(6))),
		"other column":   over(scanOf(1, 2), gt(col(2, "a"), num(5))),
		"other operator": over(scanOf(1, 2), &plan.Compare{Op: plan.GE, L: col(1, "a"), R: num(5)}),
		"other type":     over(scanOf(1, 2), gt(col(1, "a"), &plan.Const{Value: types.IntOf(types.TInteger, 5)})),
		"null":           over(scanOf(1, 2), gt(col(1, "a"), &plan.Const{Value: types.NullOf(types.TBigInt)})),
		"no condition":   scanOf(1, 2),
		"more columns":   over(scanOf(1, 2, 3), gt(col(1, "a"), num(5))),
		"version":        over(version, gt(col(1, "a"), num(5))),
		"property":       over(property, gt(col(1, "a"), num(5))),
		"limit":          over(limit, gt(col(1, "a"), num(5))),
		"not":            over(scanOf(1, 2), &plan.Not{X: gt(col(1, "a"), num(5))}),
	}
	want := encoded(base)
	for name, n := range same {
		if encoded(n) != want {
			t.Errorf("%s: counts", name)
		}
	}
	seen := map[string]string{want: "base"}
	for name, n := range other {
		got := encoded(n)
		if before, ok := seen[got]; ok {
			t.Errorf("%s is as %s", name, before)
		}
		seen[got] = name
	}
}

// TestSharedParts: an expression that is used many times is written once; a deep
// one does not take exponential time.
func TestSharedParts(t *testing.T) {
	x := plan.Expr(col(1, "a"))
	for range 200 {
		x = &plan.Compare{Op: plan.EQ, L: x, R: x}
	}
	if n := len(encoded(over(scanOf(1), x))); n > 20_000 {
		t.Errorf("%d bytes", n)
	}
}

func TestVolatility(t *testing.T) {
	for v, want := range map[plan.Volatility]string{plan.Immutable: "it reads no files", plan.Stable: "it calls f()", plan.Volatile: "it calls f()"} {
		fn := &plan.Func{Name: "f", Ret: types.TBigInt, Volatility: v}
		q := &plan.Query{Root: over(scanOf(1), &plan.Call{Fn: fn, Typ: types.TBigInt})}
		if _, why := KeyOf(q, nil); why != want {
			t.Errorf("%d: %q", v, why)
		}
	}
}

var ints = []types.Type{types.TBigInt}

// batchOf makes a batch of n numbers.
func batchOf(from, n int) *vector.Batch {
	v := vector.New(types.TBigInt, 0)
	for i := range n {
		v.AppendValue(types.IntOf(types.TBigInt, int64(from+i)))
	}
	return &vector.Batch{N: n, Cols: []*vector.Vector{v}}
}

func sumOf(h *Hit) (sum int64, rows int, err error) {
	r := h.Rows()
	defer r.Close()
	var b vector.Batch
	for {
		if err := r.Next(context.Background(), &b); errors.Is(err, io.EOF) {
			return sum, rows, nil
		} else if err != nil {
			return 0, 0, err
		}
		for i := range b.N {
			sum += vector.ValueAt(b.Cols[0], i).I
		}
		rows += b.N
	}
}

func keep(s *Store, k Key, began time.Time, batches ...*vector.Batch) bool {
	w := s.Begin(ints)
	for _, b := range batches {
		w.Add(b)
	}
	return w.Keep(k, Run{Began: began})
}

// TestStore goes through the life of a result.
func TestStore(t *testing.T) {
	root := mem.NewRoot(0)
	s := NewStore(root, Limits{Size: 1 << 20, Result: 1 << 19})
	at := time.Now()
	if s.Find(Key{1}, time.Time{}) != nil {
		t.Error("found what was not kept")
	}
	keep(s, Key{1}, at, batchOf(0, 10), batchOf(10, 5000))
	keep(s, Key{2}, at)
	h := s.Find(Key{1}, at)
	if h == nil || s.Find(Key{1}, at.Add(1)) != nil {
		t.Fatal("the age does not count")
	}
	keep(s, Key{1}, at.Add(time.Second), batchOf(1, 1))
	if sum, n, err := sumOf(h); err != nil || n != 5010 || sum != 5009*5010/2 {
		t.Errorf("%d rows, sum %d, %v", n, sum, err)
	}
	h.Close()
	h = s.Find(Key{2}, at)
	if _, n, err := sumOf(h); n != 0 || err != nil || h.Info.Rows != 0 {
		t.Errorf("%d rows of none, %v", n, err)
	}
	h.Close()
	if list := s.List(); len(list) != 2 || list[0].Hits != 1 || list[1].Rows != 1 {
		t.Errorf("%+v", list)
	}
	if n := s.Forget(func(i Info) bool { return i.Rows == 0 }); n != 1 || len(s.List()) != 1 {
		t.Errorf("%d forgotten", n)
	}
	s.Forget(func(Info) bool { return true })
	if root.Used() != 0 {
		t.Errorf("%d bytes are still charged", root.Used())
	}
}

// TestLimits: too large a result is given up, and the oldest ones make room.
func TestLimits(t *testing.T) {
	root := mem.NewRoot(0)
	s := NewStore(root, Limits{Size: 300 << 10, Result: 100 << 10})
	if keep(s, Key{0}, time.Now(), batchOf(0, 4000), batchOf(0, 4000), batchOf(0, 4000), batchOf(0, 4000)) || root.Used() != 0 {
		t.Errorf("kept: %d bytes", root.Used())
	}
	for i := range 20 {
		if i == 8 {
			s.Find(Key{7}, time.Time{}).Close()
		}
		if !keep(s, Key{byte(i)}, time.Now(), batchOf(0, 4000)) || root.Used() > 300<<10 {
			t.Fatalf("%d: %d bytes", i, root.Used())
		}
	}
	if list := s.List(); len(list) < 4 {
		t.Errorf("%d are kept", len(list))
	}
	if NewStore(root, Limits{Size: 0, Result: 1}) != nil || NewStore(root, Limits{Size: 1}) != nil {
		t.Error("a store without room")
	}
	var none *Store
	w := none.Begin(ints)
	w.Add(batchOf(0, 1))
	if w.Keep(Key{}, Run{}) || none.Find(Key{}, time.Time{}) != nil || none.Forget(nil) != 0 || len(none.List()) != 0 {
		t.Error("a store that is none kept something")
	}
	w.Drop()
}

// TestPressure: kept results go before a query is refused its memory, also while
// they are read.
func TestPressure(t *testing.T) {
	root := mem.NewRoot(1 << 20)
	s := NewStore(root, Limits{Size: 1 << 20, Result: 1 << 20})
	for i := range 8 {
		keep(s, Key{byte(i)}, time.Now(), batchOf(0, 4000))
	}
	before := root.Used()
	h := s.Find(Key{0}, time.Time{})
	query := root.Child("query", 0)
	if err := query.Reserve(1<<20 - before/2); err != nil {
		t.Fatal(err)
	}
	if n := len(s.List()); n == 0 || n == 8 {
		t.Errorf("%d of 8 are left", n)
	}
	if err := query.Reserve(1 << 20); err == nil || len(s.List()) != 0 {
		t.Errorf("%v, %d are left", err, len(s.List()))
	}
	if _, n, err := sumOf(h); n != 4000 || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
	h.Close()
	query.Close()
	if root.Used() != 0 {
		t.Errorf("%d bytes are still charged", root.Used())
	}
}

// TestParallel keeps, finds and forgets from many goroutines, with too little room
// for all.
func TestParallel(t *testing.T) {
	root := mem.NewRoot(600 << 10)
	s := NewStore(root, Limits{Size: 500 << 10, Result: 100 << 10})
	var wait sync.WaitGroup
	for g := range 8 {
		wait.Go(func() {
			for i := range 200 {
				k := Key{byte((g + i) % 12)}
				if h := s.Find(k, time.Time{}); h != nil {
					if sum, n, err := sumOf(h); err != nil || n != 3000 || sum != int64(n)*int64(n-1)/2+int64(k[0])*int64(n) {
						t.Errorf("%d rows, sum %d, %v", n, sum, err)
					}
					h.Close()
				} else {
					keep(s, k, time.Now(), batchOf(int(k[0]), 1000), batchOf(int(k[0])+1000, 2000))
				}
				if i%50 == 49 {
					s.Forget(func(Info) bool { return true })
				}
			}
		})
	}
	wait.Wait()
	s.Forget(func(Info) bool { return true })
	if root.Used() != 0 {
		t.Errorf("%d bytes are still charged", root.Used())
	}
}

// BenchmarkKey makes the key of a small plan.
func BenchmarkKey(b *testing.B) {
	x := plan.Expr(&plan.Compare{Op: plan.GT, L: col(1, "a"), R: num(5)})
	q := &plan.Query{Root: over(scanOf(1, 2, 3, 4, 5, 6, 7, 8), x)}
	for b.Loop() {
		KeyOf(q, []string{"ana"})
	}
}
