package cost

import "github.com/glauxdb/glaux/catalog/types"

// position places a value on the number line, keeping the order: for
// interpolating within bounds.
func position(v types.Value) (float64, bool) {
	if v.Null {
		return 0, false
	}
	switch v.Type.Phys() {
	case types.PhysFloat32, types.PhysFloat64:
		return v.F, v.F == v.F
	case types.PhysInt128:
		return v.D.Float64(), true
	case types.PhysBytes:
		// The first six bytes as a fraction: enough digits for a float64.
		x := 0.0
		for i := 0; i < 6; i++ {
			x *= 256
			if i < len(v.S) {
				x += float64(v.S[i])
			}
		}
		return x, true
	case types.PhysBool, types.PhysInt8, types.PhysInt16, types.PhysInt32, types.PhysInt64, types.PhysUint32:
		return float64(v.I), true
	}
	return 0, false
}
