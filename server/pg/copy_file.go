package pg

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/arrow"
	"github.com/glauxdb/glaux/formats/parquet"
)

// copyFile sends the rows as the bytes of a file. It gives how many rows there were.
// A row group, or a record batch, is in memory at a time.
func (p *portal) copyFile(ctx context.Context) (rows int, err error) {
	schema := &types.Schema{}
	for _, col := range p.stmt.columns {
		schema.Fields = append(schema.Fields, types.Field{Name: col.Name, Type: col.Type})
	}
	out := bufio.NewWriterSize(copyWriter{p.c}, flushAt)
	var w formats.Writer = arrow.NewWriter(out, schema)
	if p.copy.Format == "parquet" {
		if w, err = parquet.NewWriter(out, schema, parquet.WriterOptions{}); err != nil {
			return 0, err
		}
	}
	p.c.send(&pgproto3.CopyOutResponse{OverallFormat: 1, ColumnFormatCodes: allOnes(len(p.stmt.columns))})
	for {
		err := p.res.Next(ctx, &p.batch)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = w.Write(&p.batch)
		}
		if err != nil {
			return rows, err
		}
		rows += p.batch.Rows()
	}
	if err := w.Close(); err != nil {
		return rows, err
	}
	return rows, out.Flush()
}

func allOnes(n int) []uint16 {
	out := make([]uint16, n)
	for i := range out {
		out[i] = 1
	}
	return out
}

// copyWriter sends what is written to it as CopyData messages.
type copyWriter struct{ c *conn }

func (w copyWriter) Write(b []byte) (int, error) {
	for part := range slices.Chunk(b, flushAt) {
		w.c.out = appendCopyData(w.c.out, func(out []byte) []byte { return append(out, part...) })
		if err := w.c.flushIfLarge(); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}
