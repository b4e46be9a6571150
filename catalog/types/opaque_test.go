package types

import "testing"

func TestOpaqueHive(t *testing.T) {
	list := []Type{QDigestOf(TBigInt), ArrayOf(QDigestOf(TReal)), RowOf(Field{Name: "h", Type: OpaqueOf(OpaqueHyperLogLog)})}
	for s := int32(1); s < numOpaque; s++ {
		if s != OpaqueQDigest {
			list = append(list, OpaqueOf(s))
		}
	}
	for _, want := range list {
		if got, err := ParseHive(want.HiveExact()); err != nil || !got.Equal(want) {
			t.Errorf("%s is read back as %s, %v", want.HiveExact(), got, err)
		}
	}
	for _, bad := range []string{"opaque", "opaque<", "opaque<>", "opaque<point>", "opaque<qdigest>", "opaque<qdigest,>", "opaque<qdigest,bigint", "geometry", "hyperloglog", "opaque<tdigest,bigint>"} {
		if got, err := ParseHive(bad); err == nil {
			t.Errorf("%s is read as %s", bad, got)
		}
	}
}

func TestOpaqueMixes(t *testing.T) {
	h, q := OpaqueOf(OpaqueHyperLogLog), QDigestOf(TBigInt)
	for _, u := range []Type{TVarbinary, TVarchar, TBigInt, TJSON, TUUID, OpaqueOf(OpaqueTDigest), QDigestOf(TDouble), q} {
		if c, ok := Common(h, u); ok {
			t.Errorf("%s and %s mix to %s", h, u, c)
		}
		if c := CoerceCost(u, h); c >= 0 {
			t.Errorf("%s becomes %s at a cost of %d", u, h, c)
		}
	}
	if c, ok := Common(ArrayOf(q), ArrayOf(q)); !ok || !c.Elem().Equal(q) {
		t.Errorf("arrays of one opaque type mix to %s, %v", c, ok)
	}
	if !CanCast(h, TVarbinary) || !CanCast(TVarbinary, q) || CanCast(OpaqueOf(OpaqueGeometry), TVarbinary) || CanCast(TVarbinary, OpaqueOf(OpaqueColor)) || CanCast(TVarchar, OpaqueOf(OpaqueBingTile)) {
		t.Error("the casts of varbinary and text are not those of sketches")
	}
}
