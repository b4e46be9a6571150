package kernel

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/sketch"
	"github.com/glauxdb/glaux/formats/vector"
)

// opaqueConverter casts to an opaque type, or from one to what is no text. nil if
// there is no such cast.
func opaqueConverter(from, to types.Type) converter {
	if !types.CanCast(from, to) {
		return nil
	}
	switch {
	case from.IsString():
		return opaqueFrom(func(e *castEnv, b, s []byte) ([]byte, error) {
			from := len(b)
			b, err := types.ParseOpaque(b, e.to, s)
			if err != nil {
				return b, types.TextError(err, e.to, s)
			}
			return b, checkSketch(e.to, b[from:])
		})
	case to.IsSketch() && from.Kind == types.Varbinary:
		return opaqueFrom(func(e *castEnv, b, s []byte) ([]byte, error) { return append(b, s...), checkSketch(e.to, s) })
	case to.IsOpaque(types.OpaqueP4HyperLogLog):
		return opaqueFrom(denseHLL)
	case to.IsOpaque(types.OpaqueIPAddress) && from.Kind == types.Varbinary:
		return opaqueFrom(ipOfBytes)
	case to.IsOpaque(types.OpaqueIPAddress):
		return opaqueFrom(func(_ *castEnv, b, s []byte) ([]byte, error) { return append(b, s[:16]...), nil })
	case to.IsOpaque(types.OpaqueIPPrefix):
		return opaqueFrom(func(_ *castEnv, b, s []byte) ([]byte, error) {
			return append(append(b, s...), byte(types.IPBits(s))), nil
		})
	}
	return opaqueFrom(func(_ *castEnv, b, s []byte) ([]byte, error) { return append(b, s...), nil })
}

// checkSketch refuses bytes that are no sketch where they become one.
func checkSketch(t types.Type, b []byte) error {
	if t.IsSketch() {
		return sketch.Check(t, b)
	}
	return nil
}

// denseHLL writes a HyperLogLog with all its buckets.
func denseHLL(_ *castEnv, b, s []byte) ([]byte, error) {
	h, err := sketch.DecodeHLL(s)
	if err != nil {
		return b, err
	}
	h.MakeDense()
	return h.AppendTo(b), nil
}

// ipOfBytes takes the 4 or 16 bytes of an address.
func ipOfBytes(_ *castEnv, b, s []byte) ([]byte, error) {
	switch len(s) {
	case 4:
		b = append(b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff)
	case 16:
	default:
		return b, fault.New(fault.CodeInvalidBinary, "an ipaddress has 4 or 16 bytes, not %d", len(s))
	}
	return append(b, s...), nil
}

// opaqueFrom makes a converter of a function that appends the new form of a value
// of bytes.
func opaqueFrom(f func(e *castEnv, b, s []byte) ([]byte, error)) converter {
	return func(e *castEnv, v *vector.Vector, sel vector.Sel, out *vector.Vector) error {
		w, s := newTextWriter(out), StringsOf(v)
		return eachErr(sel, out.Len, func(i int) error {
			from := len(out.Data)
			b, err := f(e, out.Data, s.At(i))
			if err != nil {
				return e.bad(out, i, err)
			}
			out.Data = b
			w.end(i, from)
			if len(b) > maxVectorBytes {
				return errTooMuchText()
			}
			return nil
		})
	}
}
