package exact

import (
	"bytes"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	tavro "github.com/twmb/avro"
	"github.com/twmb/avro/ocf"

	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/builtin"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/csv"
	"github.com/glauxdb/glaux/formats/json"
	"github.com/glauxdb/glaux/formats/parquet"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/server/workgroup"
)

// Every table has these columns; those of ORC, whose files another program
// wrote, lack note.
var schema = &types.Schema{Fields: []types.Field{
	{Name: "id", Type: types.TBigInt}, {Name: "name", Type: types.TVarchar}, {Name: "v", Type: types.TDouble}, {Name: "note", Type: types.TVarchar},
}}

const avroSchema = `{"type": "record", "name": "r", "fields": [{"name": "id", "type": "long"}, {"name": "name", "type": ["null", "string"]},
	{"name": "v", "type": "double"}, {"name": "note", "type": "string"}]}`

// rows gives n rows that begin with id from.
func rows(r *rand.Rand, from, n int) []*vector.Batch {
	var out []*vector.Batch
	for n > 0 {
		part := min(n, vector.BatchSize)
		b := &vector.Batch{N: part}
		for _, f := range schema.Fields {
			b.Cols = append(b.Cols, vector.New(f.Type, 0))
		}
		for i := from; i < from+part; i++ {
			b.Cols[0].AppendValue(types.IntOf(types.TBigInt, int64(i)))
			name := types.StringOf(types.TVarchar, fmt.Sprintf("name %d", i%13))
			name.Null = i%7 == 0
			b.Cols[1].AppendValue(name)
			b.Cols[2].AppendValue(types.FloatOf(types.TDouble, float64(r.IntN(1e6))/4))
			b.Cols[3].AppendValue(types.StringOf(types.TVarchar, strings.Repeat(string(rune('a'+i%26)), r.IntN(40))+fmt.Sprint(r.Uint64())))
		}
		out, from, n = append(out, b), from+part, n-part
	}
	return out
}

// written gives the file that a writer makes of rows.
func written(t testing.TB, open func(*bytes.Buffer) (formats.Writer, error), bs []*vector.Batch) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := open(&out)
	for i := 0; err == nil && i < len(bs); i++ {
		err = w.Write(bs[i])
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func parquetFile(t testing.TB, bs []*vector.Batch, groupRows int64) []byte {
	return written(t, func(out *bytes.Buffer) (formats.Writer, error) {
		return parquet.NewWriter(out, schema, parquet.WriterOptions{GroupRows: groupRows})
	}, bs)
}

func csvFile(t testing.TB, bs []*vector.Batch) []byte {
	return written(t, func(out *bytes.Buffer) (formats.Writer, error) { return csv.NewWriter(out, schema, nil) }, bs)
}

func jsonFile(t testing.TB, bs []*vector.Batch) []byte {
	return written(t, func(out *bytes.Buffer) (formats.Writer, error) { return json.NewWriter(out, schema, nil) }, bs)
}

func avroFile(t testing.TB, bs []*vector.Batch) []byte {
	return written(t, func(out *bytes.Buffer) (formats.Writer, error) {
		w, err := ocf.NewWriter(out, tavro.MustParse(avroSchema), ocf.WithBlockBytes(8<<10), ocf.WithCodec(ocf.SnappyCodec()))
		return avroWriter{w}, err
	}, bs)
}

// avroWriter makes another library's writer one of ours.
type avroWriter struct{ *ocf.Writer }

func (w avroWriter) Write(b *vector.Batch) error {
	for i := range b.N {
		var name any
		if !b.Cols[1].IsNull(i) {
			name = string(b.Cols[1].Bytes(i))
		}
		err := w.Encode(map[string]any{"id": vector.Values[int64](b.Cols[0])[i], "name": name, "v": vector.Values[float64](b.Cols[2])[i], "note": string(b.Cols[3].Bytes(i))})
		if err != nil {
			return err
		}
	}
	return nil
}

// tables are the lake's: what they are called says what they are for.
var tables = []string{"parquet", "parts", "orc", "csv", "csv_split", "csv_gz", "json", "avro"}

// fill puts the files of all tables into a store.
func fill(t testing.TB, m *store.Memory) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	id := 0
	next := func(n int) []*vector.Batch { id += n; return rows(r, id-n, n) }
	for i, n := range []int{900, 3000, 1, 2200} {
		m.Set(fmt.Sprintf("parquet/%d.parquet", i), parquetFile(t, next(n), 500))
		m.Set(fmt.Sprintf("parts/day=%d/x.parquet", i), parquetFile(t, next(n), 700))
		m.Set(fmt.Sprintf("csv/%d.csv", i), csvFile(t, next(n)))
		m.Set(fmt.Sprintf("json/%d.json", i), jsonFile(t, next(n)))
		m.Set(fmt.Sprintf("avro/%d.avro", i), avroFile(t, next(n)))
	}
	m.Set("csv_split/big.csv", csvFile(t, next(40_000))) // several splits, and chunks of each
	for i := range 3 {
		packed, err := codec.Compress(codec.Gzip, nil, csvFile(t, next(1500)))
		if err != nil {
			t.Fatal(err)
		}
		m.Set(fmt.Sprintf("csv_gz/%d.csv.gz", i), packed)
	}
	for _, c := range []string{"zlib", "snappy", "lz4", "uncompressed"} {
		data, err := os.ReadFile(filepath.Join("../../../formats/orc/testdata", "codec_"+c+".orc"))
		if err != nil {
			t.Fatal(err)
		}
		m.Set("orc/"+c+".orc", data)
	}
}

// house is a lake with engines of several numbers of workers above it.
type house struct {
	store   *counter
	engines map[int]*exec.Engine // by their workers
	options exec.Options         // that the engines share
	groups  *workgroup.Governor
	budgets int // that were made so far
}

// build fills and crawls a lake in memory.
func build(t testing.TB, workers ...int) *house {
	t.Helper()
	h := &house{store: &counter{Memory: store.NewMemory("exact")}}
	fill(t, h.store.Memory)
	stores, err := store.NewRegistry(store.Config{})
	if err == nil {
		err = stores.Mount("memory://exact", h.store)
	}
	if err != nil {
		t.Fatal(err)
	}
	h.open(t, stores, "memory://exact/", workers)
	h.store.take()
	return h
}

// open crawls a lake and opens engines over it.
func (h *house) open(t testing.TB, stores *store.Registry, location string, workers []int) {
	t.Helper()
	cat, err := meta.Open(t.Context(), meta.Memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cat.Close() })
	fs := builtin.Registry()
	crawlers := crawler.New(crawler.Options{Catalog: cat, Stores: stores, Formats: fs})
	t.Cleanup(crawlers.Close)
	if _, err := crawlers.Crawl(t.Context(), crawler.At(location, "lake")); err != nil {
		t.Fatal(err)
	}
	complete(t, cat)
	h.options = exec.Options{Catalog: cat, Formats: fs, Stores: stores, Lake: lake.New(stores, fs)}
	h.engines = map[int]*exec.Engine{}
	for _, n := range workers {
		h.engines[n] = nil
	}
	h.govern(t, nil)
}

// govern gives the house a governor and engines under it. nil: a ledger in memory.
func (h *house) govern(t testing.TB, ledger workgroup.Ledger) {
	t.Helper()
	var err error
	if h.groups, err = workgroup.New(nil, nil, ledger, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.groups.Close)
	h.limit(t, 0)
	o := h.options
	o.Governor = spy{h.groups}
	for n := range h.engines {
		o.Workers = n
		if h.engines[n], err = exec.New(o); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(h.engines[n].Close)
	}
}

// complete checks that the crawl has made the tables that the tests are about.
func complete(t testing.TB, cat *meta.Store) {
	t.Helper()
	found, err := cat.Tables(t.Context(), "lake")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range found {
		names = append(names, f.Name)
	}
	want := slices.Sorted(slices.Values(tables))
	if slices.Sort(names); !slices.Equal(names, want) {
		t.Fatalf("the crawl made the tables %v, want %v", names, want)
	}
}
