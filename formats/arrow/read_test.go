package arrow

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

func open(t testing.TB, data []byte, opt formats.Options) *File {
	t.Helper()
	return formattest.MustOpen(t, Format{}, "t.arrow", data, opt).(*File)
}

// golden is a line of expect.jsonl.gz.
type golden struct {
	Name    string
	Refused string
	Rows    []any
}

func integration(t testing.TB) []golden {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(formattest.Data(t, "integration/expect.jsonl.gz")))
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	var out []golden
	for _, line := range bytes.Split(data, []byte("\n")) {
		var g golden
		d := json.NewDecoder(bytes.NewReader(line))
		d.UseNumber()
		if err := d.Decode(&g); err != nil {
			t.Fatal(err)
		}
		out = append(out, g)
	}
	return out
}

// TestIntegration reads the integration files of Arrow and compares them value
// by value with their JSON, in all sizes of batches.
func TestIntegration(t *testing.T) {
	good, all, refused := 0, 0, 0
	for _, g := range integration(t) {
		for _, ext := range []string{".arrow_file", ".stream"} {
			all++
			if g.Refused != "" {
				refused++
			}
			if t.Run(g.Name+ext, func(t *testing.T) { compare(t, g, ext) }) {
				good++
			}
		}
	}
	t.Logf("arrow-testing: %d of %d files as expected, %d of them refused by name", good, all, refused)
	if all < 150 {
		t.Errorf("%d files", all)
	}
}

func compare(t *testing.T, g golden, ext string) {
	t.Helper()
	data := formattest.Data(t, "integration/"+g.Name+ext)
	f, err := formattest.Open(t, Format{}, g.Name+ext, data, formats.Options{})
	if g.Refused != "" {
		if err == nil {
			_, err = formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: formattest.All(f)})
		}
		if !fault.Is(err, fault.CodeFeatureNotSupported) && !fault.Is(err, fault.CodeNumericOutOfRange) {
			t.Errorf("%s: %v", g.Refused, err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if (Format{}).Sniff("x", data[:min(len(data), 512)]) != 1 && !strings.HasPrefix(g.Name, "0.14") {
		t.Error("not recognized")
	}
	for _, batch := range []int{defaultBatchRows, 3} {
		f.(*File).batchRows = batch
		if d := formattest.Diff(g.Rows, append([]any{}, formattest.AllRows(t, f, 1)...)); d != "" {
			t.Fatalf("batches of %d: %.3000s", batch, d)
		}
	}
}
