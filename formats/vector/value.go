package vector

import "github.com/glauxdb/glaux/catalog/types"

// At gives the flat or nested vector and the position in it that hold v's row i,
// whatever v's form.
func At(v *Vector, i int) (*Vector, int) {
	switch v.Form {
	case Const:
		return v, 0
	case Dict:
		return v.Base, int(v.Codes[i])
	}
	return v, i
}

// ValueAt gives row i of a vector of any form as a single value. For results,
// statistics and tests; never for loops over rows.
func ValueAt(v *Vector, i int) types.Value {
	if v.IsNull(i) {
		return types.NullOf(v.Type)
	}
	switch v.Form {
	case Const:
		i = 0
	case Dict:
		out := ValueAt(v.Base, int(v.Codes[i]))
		out.Type = v.Type
		return out
	}
	out := types.Value{Type: v.Type}
	switch v.Type.Phys() {
	case types.PhysBool:
		if Values[bool](v)[i] {
			out.I = 1
		}
	case types.PhysInt8:
		out.I = int64(Values[int8](v)[i])
	case types.PhysInt16:
		out.I = int64(Values[int16](v)[i])
	case types.PhysInt32:
		out.I = int64(Values[int32](v)[i])
	case types.PhysInt64:
		out.I = Values[int64](v)[i]
	case types.PhysUint32:
		out.I = int64(Values[uint32](v)[i])
	case types.PhysFloat32:
		out.F = float64(Values[float32](v)[i])
	case types.PhysFloat64:
		out.F = Values[float64](v)[i]
	case types.PhysInt128:
		out.D = Values[types.Int128](v)[i]
	case types.PhysInterval:
		out.Interval = Values[types.IntervalValue](v)[i]
	case types.PhysUUID:
		out.UUID = Values[[16]byte](v)[i]
	case types.PhysBytes:
		out.S = string(v.Bytes(i))
	case types.PhysList:
		out.Kids = listValues(v, i)
	case types.PhysStruct:
		for _, k := range v.Kids {
			out.Kids = append(out.Kids, ValueAt(k, i))
		}
	}
	return out
}

func listValues(v *Vector, i int) []types.Value {
	r := v.Ranges()[i]
	out := make([]types.Value, 0, int(r.Len)*len(v.Kids))
	for j := r.Off; j < r.Off+r.Len; j++ {
		for _, k := range v.Kids {
			out = append(out, ValueAt(k, int(j)))
		}
	}
	return out
}

// AppendValue appends one value to a flat vector; its type must be v's.
func (v *Vector) AppendValue(x types.Value) {
	if x.Null || v.Type.Kind == types.Unknown {
		v.AppendNull()
		return
	}
	i := v.Len
	if v.Type.Phys() == types.PhysBytes {
		v.AppendBytes([]byte(x.S))
		return
	}
	v.Resize(i + 1)
	switch v.Type.Phys() {
	case types.PhysBool:
		Values[bool](v)[i] = x.I != 0
	case types.PhysInt8:
		Values[int8](v)[i] = int8(x.I)
	case types.PhysInt16:
		Values[int16](v)[i] = int16(x.I)
	case types.PhysInt32:
		Values[int32](v)[i] = int32(x.I)
	case types.PhysInt64:
		Values[int64](v)[i] = x.I
	case types.PhysUint32:
		Values[uint32](v)[i] = uint32(x.I)
	case types.PhysFloat32:
		Values[float32](v)[i] = float32(x.F)
	case types.PhysFloat64:
		Values[float64](v)[i] = x.F
	case types.PhysInt128:
		Values[types.Int128](v)[i] = x.D
	case types.PhysInterval:
		Values[types.IntervalValue](v)[i] = x.Interval
	case types.PhysUUID:
		Values[[16]byte](v)[i] = x.UUID
	case types.PhysList:
		v.appendListValue(i, x)
	case types.PhysStruct:
		for k, kid := range v.Kids {
			kid.truncate(i)
			kid.AppendValue(x.Kids[k])
		}
	}
}

func (v *Vector) appendListValue(i int, x types.Value) {
	checkRoom(uint64(v.Kids[0].Len) + uint64(len(x.Kids)))
	v.Ranges()[i] = Range{Off: uint32(v.Kids[0].Len), Len: uint32(len(x.Kids) / len(v.Kids))}
	for k, e := range x.Kids {
		v.Kids[k%len(v.Kids)].AppendValue(e)
	}
}

// FromValues makes a flat vector of type t.
func FromValues(t types.Type, xs []types.Value) *Vector {
	v := New(t, 0)
	for _, x := range xs {
		v.AppendValue(x)
	}
	return v
}

// ConstOf makes a constant that stands for n rows.
func ConstOf(x types.Value, n int) *Vector {
	if x.Null || x.Type.Kind == types.Unknown {
		return Null(x.Type, n)
	}
	v := New(x.Type, 0)
	v.AppendValue(x)
	v.Form, v.Len = Const, n
	return v
}
