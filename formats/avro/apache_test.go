package avro

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

// refused are the files of apache/avro that cannot be read, and why.
var refused = map[string]fault.Code{
	"c-avro-1237-bad-union-discriminant.avro": fault.CodeDataCorrupted,       // made to be corrupt
	"c-avro-1238-truncated.avro":              fault.CodeDataCorrupted,       // made to be corrupt
	"js-person-10.no-codec.avro":              fault.CodeDataCorrupted,       // has a newline behind its last block
	"test.avro12.avro":                        fault.CodeFeatureNotSupported, // the container of Avro 1.2, older than the specification
}

// TestConformance reads the files of apache/avro and compares them value by value
// with what other readers make of them.
func TestConformance(t *testing.T) {
	good, all := 0, 0
	for _, line := range bytes.Split(bytes.TrimSpace(formattest.Data(t, "apache/expect.json")), []byte("\n")) {
		var c struct{ Name, Error string }
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		all++
		want := formattest.ReadGolden(t, line)
		if t.Run(c.Name, func(t *testing.T) { apacheFile(t, c.Name, want.Rows) }) {
			good++
		}
	}
	formattest.Score{Format: "avro", Files: "apache/avro: share/test/data and its languages' tests", Right: good, All: all, Refused: len(refused), As: "fastavro and the published JSON"}.Report(t)
	if all < 18 {
		t.Errorf("%d files", all)
	}
}

func apacheFile(t *testing.T, name string, want []any) {
	t.Helper()
	data := formattest.Data(t, "apache/"+name)
	if code, ok := refused[name]; ok {
		f, err := formattest.Open(t, Format{}, name, data, formats.Options{})
		if err == nil {
			_, err = formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: formattest.All(f)})
		}
		if !fault.Is(err, code) || fault.As(err).Object == "" {
			t.Errorf("%v, want %s", err, code)
		}
		return
	}
	f := open(t, data, formats.Options{})
	if d := formattest.Diff(want, formattest.AllRows(t, f, 1<<30)); d != "" {
		t.Error(d)
	}
}

// TestWeather compares with the values that apache/avro publishes as JSON.
func TestWeather(t *testing.T) {
	var want []any
	d := json.NewDecoder(bytes.NewReader(formattest.Data(t, "apache/weather.json")))
	d.UseNumber()
	for d.More() {
		var r map[string]any
		if err := d.Decode(&r); err != nil {
			t.Fatal(err)
		}
		want = append(want, []any{r["station"], r["time"], r["temp"]})
	}
	for _, name := range []string{"weather", "weather-deflate", "weather-snappy", "weather-zstd"} {
		f := open(t, formattest.Data(t, "apache/"+name+".avro"), formats.Options{})
		if d := cmp.Diff(want, formattest.AllRows(t, f, 1<<30)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
