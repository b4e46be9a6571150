package convert

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// nested checks the texts inside of a column of arrays, maps or rows. A column with
// something wrong in it is made anew value by value, which only such a batch pays
// for.
func (k *cleanColumn) nested(v *vector.Vector, b *vector.Batch) (*vector.Vector, error) {
	v = vector.Flatten(v)
	good := true
	eachRow(b, func(i int) { good = good && k.sound(v, i) })
	if good {
		return v, nil
	}
	wanted := make([]bool, b.N)
	eachRow(b, func(i int) { wanted[i] = true })
	k.out.Reset(k.typ, 0)
	for i := range b.N {
		if !wanted[i] {
			k.out.AppendNull()
			continue
		}
		x := vector.ValueAt(v, i)
		if err := k.value(i, &x); err != nil {
			return nil, err
		}
		k.out.AppendValue(x)
	}
	return &k.out, nil
}

// sound reports whether nothing is wrong with the texts in value i.
func (k *cleanColumn) sound(v *vector.Vector, i int) bool {
	if v.IsNull(i) {
		return true
	}
	switch v.Type.Phys() {
	case types.PhysStruct:
		for _, kid := range v.Kids {
			if !k.sound(kid, i) {
				return false
			}
		}
	case types.PhysList:
		r := v.Ranges()[i]
		for _, kid := range v.Kids {
			for j := r.Off; j < r.Off+r.Len; j++ {
				if !k.sound(kid, int(j)) {
					return false
				}
			}
		}
	case types.PhysBytes:
		return !v.Type.IsString() || !k.wrong(v.Bytes(i), v.Type)
	}
	return true
}

// value makes the texts in a value of a row what they may be. A map one of whose
// keys becomes NULL is NULL.
func (k *cleanColumn) value(row int, x *types.Value) error {
	if x.Null {
		return nil
	}
	if x.Type.IsString() {
		s, ok, err := k.fit(row, []byte(x.S), x.Type)
		x.S, x.Null = string(s), !ok
		return err
	}
	for i := range x.Kids {
		if err := k.value(row, &x.Kids[i]); err != nil {
			return err
		}
		if x.Type.Kind == types.Map && i%2 == 0 && x.Kids[i].Null {
			*x = types.NullOf(x.Type)
			return nil
		}
	}
	return nil
}
