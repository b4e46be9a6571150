package wasm

import (
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// seeds are the modules that there are.
func seeds(f *testing.F) [][]byte {
	var out [][]byte
	for _, dir := range []string{"testdata", "../../testdata/udf"} {
		files, _ := filepath.Glob(filepath.Join(dir, "*.wasm"))
		for _, name := range files {
			b, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			if len(b) < 2000 {
				out = append(out, b)
			}
		}
	}
	return out
}

// FuzzModule: whatever bytes a module is of, it is refused or it runs, within its
// limits, and its mistakes are faults that are not bugs of ours.
func FuzzModule(f *testing.F) {
	for _, b := range seeds(f) {
		f.Add(b)
	}
	r := runtimeOf(f)
	f.Fuzz(func(t *testing.T, code []byte) {
		m, err := r.Compile(context.Background(), code)
		if err != nil {
			wantNoBug(t, err)
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		if err := m.Try(ctx, "f"); err != nil {
			wantNoBug(t, err)
			return
		}
		for export := range m.exports {
			for _, typ := range []types.Type{types.TBigInt, types.TVarchar, types.TDouble} {
				fuzzCall(t, r, code, Spec{Name: "f", Export: export, Params: []types.Type{typ}, Ret: typ})
			}
		}
	})
}

func fuzzCall(t *testing.T, r *Runtime, code []byte, s Spec) {
	ec, _ := query(t, 8<<20)
	done := make(chan struct{})
	ec.Done = done
	defer time.AfterFunc(20*time.Millisecond, func() { close(done) }).Stop()
	p, err := calls(t, r, code, s, ec)
	if err == nil {
		_, err = p.Eval(&vector.Batch{N: 5, Cols: []*vector.Vector{column(s.Params[0], 5)}}, nil)
	}
	if err != nil {
		wantNoBug(t, err)
	}
}

func wantNoBug(t *testing.T, err error) {
	if fault.As(err).Kind == fault.Internal {
		t.Errorf("a module's mistake is no bug of ours: %v", err)
	}
}

// FuzzResult: whatever a module says of where its result lies, it is read there or
// refused.
func FuzzResult(f *testing.F) {
	f.Add(uint32(1024), uint32(0), uint32(0), []byte{0, 0, 0, 0, 1, 0, 0, 0}, uint8(0))
	f.Add(uint32(65534), uint32(65535), uint32(65533), []byte{1, 2, 3}, uint8(1))
	r := runtimeOf(f)
	code := module(f, "hostile")
	results := []types.Type{types.TVarchar, types.TVarbinary, types.TBigInt, types.TBoolean, types.DecimalOf(30, 2), types.TTimestamp, types.TDate, types.TTime}
	f.Fuzz(func(t *testing.T, values, data, valid uint32, offsets []byte, kind uint8) {
		ret := results[int(kind)%len(results)]
		ec, _ := query(t, 8<<20)
		p, err := calls(t, r, code, Spec{Name: "f", Export: "poke", Params: []types.Type{types.TVarbinary}, Ret: ret}, ec)
		if err != nil {
			t.Fatal(err)
		}
		arg := binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, values), data), valid)
		in := vector.New(types.TVarbinary, 0)
		in.AppendBytes(append(arg, offsets[:min(len(offsets), 200)]...))
		for range 6 {
			in.AppendBytes(nil)
		}
		v, err := p.Eval(&vector.Batch{N: in.Len, Cols: []*vector.Vector{in}}, nil)
		if err != nil {
			wantNoBug(t, err)
			return
		}
		print := kernel.TextOptions{}
		for i := range in.Len {
			print.AppendText(nil, v, i)
		}
	})
}
