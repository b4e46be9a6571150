package parquet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

// TestConformanceVariants reads the files of parquet-testing's shredded_variant as
// JSON and prints the score.
func TestConformanceVariants(t *testing.T) {
	dir := filepath.Join(testingDir, "shredded_variant")
	files, err := filepath.Glob(dir + "/*.parquet")
	if err != nil || len(files) < 130 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	var errs map[string]string
	if err := json.Unmarshal(mustRead(t, testingDir+"/expect/shredded_variant/errors.json"), &errs); err != nil {
		t.Fatal(err)
	}
	good := 0
	for _, path := range files {
		name := filepath.Base(path)
		if _, bad := errs[name]; bad {
			err = refused(mustRead(t, path), "variant")
		} else {
			err = sameVariants(t, mustRead(t, path), mustRead(t, testingDir+"/expect/shredded_variant/"+name+".jsonl"))
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		good++
	}
	formattest.Score{Format: "parquet", Files: "apache/parquet-testing: shredded_variant", Right: good, All: len(files), Refused: len(errs), As: "the variants published beside them"}.Report(t)
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func sameVariants(t *testing.T, data, want []byte) error {
	f, _ := openBytes(t, data, formats.Options{})
	rows, err := scanRows(f, formats.ScanRequest{Columns: formattest.All(f)})
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(want))
	for i, r := range rows {
		var text *string
		if err := d.Decode(&text); err != nil {
			return fmt.Errorf("row %d: %w", i, err)
		}
		if got := r[1]; got.Type.Kind != types.JSON || got.Null != (text == nil) || text != nil && !sameJSON(got.S, *text) {
			return fmt.Errorf("row %d is %v %s, want %v", i, got.Type, got, cmp.Diff(text, &got.S))
		}
	}
	if d.More() {
		return fmt.Errorf("only %d rows", len(rows))
	}
	return nil
}

// sameJSON compares two texts: as texts, or else as values.
func sameJSON(a, b string) bool {
	if a == b {
		return true
	}
	var x, y any
	for _, p := range []struct {
		text string
		to   *any
	}{{a, &x}, {b, &y}} {
		d := json.NewDecoder(strings.NewReader(p.text))
		d.UseNumber()
		if d.Decode(p.to) != nil {
			return false
		}
	}
	return cmp.Equal(x, y, sameNumber)
}

// TestVariantValues decodes the encoded values of parquet-testing's variant.
func TestVariantValues(t *testing.T) {
	var want map[string]json.RawMessage
	text := strings.ReplaceAll(string(mustRead(t, testingDir+"/variant/data_dictionary.json")), ",\n}", "\n}")
	if err := json.Unmarshal([]byte(text), &want); err != nil {
		t.Fatal(err)
	}
	// Times are written there in several ways; the same ones as we write them. A
	// float has the digits that tell it from other floats.
	for name, ours := range map[string]string{
		"primitive_time":               `"12:33:54.123456"`,
		"primitive_timestamp":          `"2025-04-16 16:34:56.78+00"`,
		"primitive_float":              `1.234568e+09`,
		"primitive_timestamp_nanos":    `"2024-11-07 12:33:54.123456789+00"`,
		"primitive_timestampntz_nanos": `"2024-11-07 12:33:54.123456789"`,
	} {
		want[name] = json.RawMessage(ours)
	}
	if len(want) < 25 {
		t.Fatalf("%d values", len(want))
	}
	for name, w := range want {
		var r variantReader
		if err := r.metadata(mustRead(t, testingDir+"/variant/"+name+".metadata")); err != nil {
			t.Fatal(err)
		}
		got, err := r.value(nil, mustRead(t, testingDir+"/variant/"+name+".value"), 0)
		if err != nil || !sameJSON(string(got), string(w)) {
			t.Errorf("%s is %s, want %s, %v", name, got, w, err)
		}
	}
}

// TestVariantDeclared: a table may declare text, or the row that is stored.
func TestVariantDeclared(t *testing.T) {
	data := mustRead(t, testingDir+"/shredded_variant/case-041.parquet")
	for hive, want := range map[string]string{"string": "", "struct<value:binary>": "", "bigint": "HIVE_BAD_DATA"} {
		ty, err := types.ParseHive(hive)
		if err != nil {
			t.Fatal(err)
		}
		f, _ := openBytes(t, data, formats.Options{Schema: &types.Schema{Fields: []types.Field{{Name: "var", Type: ty}}}})
		rows, err := scanRows(f, formats.ScanRequest{Columns: formattest.All(f)})
		if want == "" && (err != nil || len(rows) != 1 || !rows[0][0].Type.Equal(ty)) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, %v", hive, rows, err)
		}
	}
}

// FuzzVariant spells out any bytes: what comes out is JSON.
func FuzzVariant(f *testing.F) {
	files, err := filepath.Glob(testingDir + "/variant/*.value")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		v, err := os.ReadFile(path)
		m, err2 := os.ReadFile(strings.TrimSuffix(path, "value") + "metadata")
		if err == nil && err2 == nil {
			f.Add(m, v)
		}
	}
	f.Fuzz(func(t *testing.T, meta, value []byte) {
		var r variantReader
		if r.metadata(meta) != nil {
			return
		}
		got, err := r.value(nil, value, 0)
		if err == nil && !json.Valid(got) {
			t.Errorf("%q", got)
		}
	})
}
