package advisor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	pq "github.com/parquet-go/parquet-go"

	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/parquet"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/server/workgroup"
)

// sample is a piece of a table that was written as Parquet.
type sample struct {
	path    string
	read    int64            // bytes of the table's files
	columns map[string]int64 // bytes of each column as Parquet
	written int64            // of all
}

const (
	// sampleBytes is the size of the best file for a sample, and how much memory its
	// Parquet may take.
	sampleBytes = 32 << 20
	// sampleMost is where the reading of a larger file ends. Readers are some
	// megabytes ahead of the rows then, which is little beside it.
	sampleMost = 256 << 20
)

// samplePartitions is how many of the last partitions are looked through for a file.
const samplePartitions = 8

// takeSample reads a file of the table, or its beginning, as a query of the measuring
// session, and writes it as Parquet into memory. nil if the table has no file.
func (s *subject) takeSample(ctx context.Context) (*sample, error) {
	ctx = lake.WithStatement(ctx)
	file, err := s.sampleFile(ctx)
	if err != nil || file == nil {
		return nil, err
	}
	names := make([]string, len(s.table.Columns))
	for i, c := range s.table.Columns {
		names[i] = types.QuoteIdent(c.Name)
	}
	sql := fmt.Sprintf(`SELECT %s FROM %s WHERE "$path" = %s`, strings.Join(names, ", "), s.name(), quote(file.URL()))
	p, err := s.measure.Prepare(ctx, sql, nil)
	if err != nil {
		return nil, err
	}
	r, err := s.measure.Execute(ctx, p, nil)
	if err != nil {
		return nil, err
	}
	out := &sample{path: file.URL()}
	err = out.convert(ctx, r)
	return out, errors.Join(err, r.Close())
}

// sampleFile chooses the file of the last partitions whose size is nearest to a
// sample's: small files say little, of large ones only the beginning is read.
func (s *subject) sampleFile(ctx context.Context) (*lake.File, error) {
	parts, err := s.o.Lake.Partitions(ctx, s.o.Catalog, s.table, nil, false)
	if err != nil {
		return nil, err
	}
	var selected []uint32
	if parts != nil {
		for i := max(0, parts.N-samplePartitions); i < parts.N; i++ {
			selected = append(selected, uint32(i))
		}
		if selected == nil {
			return nil, nil
		}
	}
	files, err := s.o.Lake.Files(ctx, s.table, parts, selected)
	if err != nil {
		return nil, err
	}
	var best *lake.File
	off := func(f *lake.File) int64 { return max(f.Info.Size-sampleBytes, sampleBytes-f.Info.Size) }
	for _, f := range files {
		if f.Info.Size > 0 && !columnar[f.Format.Name()] && (best == nil || off(f) < off(best)) {
			best = f
		}
	}
	return best, nil
}

// convert writes rows as Parquet until enough was read, and weighs the columns.
func (m *sample) convert(ctx context.Context, r *exec.Result) error {
	schema := &types.Schema{}
	for _, c := range r.Columns() {
		schema.Fields = append(schema.Fields, types.Field{Name: c.Name, Type: c.Type})
	}
	var file bytes.Buffer
	w, err := parquet.NewWriter(&file, schema, parquet.WriterOptions{Compression: compression})
	if err != nil {
		return err
	}
	var rows int64 // that were written
	var b vector.Batch
	for r.Stats().BytesScanned < sampleMost {
		if err := r.Next(ctx, &b); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		if file.Len() >= sampleBytes {
			continue // how long the rows are is worth knowing of more of them
		}
		if err := w.Write(&b); err != nil {
			return err
		}
		rows += int64(b.Rows())
	}
	if err := w.Close(); err != nil {
		return err
	}
	if st := r.Stats(); st.RowsRead > 0 {
		m.read = int64(float64(st.BytesScanned) * float64(rows) / float64(st.RowsRead))
	}
	return m.weigh(file.Bytes())
}

// weigh adds up the chunks of each column of a Parquet file.
func (m *sample) weigh(file []byte) error {
	f, err := pq.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return err
	}
	m.columns = map[string]int64{}
	for _, g := range f.Metadata().RowGroups {
		for _, c := range g.Columns {
			m.columns[c.MetaData.PathInSchema[0]] += c.MetaData.TotalCompressedSize
			m.written += c.MetaData.TotalCompressedSize
		}
	}
	return nil
}

// part gives the part of its bytes that a query of some columns would read.
func (m *sample) part(set *columnSet) float64 {
	if m.read == 0 {
		return 1
	}
	if set.names == nil {
		return float64(m.written) / float64(m.read) * set.part()
	}
	var n int64
	for _, c := range set.names {
		n += m.columns[c]
	}
	return float64(n) / float64(m.read)
}

// basis says where the numbers come from.
func (m *sample) basis() string {
	if m == nil {
		return "rule of thumb; --measure converts a sample"
	}
	return fmt.Sprintf("measured: %s of %s become %s", workgroup.Bytes(m.read), m.path, workgroup.Bytes(m.written))
}
