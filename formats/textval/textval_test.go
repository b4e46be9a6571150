package textval

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// texts are numbers, dates and near misses of all lengths.
func texts(r *rand.Rand, n int) []string {
	out := []string{"", "-", "+", ".", "-.", "0", "-0", "+5", "1.", ".5", "007", "1e5", "1E-3", "9223372036854775807", "9223372036854775808",
		"-9223372036854775808", "999999999999999999", "1000000000000000000", "99999999999999999999.5", "0.000000000000000001", "123456789.123456789",
		"1.005", "-1.005", "NaN", "Infinity", "0x10", "1_000", " 5 ", "5x", "2147483648", "2024-02-29", "2023-02-29", "2024-13-01", "0000-01-01", "2024-2-9",
		"2024-01-01 00:00:00", "2024-01-01T23:59:59", "2024-01-01 24:00:00", "2024-01-01 23:59:60", "2024-01-01 1:00:00", "20240101", "1970-01-01", "9999-12-31"}
	for range n {
		s := strconv.FormatInt(r.Int64N(1<<r.IntN(62)+1)-r.Int64N(1<<r.IntN(62)+1), 10)
		if r.IntN(2) == 0 {
			s += "." + strconv.Itoa(r.IntN(1<<r.IntN(20)+1))
		}
		out = append(out, s, time.Unix(r.Int64N(1<<34), 0).UTC().Format([]string{"2006-01-02", "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04:05.9"}[r.IntN(4)])+fractions[r.IntN(len(fractions))])
	}
	return out
}

// fractions are what may stand behind the seconds.
var fractions = []string{"", "", "", ".5", ".123456", ".1234567", ".", ".12a", ".000001", "+01", ".25+01", "x"}

// TestFastPaths compares with the parsers of catalog/types, the slow twins.
func TestFastPaths(t *testing.T) {
	dec := types.DecimalOf(15, 2)
	r := rand.New(rand.NewPCG(4, 2))
	for i, s := range texts(r, 20_000) {
		b := []byte(s)
		if i%2 == 0 { // as values in a block are: with others behind them
			b = append(b, "7.25-:'0123456789,2020-01-01 12:34:56.789"[r.IntN(9):]...)[:len(s)]
		}
		check := func(what string, got any, err error, want any, wantErr error) {
			t.Helper()
			if (err != nil) != (wantErr != nil) || err == nil && got != want {
				t.Errorf("%s %q = %v (%v), want %v (%v)", what, s, got, err, want, wantErr)
			}
		}
		i, err := Int64(b)
		wi, werr := types.ParseInt64(b)
		check("int", i, err, wi, werr)
		f, err := Float64(b)
		wf, werr := types.ParseFloat(b, 64)
		if !(math.IsNaN(f) && math.IsNaN(wf)) {
			check("float", fmt.Sprint(f), err, fmt.Sprint(wf), werr) // the text tells -0 from 0
		}
		d, err := Short(b, dec)
		wd, werr := Long(b, dec)
		check("decimal", d, err, wd.Int64(), werr)
		if len(s) >= 8 && s[4] == '-' {
			day, err := Date(b)
			wday, werr := types.ParseDate(b)
			check("date", day, err, wday, werr)
			ts, err := Timestamp(b, types.TTimestamp)
			wts, werr := types.ParseTimestamp(b, types.TTimestamp)
			check("timestamp", ts, err, wts, werr)
		}
	}
}

func TestCivilAgainstTypes(t *testing.T) {
	for day := int64(-719162); day < 2932897; day += 13 {
		y, m, d := types.CivilFromDays(day)
		if got := civil(int(y), m, d); int64(got) != day {
			t.Fatalf("%d-%d-%d is day %d, want %d", y, m, d, got, day)
		}
	}
}

func TestEpoch(t *testing.T) {
	for s, want := range map[string]string{"0": "1970-01-01 00:00:00", "1579059850000": "2020-01-15 03:44:10", "1579059850.25": "2020-01-15 03:44:10.25", "-1": "1969-12-31 23:59:59.999"} {
		v, err := Timestamp([]byte(s), types.TTimestamp)
		if got := string(types.AppendTimestamp(nil, v, types.TTimestamp, types.PostgresStyle)); err != nil || got != want {
			t.Errorf("%q is %s (%v), want %s", s, got, err, want)
		}
	}
}

// TestSetAndPrint sets texts of every scalar type and prints them again.
func TestSetAndPrint(t *testing.T) {
	for typ, s := range map[string]string{"boolean": "true", "tinyint": "-128", "smallint": "32767", "int": "-2147483648", "bigint": "9223372036854775807",
		"float": "1.5", "double": "-2.25", "decimal(9,3)": "123456.789", "decimal(38,1)": "1234567890123456789012345678901234567.8", "string": "ü\"x", "varchar(3)": "abc",
		"binary": `\x00ff`, "date": "2024-02-29", "time": "12:34:56.5", "timestamp": "2024-02-29 12:34:56.789", "timestamptz": "2024-02-29 12:34:56+00",
		"uuid": "01234567-89ab-cdef-0123-456789abcdef", "json": `{"a": 1}`, "interval": "1 mon 2 days 03:00:00"} {
		ty, err := types.ParseHive(typ)
		if err != nil {
			t.Fatal(err)
		}
		v := vector.New(ty, 2)
		if err := Set(v, 1, []byte(s)); err != nil {
			t.Errorf("%s: %v", typ, err)
			continue
		}
		if got := string(AppendText(nil, v, 1)); got != s {
			t.Errorf("%s: %q, want %q", typ, got, s)
		}
		if j := AppendJSON(nil, v, 1); !json.Valid(j) {
			t.Errorf("%s: %q is no JSON", typ, j)
		}
	}
	for typ, s := range map[string]string{"tinyint": "128", "smallint": "x", "int": "2147483648", "boolean": "maybe", "decimal(3,1)": "100", "date": "2023-02-29",
		"uuid": "x", "json": "{", "timestamp": "yesterday at noon"} {
		ty, _ := types.ParseHive(typ)
		if err := Set(vector.New(ty, 1), 0, []byte(s)); err == nil {
			t.Errorf("%s takes %q", typ, s)
		}
	}
}

func TestTexts(t *testing.T) {
	for _, tt := range []struct {
		s    string
		n    int32
		want string
	}{{"abc", 0, "abc"}, {"abc", 2, "ab"}, {"äöü", 2, "äö"}, {"äö", 3, "äö"}, {"", 1, ""}} {
		if got := string(Cut([]byte(tt.s), tt.n)); got != tt.want {
			t.Errorf("Cut(%q, %d) = %q", tt.s, tt.n, got)
		}
	}
	if got := string(ValidUTF8([]byte("x"), []byte("a\xff\xc3b"))); got != "xa\ufffd\ufffdb" {
		t.Errorf("%q", got)
	}
	for s, want := range map[string]string{`\x41`: "A", "QUJD": "ABC", "plain": "plain", "": "", `\xzz`: `\xzz`} {
		if got := string(Binary(nil, []byte(s))); got != want {
			t.Errorf("Binary(%q) = %q", s, got)
		}
	}
	for _, s := range []string{"", "plain", "q\"\\/\b\f\n\r\t\x01\x1f", "ünï😀", "bad \xff end", "\xff"} {
		var got string
		if err := json.Unmarshal(AppendJSONString(nil, []byte(s)), &got); err != nil || got != string([]rune(s)) {
			t.Errorf("%q is written as %s (%v)", s, AppendJSONString(nil, []byte(s)), err)
		}
	}
}

// TestForms prints constants, dictionaries and nested values.
func TestForms(t *testing.T) {
	base := vector.New(types.TVarchar, 2)
	for i, s := range []string{"x", "y"} {
		if err := Set(base, i, []byte(s)); err != nil {
			t.Fatal(err)
		}
	}
	dict := &vector.Vector{Type: types.TVarchar, Form: vector.Dict, Len: 3, Codes: []uint32{1, 0, 1}, Base: base, Valid: vector.Bitmap{0b101}}
	constant := vector.New(types.TBigInt, 1)
	vector.Values[int64](constant)[0] = 7
	constant.Form, constant.Len = vector.Const, 3
	list := vector.New(types.ArrayOf(types.TVarchar), 3)
	list.Kids[0] = dict
	copy(list.Ranges(), []vector.Range{{Off: 0, Len: 3}, {Off: 1, Len: 0}, {Off: 2, Len: 1}})
	m := vector.New(types.MapOf(types.TVarchar, types.TBigInt), 3)
	m.Kids[0], m.Kids[1] = base, constant
	copy(m.Ranges(), []vector.Range{{Off: 0, Len: 2}, {}, {}})
	row := vector.New(types.RowOf(types.Field{Name: "a", Type: types.TBigInt}, types.Field{Type: types.TVarchar}), 3)
	row.Kids[0], row.Kids[1] = constant, dict
	var got []string
	for _, v := range []*vector.Vector{dict, constant, list, m, row, vector.Null(types.TDate, 3)} {
		for i := range 3 {
			got = append(got, string(AppendJSONAt(nil, v, i)))
		}
	}
	want := []string{`"y"`, "null", `"y"`, "7", "7", "7", `["y",null,"y"]`, "[]", `["y"]`, `{"x":7,"y":7}`, "{}", "{}",
		`{"a":7,"f2":"y"}`, `{"a":7,"f2":null}`, `{"a":7,"f2":"y"}`, "null", "null", "null"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEqualBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 3))
	for range 20_000 {
		var b [8]byte
		for i := range b {
			b[i] = byte(r.Uint32() & 0x83)
		}
		c := byte(r.Uint32() & 0x83)
		m := EqualBytes(Load64(b[:]), Repeat(c))
		for i := range b {
			if (m>>(8*i)&0xff == 0x80) != (b[i] == c) || m>>(8*i)&0x7f != 0 {
				t.Fatalf("%x, byte %x: %016x", b, c, m)
			}
		}
	}
}
