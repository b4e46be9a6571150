package wasm

import (
	"github.com/glauxdb/glaux/formats/vector"
)

// gather writes the selected values of a vector of any form side by side. What
// stands at NULLs is zero.
func gather(dst []byte, v *vector.Vector, l layout, sel vector.Sel) {
	if v.Type.Phys().Width() != l.width { // a NULL without a type
		clear(dst)
		return
	}
	switch l.width {
	case 1:
		gatherAs[int8](dst, v, sel)
	case 2:
		gatherAs[int16](dst, v, sel)
	case 4:
		gatherAs[int32](dst, v, sel)
	case 8:
		gatherAs[int64](dst, v, sel)
	default:
		gatherAs[[16]byte](dst, v, sel)
	}
}

func gatherAs[T vector.Fixed](dst []byte, v *vector.Vector, sel vector.Sel) {
	to := valuesOf[T](dst)
	switch v.Form {
	case vector.Const:
		x := vector.Values[T](v)[0]
		for k := range to {
			to[k] = x
		}
	case vector.Dict:
		from := vector.Values[T](v.Base)
		for k, row := range sel {
			to[k] = from[v.Codes[row]]
		}
	default:
		from := vector.Values[T](v)
		if len(sel) == v.Len {
			copy(to, from)
			break
		}
		for k, row := range sel {
			to[k] = from[row]
		}
	}
	if v.Valid == nil {
		return
	}
	var zero T
	for k, row := range sel {
		if v.IsNull(int(row)) {
			to[k] = zero
		}
	}
}

// scatter is gather's other way, into a flat vector's memory.
func scatter(dst, src []byte, width int, sel vector.Sel) {
	switch width {
	case 1:
		scatterAs[int8](dst, src, sel)
	case 2:
		scatterAs[int16](dst, src, sel)
	case 4:
		scatterAs[int32](dst, src, sel)
	case 8:
		scatterAs[int64](dst, src, sel)
	default:
		scatterAs[[16]byte](dst, src, sel)
	}
}

func scatterAs[T vector.Fixed](dst, src []byte, sel vector.Sel) {
	to, from := valuesOf[T](dst), valuesOf[T](src)
	for k, row := range sel {
		to[row] = from[k]
	}
}
