package wasm

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

func module(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".wasm"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func runtimeOf(t testing.TB) *Runtime {
	r := NewRuntime()
	t.Cleanup(r.Close)
	return r
}

// calls makes a function of a module, ready for batches, and a way to end its query.
func calls(t testing.TB, r *Runtime, code []byte, s Spec, ec *kernel.EvalCtx) (*kernel.Program, error) {
	t.Helper()
	m, err := r.Compile(context.Background(), code)
	if err != nil {
		return nil, err
	}
	f, err := m.Func(s)
	if err != nil {
		return nil, err
	}
	inputs, call := map[plan.ColID]int{}, &plan.Call{Fn: f, Typ: s.Ret}
	for i, p := range s.Params {
		inputs[plan.ColID(i+1)] = i
		call.Args = append(call.Args, &plan.Col{ID: plan.ColID(i + 1), Typ: p})
	}
	return kernel.Compile(call, inputs, ec)
}

// query is the context of a query that test ends.
func query(t testing.TB, limit int64) (*kernel.EvalCtx, *mem.Account) {
	acct := mem.NewRoot(0).Child("query", limit)
	var ends []func()
	t.Cleanup(func() {
		for _, f := range ends {
			f()
		}
		if n := acct.Used(); n != 0 {
			t.Errorf("after the query %d bytes are charged still", n)
		}
	})
	return &kernel.EvalCtx{Mem: acct, AtEnd: func(f func()) { ends = append(ends, f) }}, acct
}

func wantFault(t *testing.T, err error, code fault.Code, text string) {
	t.Helper()
	if !fault.Is(err, code) || !strings.Contains(err.Error(), text) {
		t.Errorf("got error %v (%v), want %s with %q", err, fault.As(err).Code, code, text)
	}
}

func texts(words ...string) *vector.Vector {
	v := vector.New(types.TVarchar, 0)
	for _, w := range words {
		v.AppendBytes([]byte(w))
	}
	return v
}

// TestHostile: functions that break the rules of the interface are errors of their
// call, and nothing else.
func TestHostile(t *testing.T) {
	r, code := runtimeOf(t), module(t, "hostile")
	for _, c := range []struct {
		export string
		ret    types.Type
		code   fault.Code
		text   string
	}{
		{"code", types.TVarchar, fault.CodeExternalRoutine, "failed with code 7"},
		{"trap", types.TVarchar, fault.CodeExternalRoutine, "unreachable"},
		{"says", types.TVarchar, fault.CodeExternalRoutine, "f: n"},
		{"says_nowhere", types.TVarchar, fault.CodeExternalRoutine, "outside of the memory"},
		{"aborts", types.TVarchar, fault.CodeExternalRoutine, "f: no!!"},
		{"aborts_nowhere", types.TVarchar, fault.CodeExternalRoutine, "f: abort"},
		{"deep", types.TVarchar, fault.CodeExternalRoutine, "stack overflow"},
		{"outside", types.TVarchar, fault.CodeExternalRoutine, "out of bounds memory access"},
		{"grow", types.TVarchar, fault.CodeOutOfMemory, "out of memory"},
		{"values_out", types.TVarchar, fault.CodeExternalInvocation, "the result's values"},
		{"values_out", types.TBigInt, fault.CodeExternalInvocation, "the result's values"},
		{"data_out", types.TVarchar, fault.CodeExternalInvocation, ""},
		{"valid_out", types.TBigInt, fault.CodeExternalInvocation, "the result's validity"},
		{"huge", types.TVarchar, fault.CodeExternalInvocation, "the result's bytes"},
		{"falling", types.TVarchar, fault.CodeExternalInvocation, "fall from 50"},
		{"falling_inside", types.TVarchar, fault.CodeExternalInvocation, "fall from"},
		{"not_text", types.TVarchar, fault.CodeBadEncoding, "not UTF-8"},
		{"ones", types.DecimalOf(5, 2), "", ""},
		{"ones", types.TTime, fault.CodeNumericOutOfRange, "out of range for type time"},
	} {
		ec, _ := query(t, 32<<20)
		p, err := calls(t, r, code, Spec{Name: "f", Export: c.export, Params: []types.Type{types.TVarchar}, Ret: c.ret}, ec)
		if err != nil {
			t.Fatal(c.export, err)
		}
		_, err = p.Eval(&vector.Batch{N: 3, Cols: []*vector.Vector{texts("a", "bc", "")}}, nil)
		if c.code == "" {
			if err != nil {
				t.Errorf("%s: %v", c.export, err)
			}
			continue
		}
		t.Run(c.export, func(t *testing.T) { wantFault(t, err, c.code, c.text) })
	}
}

// TestNullsAndGarbage: what stands where a result is NULL does not matter, nor what a
// module does to its own memory.
func TestNullsAndGarbage(t *testing.T) {
	r, code := runtimeOf(t), module(t, "hostile")
	for _, ret := range []types.Type{types.TTime, types.TBoolean, types.TVarchar, types.TDate} {
		ec, _ := query(t, 0)
		p, err := calls(t, r, code, Spec{Name: "f", Export: "nulls", Params: []types.Type{types.TInteger}, Ret: ret}, ec)
		if err != nil {
			t.Fatal(err)
		}
		if ret.Kind == types.Varchar {
			continue // its offsets are garbage, which is an error of its own
		}
		v, err := p.Eval(&vector.Batch{N: 3, Cols: []*vector.Vector{vector.New(types.TInteger, 3)}}, nil)
		if err != nil || v.NullCount() != 3 {
			t.Errorf("%v: %d NULLs, %v", ret, v.NullCount(), err)
		}
	}
	ec, _ := query(t, 0)
	p, err := calls(t, r, code, Spec{Name: "f", Export: "scribble", Params: []types.Type{types.TInteger}, Ret: types.TInteger}, ec)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Eval(&vector.Batch{N: 3, Cols: []*vector.Vector{vector.New(types.TInteger, 3)}}, nil)
	wantFault(t, err, fault.CodeExternalInvocation, "outside of the memory")
	p, err = calls(t, r, code, Spec{Name: "f", Export: "ones", Params: []types.Type{types.TInteger}, Ret: types.TBoolean}, ec)
	if err != nil {
		t.Fatal(err)
	}
	v, err := p.Eval(&vector.Batch{N: 3, Cols: []*vector.Vector{vector.New(types.TInteger, 3)}}, nil)
	if err != nil || vector.Values[int8](v)[0] != 1 {
		t.Errorf("a byte of 255 is the boolean %d, want 1 (%v)", vector.Values[int8](v)[0], err)
	}
}

// TestModules: modules that cannot be used are told so before anything of them runs,
// or when they are tried.
func TestModules(t *testing.T) {
	r := runtimeOf(t)
	for _, c := range []struct {
		module string
		code   fault.Code
		text   string
	}{
		{"wasi", fault.CodeInvalidFunctionDef, `imports function "clock_time_get" of "wasi_snapshot_preview1"`},
		{"import_memory", fault.CodeInvalidFunctionDef, `imports memory "memory" of "env"`},
		{"big_table", fault.CodeInvalidFunctionDef, "may grow to 100000000 elements"},
		{"open_table", fault.CodeInvalidFunctionDef, "no maximum"},
		{"big_memory", fault.CodeInvalidFunctionDef, "begins with 3932160000 bytes"},
		{"start_trap", fault.CodeExternalRoutine, "unreachable"},
		{"import_type", fault.CodeInvalidFunctionDef, "signature mismatch"},
	} {
		m, err := r.Compile(context.Background(), module(t, c.module))
		if err == nil {
			err = m.Try(context.Background(), "f")
		}
		t.Run(c.module, func(t *testing.T) { wantFault(t, err, c.code, c.text) })
	}
	_, err := calls(t, r, module(t, "no_memory"), Spec{Name: "f", Export: "ok", Params: []types.Type{types.TInteger}, Ret: types.TInteger}, nil)
	wantFault(t, err, fault.CodeInvalidFunctionDef, "has no memory")
	for _, b := range [][]byte{nil, []byte("\x00asm"), []byte(magic + "\x02"), []byte(magic + "\x01\xff\xff\xff\xff\x0f"), []byte("(module)"),
		[]byte("\x00asm\x0d\x00\x01\x00"), make([]byte, MaxModule+1)} {
		_, err := r.Compile(context.Background(), b)
		wantFault(t, err, fault.CodeInvalidFunctionDef, "the module")
	}
}

// TestAllocators: memory that a module cannot give.
func TestAllocators(t *testing.T) {
	r := runtimeOf(t)
	for name, text := range map[string]string{"alloc_zero": "no address", "alloc_odd": "no address", "alloc_outside": "outside of the memory",
		"alloc_trap": "unreachable"} {
		ec, _ := query(t, 0)
		p, err := calls(t, r, module(t, name), Spec{Name: "f", Export: "ok", Params: []types.Type{types.TInteger}, Ret: types.TInteger}, ec)
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Eval(&vector.Batch{N: 1, Cols: []*vector.Vector{vector.New(types.TInteger, 1)}}, nil)
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: %v, want %q", name, err, text)
		}
	}
}

// TestCancel: the end of a query stops a module that would not.
func TestCancel(t *testing.T) {
	r := runtimeOf(t)
	for name, export := range map[string]string{"hostile": "spin", "calls": "ok"} {
		ec, _ := query(t, 0)
		done := make(chan struct{})
		ec.Done = done
		p, err := calls(t, r, module(t, name), Spec{Name: "f", Export: export, Params: []types.Type{types.TBigInt}, Ret: types.TBigInt}, ec)
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(50*time.Millisecond, func() { close(done) })
		began := time.Now()
		_, err = p.Eval(&vector.Batch{N: 1, Cols: []*vector.Vector{vector.New(types.TBigInt, 1)}}, nil)
		wantFault(t, err, fault.CodeQueryCanceled, "canceling statement")
		if d := time.Since(began); d > 3*time.Second {
			t.Errorf("%s: it took %v to stop", name, d)
		}
	}
	m, err := r.Compile(context.Background(), module(t, "start_spin"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := m.Try(ctx, "f"); !fault.Is(err, fault.CodeQueryCanceled) {
		t.Errorf("start code that spins: %v", err)
	}
}

// TestMemory: what an instance holds is charged while its query lives.
func TestMemory(t *testing.T) {
	ec, acct := query(t, 1<<20)
	p, err := calls(t, runtimeOf(t), module(t, "hostile"), Spec{Name: "f", Export: "ok", Params: []types.Type{types.TInteger}, Ret: types.TInteger}, ec)
	if err != nil {
		t.Fatal(err)
	}
	run := func() error {
		_, err := p.Eval(&vector.Batch{N: 1, Cols: []*vector.Vector{vector.New(types.TInteger, 1)}}, nil)
		return err
	}
	if err := run(); err != nil || acct.Used() < pageSize {
		t.Errorf("%d bytes are charged (%v)", acct.Used(), err)
	}
	used := acct.Used()
	if err := run(); err != nil || acct.Used() != used {
		t.Errorf("%d bytes are charged after the second call, %d after the first (%v)", acct.Used(), used, err)
	}
}

// column is a vector of n values of a type that has all kinds of them.
func column(typ types.Type, n int) *vector.Vector {
	v := vector.New(typ, 0)
	for i := range n {
		switch {
		case i%7 == 3:
			v.AppendNull()
		case typ.Phys() == types.PhysBytes:
			v.AppendBytes([]byte(strings.Repeat("é", i%5)))
		default:
			v.Resize(i + 1)
			w := typ.Phys().Width()
			x := int64(i-n/2) * 7919
			switch typ.Kind {
			case types.Boolean:
				x &= 1
			case types.Time:
				x = int64(i) * 1000
			case types.Real:
				x = int64(math.Float32bits(float32(x)))
			case types.Double:
				x = int64(math.Float64bits(float64(x)))
			}
			for k := range w {
				v.Raw()[i*w+k] = byte(x >> min(8*k, 63))
			}
			if v.Valid != nil {
				v.Valid.Set(i)
			}
		}
	}
	return v
}

// TestEcho passes values of every type through a module that gives its argument's
// column back, in every form and with selections.
func TestEcho(t *testing.T) {
	r, code := runtimeOf(t), module(t, "hostile")
	for _, typ := range []types.Type{types.TBoolean, types.TTinyInt, types.TSmallInt, types.TInteger, types.TBigInt, types.TReal, types.TDouble,
		types.DecimalOf(12, 2), types.DecimalOf(38, 4), types.TDate, types.TTime, types.TTimestamp, types.TimestampTZOf(9), types.TVarchar,
		types.TVarbinary, types.TUUID} {
		for _, nulls := range []bool{false, true} {
			ec, _ := query(t, 0)
			p, err := calls(t, r, code, Spec{Name: "f", Export: "echo", Params: []types.Type{typ}, Ret: typ, Nulls: nulls}, ec)
			if err != nil {
				t.Fatal(typ, err)
			}
			in := column(typ, 500)
			for _, sel := range []vector.Sel{nil, {0}, {1, 3, 5, 499}} {
				for form, v := range forms(in) {
					got, err := p.Eval(&vector.Batch{N: v.Len, Cols: []*vector.Vector{v}}, sel)
					if err != nil {
						t.Fatal(typ, form, err)
					}
					rows := sel
					if rows == nil {
						rows = identity[:v.Len]
					}
					for _, i := range rows {
						a, b := vector.ValueAt(v, int(i)), vector.ValueAt(got, int(i))
						if a.Null != b.Null || !a.Null && a.Compare(b) != 0 {
							t.Fatalf("%v, %s, row %d: got %v, want %v", typ, form, i, b, a)
						}
					}
				}
			}
		}
	}
}

// forms gives the rows of a flat vector in every form.
func forms(v *vector.Vector) map[string]*vector.Vector {
	base := vector.New(v.Type, 0)
	codes := make([]uint32, v.Len)
	for i := range v.Len {
		if i < 3 {
			base.AppendRange(v, i, 1)
		}
		codes[i] = uint32(i % 3)
	}
	dict := &vector.Vector{Valid: v.Valid}
	dict.SetDict(v.Type, codes, base)
	one := vector.New(v.Type, 0)
	one.AppendRange(v, 5, 1)
	one.Form, one.Len = vector.Const, v.Len
	return map[string]*vector.Vector{"flat": v, "dict": dict, "const": one, "null": vector.Null(v.Type, v.Len)}
}

// TestChunks: more text than one call takes goes in several.
func TestChunks(t *testing.T) {
	ec, acct := query(t, 0)
	p, err := calls(t, runtimeOf(t), module(t, "hostile"), Spec{Name: "f", Export: "echo", Params: []types.Type{types.TVarchar}, Ret: types.TVarchar}, ec)
	if err != nil {
		t.Fatal(err)
	}
	in := vector.New(types.TVarchar, 0)
	for i := range 300 {
		in.AppendBytes([]byte(strings.Repeat(string(rune('a'+i%26)), 100_000)))
	}
	in.AppendBytes([]byte(strings.Repeat("x", 20<<20)))
	got, err := p.Eval(&vector.Batch{N: in.Len, Cols: []*vector.Vector{in}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range in.Len {
		if string(in.Bytes(i)) != string(got.Bytes(i)) {
			t.Fatalf("row %d has %d bytes", i, len(got.Bytes(i)))
		}
	}
	if acct.Used() > 64<<20 {
		t.Errorf("%d bytes for 50 MB in chunks", acct.Used())
	}
}

// TestIdentity: a name in plans is that of one module, export and signature.
func TestIdentity(t *testing.T) {
	r, seen := runtimeOf(t), map[string]bool{}
	for _, s := range []Spec{{Export: "echo", Ret: types.TInteger}, {Export: "ok", Ret: types.TInteger}, {Export: "echo", Ret: types.TBigInt},
		{Export: "echo", Ret: types.TInteger, Nulls: true}, {Export: "echo", Ret: types.TInteger, Params: []types.Type{types.TDate}}} {
		m, err := r.Compile(context.Background(), module(t, "hostile"))
		if err != nil {
			t.Fatal(err)
		}
		s.Name = "f"
		f, err := m.Func(s)
		if err != nil || seen[f.Name] {
			t.Errorf("%+v: %v is not new (%v)", s, f.Name, err)
		}
		seen[f.Name] = true
	}
}
