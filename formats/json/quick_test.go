package json

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

func quickSchema(t testing.TB) *types.Schema {
	return formattest.Schema(t, "b bigint", "i int", "d double", "m decimal(12,2)", "t boolean", "day date", "at timestamp", "s string", "l array<int>",
		"r struct<x:bigint,y:string>", "v varchar(3)", "f float")
}

// twice reads a line that comes twice, where the second is read quickly if it can be,
// and gives both rows.
func twice(t testing.TB, line string) (first, second string, err error) {
	t.Helper()
	schema := quickSchema(t)
	data := line + "\n" + line + "\n" + strings.Repeat(" ", 2*quickRoom)
	out, err := text(open(t, data, schema, map[string]string{"malformed.values": "null"}), 1<<30, formats.ScanRequest{Columns: formattest.Columns(schema)})
	rows := strings.SplitAfter(out, "\n")
	if len(rows) < 3 {
		rows = append(rows, "", "", "")
	}
	if half := len(rows) / 2; err == nil {
		return strings.Join(rows[:half], ""), strings.Join(rows[half:2*half], ""), nil
	}
	return rows[0], rows[1], err
}

// quickValues are values in usual and unusual spellings, some of them no JSON.
var quickValues = []string{"0", "7", "-1", "-0", "007", "12345678", "123456789", "1234567890123456", "12345678901234567", "9223372036854775807", "99999999999999999999",
	"2147483647", "2147483648", "-2147483648", "1.5", "-0.25", "-0.0", "0.5", ".5", "5.", "1.005", "12345678.12345678", "123456789.5", "9007199254740993", "90071992.54740993",
	"1e3", "1.5e-3", "1E5", "true", "false", "tru", "nul", "null", `""`, `"x"`, `"true"`, `"a\"b"`, `"a\\"`, `"\u00e9"`, `"ü"`, `"no end`, `"2024-02-29"`, `"2023-02-29"`, `"2024-2-9"`,
	`"2024-01-01 00:00:00"`, `"2024-01-01T23:59:59.5"`, `"2024-01-01 12:34:56.789012"`, `"2024-01-01 12:34:56.7890123"`, `"2024-01-01 12:34:56."`, `"2024-01-01 24:00:00"`,
	`"2024-01-01 12:34:56Z"`, `"5"`, `" 5"`, "[1,2]", "[]", "{}", `{"x":1,"y":"z"}`, `{"y":"z","x":1}`, `{"x":1,"x":2}`, " 5", "5 ", "-", "+5", "x", `"12 characters and more of text"`, "1,", ""}

// TestQuick reads random records twice.
func TestQuick(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 1))
	keys := []string{"b", "i", "d", "m", "t", "day", "at", "s", "l", "r", "v", "f", "other", "B", "a_long_name_that_nobody_wants", "sixteen_bytes"}
	valid := 0
	for range 4_000 {
		var line strings.Builder
		for k := range 1 + r.IntN(4) {
			comma := []string{"", "{"}[min(1, 1-min(k, 1))]
			if k > 0 {
				comma = []string{",", ",", ", ", " , ", ",  "}[r.IntN(5)]
			}
			fmt.Fprintf(&line, "%s%q%s%s", comma, keys[r.IntN(len(keys))], []string{":", ":", ": ", " :"}[r.IntN(4)], quickValues[r.IntN(len(quickValues))])
		}
		line.WriteString([]string{"}", "}", "}", " }", "} ", "}\r", "}x", "", "}{}"}[r.IntN(9)])
		first, second, err := twice(t, line.String())
		if first != second && (err == nil || second != "") {
			t.Fatalf("%q is %q at first and %q then (%v)", line.String(), first, second, err)
		}
		if err == nil {
			valid++
		}
	}
	if valid < 1000 {
		t.Errorf("only %d records are valid", valid)
	}
}

// FuzzQuick is TestQuick with any line that is read when it is alone: otherwise two of
// them may be one record.
func FuzzQuick(f *testing.F) {
	for i, v := range quickValues {
		f.Add(fmt.Sprintf(`{"b":%s,"d": %s, "s":%s}`, v, quickValues[i*7%len(quickValues)], quickValues[i*11%len(quickValues)]))
	}
	f.Fuzz(func(t *testing.T, line string) {
		if strings.Contains(line, "\n") || len(line) > 300 || !strings.HasPrefix(line, "{") {
			return
		}
		schema := quickSchema(t)
		alone, err := text(open(t, line+"\n", schema, map[string]string{"malformed.values": "null"}), 1<<30, formats.ScanRequest{Columns: formattest.Columns(schema)})
		if err != nil {
			return
		}
		if first, second, err := twice(t, line); err != nil || first != alone || second != alone {
			t.Fatalf("%q is %q alone, %q and %q twice (%v)", line, alone, first, second, err)
		}
	})
}
