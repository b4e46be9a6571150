package orc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

// evolutionTypes are the types that a table may declare, as the golden file names
// them.
var evolutionTypes = map[string]types.Type{
	"boolean": types.TBoolean, "tinyint": types.TTinyInt, "smallint": types.TSmallInt, "integer": types.TInteger, "bigint": types.TBigInt,
	"real": types.TReal, "double": types.TDouble, "decimal(5,2)": types.DecimalOf(5, 2), "decimal(30,10)": types.DecimalOf(30, 10),
	"varchar": types.TVarchar, "varbinary": types.TVarbinary, "date": types.TDate, "timestamp": types.TTimestamp,
}

// TestSchemaEvolution reads columns of every type as every other: what comes are
// the values that another reader's cast gives, or there is an error.
func TestSchemaEvolution(t *testing.T) {
	var want map[string]map[string][]any
	d := json.NewDecoder(bytes.NewReader(formattest.Data(t, "evolution/expected.json")))
	d.UseNumber()
	if err := d.Decode(&want); err != nil {
		t.Fatal(err)
	}
	data := formattest.Data(t, "evolution/types.orc")
	read, pairs := map[string]bool{}, 0
	for key, targets := range want {
		for name, vals := range targets {
			typ, ok := evolutionTypes[name]
			if !ok {
				t.Fatalf("no type %s", name)
			}
			pairs++
			pair := key + " as " + name
			f := open(t, data, formats.Options{Schema: &types.Schema{Fields: []types.Field{{Name: key, Type: typ}}}})
			rows, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: formattest.All(f)})
			if err != nil {
				if !fault.Is(err, fault.CodeDatatypeMismatch) && !strings.HasPrefix(string(fault.As(err).Code), "22") {
					t.Errorf("%s: %v", pair, err)
				}
				continue
			}
			read[pair] = true
			for i, v := range vals {
				if got := rows[i].([]any)[0]; !sameEvolved(key, name, got, v) {
					t.Errorf("%s, value %d: %v, want %v", pair, i, got, v)
				}
			}
		}
	}
	t.Logf("%d of %d pairs are read", len(read), pairs)
	if len(read) < 102 {
		t.Error("fewer pairs are read than there were")
	}
}

// sameEvolved compares a value with what pyarrow's cast gives. Where pyarrow
// refuses to round, or shows another text, the table is the rule.
func sameEvolved(key, to string, got, want any) bool {
	if n, ok := want.(json.Number); ok {
		a, err1 := strconv.ParseFloat(fmt.Sprint(got), 64)
		b, err2 := n.Float64()
		exact := to != "real" && to != "double"
		return err1 == nil && err2 == nil && a == b && (!exact || fmt.Sprint(got) == n.String())
	}
	show := func(v any) string { return strings.TrimSuffix(fmt.Sprint(v), ".000000") }
	switch at := key + " as " + to + ": " + show(want); at {
	case "bigint_edge as double: error": // to the next double, as Hive does
		n, ok := got.(json.Number)
		f, err := n.Float64()
		return ok && err == nil && slices.Contains([]float64{-1 << 63, 1 << 63, 1 << 53}, f)
	case "varbinary_edge as varchar: error": // the bytes as they are
		return got == "\xff\x00"
	case "decimal_30_10_edge as varchar: 1E-10":
		return got == "0.0000000001"
	case "decimal_30_10_small as varchar: 0E-10":
		return got == "0.0000000000"
	case "real_edge as varchar: 16777216":
		return got == "1.6777216e+07"
	}
	return show(got) == show(want)
}
