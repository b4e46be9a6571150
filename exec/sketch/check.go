package sketch

import "github.com/glauxdb/glaux/catalog/types"

// Check reports why bytes are no value of a type of sketches.
func Check(t types.Type, b []byte) error {
	var err error
	switch t.S {
	case types.OpaqueHyperLogLog, types.OpaqueP4HyperLogLog:
		_, err = DecodeHLL(b)
	case types.OpaqueTDigest:
		_, err = DecodeTDigest(b)
	case types.OpaqueQDigest:
		_, err = DecodeQDigest(b)
	case types.OpaqueSetDigest:
		_, err = DecodeSetDigest(b)
	}
	return err
}
