package parquet

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/vector"
)

// testingDir is where the files of apache/parquet-testing are; expect below it
// holds what another reader finds in them (expect.py).
const testingDir = "testdata/parquet-testing"

// misses are the files that are not read as the other reader reads them, and
// why. A file that is read all the same fails the test: the line is out of date.
var misses = map[string]string{}

// refusals are the files whose error is the right answer, with its text.
var refusals = map[string]string{
	"data/datapage_v1-corrupt-checksum.parquet":           "checksum",
	"data/rle-dict-uncompressed-corrupt-checksum.parquet": "checksum",
	"bad_data/ARROW-GH-41317.parquet":                     "does not hold the rows of its row group",
	"bad_data/ARROW-GH-41321.parquet":                     "impossible bit width",
	"bad_data/ARROW-GH-45185.parquet":                     "levels are malformed",
	"bad_data/ARROW-GH-47662.parquet":                     "fewer values than it says",
	"bad_data/ARROW-RS-GH-6229-DICTHEADER.parquet":        "lies outside of the file",
	"bad_data/ARROW-RS-GH-6229-LEVELS.parquet":            "does not hold the rows of its row group",
	"bad_data/PARQUET-1481.parquet":                       "unknown physical type",
}

// TestConformance compares every file of apache/parquet-testing value by
// value and prints the score.
func TestConformance(t *testing.T) {
	good, all := 0, 0
	for _, pattern := range []string{"data/*.parquet", "data/geospatial/*.parquet", "bad_data/*.parquet"} {
		files, err := filepath.Glob(filepath.Join(testingDir, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files, %v", pattern, err)
		}
		for _, path := range files {
			name := strings.TrimPrefix(filepath.ToSlash(path), testingDir+"/")
			if name == largeMap {
				continue // TestLargeStringMap
			}
			all++
			err := conform(t, path, name)
			why, known := misses[name]
			switch {
			case err == nil && known:
				t.Errorf("%s is read right, but is listed as a miss: %s", name, why)
			case err == nil:
				good++
			case known:
				t.Logf("miss: %s: %s", name, why)
			default:
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	formattest.Score{Format: "parquet", Files: "apache/parquet-testing: data, geospatial, bad_data", Right: good, All: all, Refused: len(refusals), As: "pyarrow", Misses: misses,
		Left: "alltypes_tiny_pages_plain for its size; large_string_map is read with GLAUX_LONG=1 (3 GiB of memory)"}.Report(t)
}

// largeMap holds two maps with a key of 1 GiB each.
const largeMap = "data/large_string_map.brotli.parquet"

// TestLargeStringMap reads the file of which a chunk decompresses to 2 GiB.
func TestLargeStringMap(t *testing.T) {
	if os.Getenv("GLAUX_LONG") == "" {
		t.Skip("takes 3 GiB of memory; GLAUX_LONG=1 runs it")
	}
	data, err := os.ReadFile(filepath.Join(testingDir, largeMap))
	if err != nil {
		t.Fatal(err)
	}
	f, _ := openBytes(t, data, formats.Options{})
	rows := 0
	err = formattest.Each(t.Context(), f, formats.ScanRequest{Columns: formattest.All(f)}, func(b *vector.Batch) error {
		for i := range b.N {
			m := vector.ValueAt(b.Cols[0], i)
			if len(m.Kids) != 2 || len(m.Kids[0].S) != 1<<30 || strings.Trim(m.Kids[0].S, "a") != "" || m.Kids[1].I != 1 {
				return fmt.Errorf("row %d is another map", i)
			}
			rows++
		}
		return nil
	})
	if err != nil || rows != 2 {
		t.Errorf("%d rows, %v", rows, err)
	}
}

// conform reads one file and says what differs from what is expected of it.
func conform(t *testing.T, path, name string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text, ok := refusals[name]; ok {
		return refused(data, text)
	}
	names, want, err := readExpected(filepath.Join(testingDir, "expect", name))
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("nothing says what the file holds")
	}
	if err != nil {
		t.Fatal(err)
	}
	m := &memStore{data: data}
	f, err := Format{}.Open(context.Background(), m, m.info(), formats.Options{})
	if err != nil {
		return err
	}
	for i, c := range f.Schema().Fields {
		if i >= len(names) || c.Name != names[i] {
			return fmt.Errorf("columns %v, want %v", f.Schema().Fields, names)
		}
	}
	rows, err := scanRows(f, formats.ScanRequest{Columns: formattest.All(f)})
	if err != nil {
		return err
	}
	if d := cmp.Diff(want, renderRows(rows), sameNumber); d != "" {
		return fmt.Errorf("(-want +got):\n%.1500s", d)
	}
	return nil
}

// refused demands an error that names the file, with a text in it.
func refused(data []byte, text string) error {
	m := &memStore{data: data}
	f, err := Format{}.Open(context.Background(), m, m.info(), formats.Options{})
	if err == nil {
		_, err = scanRows(f, formats.ScanRequest{Columns: formattest.All(f)})
	}
	var e *fault.Error
	switch {
	case err == nil:
		return errors.New("no error")
	case !errors.As(err, &e) || e.Object == "" || e.Code == fault.CodeInternal || text == "" || !strings.Contains(e.Error(), text):
		return fmt.Errorf("error %v in %+v, want one about the file with %q", err, e, text)
	}
	return nil
}

// readExpected reads a golden: column names, rows.
func readExpected(path string) (names []string, rows [][]any, err error) {
	data, err := os.ReadFile(path + ".jsonl")
	if errors.Is(err, fs.ErrNotExist) {
		data, err = os.ReadFile(path + ".jsonl.gz")
		if err == nil {
			data, err = gunzip(data)
		}
	}
	if err != nil {
		return nil, nil, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&names); err != nil {
		return nil, nil, err
	}
	rows = [][]any{}
	for {
		var r []any
		switch err := d.Decode(&r); err {
		case nil:
			rows = append(rows, r)
		case io.EOF:
			return names, slices.Clip(rows), nil
		default:
			return nil, nil, err
		}
	}
}

func gunzip(data []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}
