package orc

import (
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// absent gives a value that is in no test file, within the bounds of those that
// are.
func absent(t *testing.T, v types.Value) types.Value {
	t.Helper()
	switch v.Type.Phys() {
	case types.PhysBytes:
		v.S += " is not here"
	case types.PhysFloat32, types.PhysFloat64:
		v.F += 0.0625
	default:
		v.I++
	}
	return v
}

// values reads a column.
func values(t *testing.T, f *File, c int) []types.Value {
	t.Helper()
	src, err := f.Scan(t.Context(), formats.ScanRequest{Columns: formattest.All(f)[c : c+1]})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var out []types.Value
	for b := (vector.Batch{}); src.Next(t.Context(), &b) == nil; {
		for i := range b.N {
			out = append(out, vector.ValueAt(b.Cols[0], i))
		}
	}
	if int64(len(out)) != f.Stats().Rows {
		t.Fatalf("column %d has %d rows of %d", c, len(out), f.Stats().Rows)
	}
	return out
}

func openIn(t *testing.T, path string) (*File, *store.Memory) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + path)
	if err != nil {
		t.Fatal(err)
	}
	m := store.NewMemory("test")
	f, err := Format{}.Open(t.Context(), m, m.Set("t.orc", data), formats.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return f.(*File), m
}

// read gives what a scan for some values gives, and the bytes of data and of
// metadata that it read.
func readFor(t *testing.T, f *File, m *store.Memory, cols []formats.Projection, vals ...types.Value) (rows []any, data, meta int64) {
	t.Helper()
	m.Reads()
	rows, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: cols, Pred: formattest.OneOf(vals...)})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range m.Reads() {
		if r.Kind == store.ReadData {
			data += r.Range.Len
		} else {
			meta += r.Range.Len
		}
	}
	return rows, data, meta
}

// TestBloomFilters: for every type that has filters, no row group with a value is
// lost, and most of those without it are not read.
func TestBloomFilters(t *testing.T) {
	f, m := openIn(t, "bloom/words.orc")
	all := formattest.All(f)
	last := len(all) - 1
	for c, field := range f.Schema().Fields[:last] {
		cols := []formats.Projection{all[c], all[last]}
		table := values(t, f, c)
		whole := f.scanBytes(cols[:1], nil)
		if field.Name != "t" && field.Name != "s" { // whose values are too dense for one to be absent
			if _, data, meta := readFor(t, f, m, cols[:1], absent(t, table[17])); data > whole/4 || meta == 0 {
				t.Errorf("%s: %d of %d bytes read for an absent value, %d of metadata", field.Name, data, whole, meta)
			}
		}
		for k := 0; k < len(table); k += 397 {
			if table[k].Null {
				continue
			}
			want := 0
			for _, v := range table {
				if !v.Null && v.Compare(table[k]) == 0 {
					want++
				}
			}
			if got, _, _ := readFor(t, f, m, cols, table[k], absent(t, table[(k+1)%len(table)])); len(got) < want {
				t.Errorf("%s: %d of %d rows for row %d", field.Name, len(got), want, k)
			}
		}
	}
}

// TestBloomFiltersOfOthers looks in files of Hive and of old C++ writers, whose
// filters are wrong, for every value that they have.
func TestBloomFiltersOfOthers(t *testing.T) {
	for _, name := range []string{"bloom/words.orc", "apache/over1k_bloom.orc", "apache/bad_bloom_filter_1.6.0.orc", "apache/bad_bloom_filter_1.6.11.orc"} {
		f, m := openIn(t, name)
		used := 0
		for c := range f.Schema().Fields {
			cols := formattest.All(f)[c : c+1]
			seen := map[string]int{}
			vals := map[string]types.Value{}
			for _, v := range values(t, f, c) {
				if !v.Null {
					key := fmt.Sprint(v)
					seen[key]++
					vals[key] = v
				}
			}
			n := 0
			for key, v := range vals {
				if n++; n > 40 {
					break
				}
				got, _, meta := readFor(t, f, m, cols, v)
				if len(got) != seen[key] {
					t.Errorf("%s, column %d: %d of %d rows with %v", name, c, len(got), seen[key], key)
				}
				if meta > 0 {
					used++
				}
			}
		}
		t.Logf("%s: writer %d %q, metadata were read for %d scans", name, f.foot.writer, f.foot.software, used)
	}
}

// TestBloomHashes checks the ends of the hash and whose filters are trusted.
func TestBloomHashes(t *testing.T) {
	if got := hashText(""); got != fmix(104729) {
		t.Errorf("%x for the empty text", got)
	}
	f := bloomFilter{bits: make([]byte, 8), k: 3}
	if f.has(1) || !(bloomFilter{}).has(1) {
		t.Error("an empty filter has nothing, a missing one may have all")
	}
	for version, want := range map[string]bool{"": false, "1.6.0": false, "1.6.11": false, "1.6.12": true, "1.7.0": false, "1.7.0-SNAPSHOT": false,
		"1.7.1": true, "1.8.0": true, "2.0.1": true, "1.5.9": false, "0.9.9": false, "x": false} {
		if goodBlooms(version) != want {
			t.Errorf("the filters of version %q are trusted: %v", version, !want)
		}
	}
}

func fmix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// TestBloomValues: values with several stored forms are not looked for.
func TestBloomValues(t *testing.T) {
	f, _ := openIn(t, "bloom/words.orc")
	col := func(name string) *binding { return f.binds[f.Schema().Index(name)] }
	for _, c := range []struct {
		name string
		v    types.Value
		want bool
	}{
		{"d", types.FloatOf(types.TDouble, 0), false},
		{"d", types.FloatOf(types.TDouble, math.NaN()), false},
		{"d", types.FloatOf(types.TDouble, 1), true},
		{"l", types.IntOf(types.TBigInt, 1), true},
		{"w", types.StringOf(types.TVarchar, "x"), true},
	} {
		b := col(c.name)
		if _, ok := bloomHash(b.node, &b.conv, c.v); ok != c.want {
			t.Errorf("%s: %v", c.name, ok)
		}
	}
}
