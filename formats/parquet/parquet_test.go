package parquet

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"sync"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// memStore is a store of one object that counts what is read of it.
type memStore struct {
	data []byte

	mu     sync.Mutex
	ranges []store.Range // data reads
	footer int64         // bytes of metadata reads
	bytes  int64         // bytes of data reads
	reads  int
	fail   error
}

// kindMeter tells the store which kind a read is of.
type kindMeter struct{ kind store.ReadKind }

func (k *kindMeter) Reserve(_ context.Context, kind store.ReadKind, _ int64) error {
	k.kind = kind
	return nil
}

func (m *memStore) info() store.Info {
	return store.Info{Key: "test.parquet", Size: int64(len(m.data)), ETag: "1"}
}

func (m *memStore) List(context.Context, string) iter.Seq2[store.Info, error] {
	return func(yield func(store.Info, error) bool) { yield(m.info(), nil) }
}
func (m *memStore) Stat(context.Context, string) (store.Info, error) { return m.info(), nil }
func (m *memStore) Put(context.Context, string, io.Reader, store.PutOptions) (store.Info, error) {
	return store.Info{}, errors.New("read only")
}
func (m *memStore) Delete(context.Context, ...string) error { return errors.New("read only") }
func (m *memStore) URL(key string) string                   { return "mem://" + key }

func (m *memStore) ReadRanges(ctx context.Context, o store.Info, rs []store.Range) ([][]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reads++
	if m.fail != nil {
		return nil, m.fail
	}
	var k kindMeter
	_ = store.Reserve(store.WithMeter(ctx, &k), 1)
	out := make([][]byte, len(rs))
	for i, r := range rs {
		if r.Off < 0 || r.Len < 0 || r.Off+r.Len > int64(len(m.data)) {
			return nil, errors.New("range outside of the object")
		}
		out[i] = bytes.Clone(m.data[r.Off : r.Off+r.Len])
		if k.kind == store.ReadFooter {
			m.footer += r.Len
		} else {
			m.bytes += r.Len
			m.ranges = append(m.ranges, r)
		}
	}
	return out, nil
}

// reset forgets the counters.
func (m *memStore) reset() { m.ranges, m.footer, m.bytes, m.reads = nil, 0, 0, 0 }

func openBytes(t testing.TB, data []byte, opt formats.Options) (*File, *memStore) {
	t.Helper()
	m := &memStore{data: data}
	f, err := Format{}.Open(context.Background(), m, m.info(), opt)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return f.(*File), m
}

// scanRows gives the selected rows of a scan, row by row.
func scanRows(f formats.File, r formats.ScanRequest) (rows [][]types.Value, err error) {
	return scanRowsIn(context.Background(), f, r)
}

func scanRowsIn(ctx context.Context, f formats.File, r formats.ScanRequest) (rows [][]types.Value, err error) {
	err = formattest.Each(ctx, f, r, func(b *vector.Batch) error {
		for i := range b.Rows() {
			p := i
			if b.Sel != nil {
				p = int(b.Sel[i])
			}
			row := make([]types.Value, len(b.Cols))
			for c, v := range b.Cols {
				row[c] = vector.ValueAt(v, p)
			}
			rows = append(rows, row)
		}
		return nil
	})
	return rows, err
}
