package pg

import (
	"bufio"
	"context"
	"errors"
	"io"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/parquet"
)

// copyFile sends the rows as the bytes of a Parquet file. It gives how many rows
// there were. A row group is in memory at a time.
func (p *portal) copyFile(ctx context.Context) (rows int, err error) {
	schema := &types.Schema{}
	for _, col := range p.stmt.columns {
		schema.Fields = append(schema.Fields, types.Field{Name: col.Name, Type: col.Type})
	}
	out := bufio.NewWriterSize(copyWriter{p.c}, flushAt)
	w, err := parquet.NewWriter(out, schema, parquet.WriterOptions{})
	if err != nil {
		return 0, err
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
	w.c.out = appendCopyData(w.c.out, func(out []byte) []byte { return append(out, b...) })
	return len(b), w.c.flushIfLarge()
}
