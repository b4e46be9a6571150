package types

import "testing"

// TestHiveExact reads back every kind of type that a catalog can have.
func TestHiveExact(t *testing.T) {
	for _, typ := range []Type{
		TBoolean, TTinyInt, TSmallInt, TInteger, TBigInt, DecimalOf(12, 3), TReal, TDouble, TVarchar, VarcharOf(7), CharOf(3),
		TVarbinary, TDate, TTime, TimeOf(3), TTimestamp, TimestampOf(9), TTimestampTZ, TimestampTZOf(3), TInterval,
		{Kind: Interval, S: IntervalYearMonth}, {Kind: Interval, S: IntervalDaySecond}, TUUID, TJSON, TUnknown,
		ArrayOf(TUUID), MapOf(TVarchar, TimestampTZOf(0)),
		RowOf(Field{Name: "a b", Type: TUUID}, Field{Name: "c:d`e", Type: ArrayOf(TJSON)}, Field{Name: "Plain", Type: TDate}),
	} {
		back, err := ParseHive(typ.HiveExact())
		if err != nil {
			t.Errorf("%s: %q: %v", typ, typ.HiveExact(), err)
		} else if !back.Equal(typ) {
			t.Errorf("%s: %q reads back as %s", typ, typ.HiveExact(), back)
		}
	}
}
