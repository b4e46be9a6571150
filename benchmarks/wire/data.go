package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/parquet"
	"github.com/glauxdb/glaux/formats/vector"
)

// row is one row of the table: a number that counts, a measurement with all its
// digits, a name, a day and an amount of money in cents.
type row struct {
	id    int64
	value float64
	name  []byte // valid until the next row
	day   int32  // since 1970-01-01
	cents int64
}

// columns are the table's, in PostgreSQL's words.
const columns = "id bigint, value double precision, name varchar, day date, amount decimal(15,2)"

var schema = types.Schema{Fields: []types.Field{{Name: "id", Type: types.TBigInt}, {Name: "value", Type: types.TDouble},
	{Name: "name", Type: types.TVarchar}, {Name: "day", Type: types.TDate}, {Name: "amount", Type: types.DecimalOf(15, 2)}}}

// set makes row i: the same one every time.
func (r *row) set(i int) {
	h := mix(uint64(i))
	r.id = int64(i)
	r.value = float64(h>>11) / (1 << 53) * 1000
	r.name = strconv.AppendUint(append(r.name[:0], "Customer#"...), 100_000_000+h%1_000_000, 10)
	h = mix(h)
	r.day = int32(7305 + h%9000) // from 1990 on
	r.cents = int64(h>>20%20_000_000) - 1_000_000
}

// mix is the finalizer of splitmix64.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// parquetFile makes the file of the table measures of n rows in dir, unless it is
// there.
func parquetFile(dir string, n int) (err error) {
	path := filepath.Join(dir, "lake", "measures", "rows.parquet")
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path + ".new")
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err == nil {
			err = os.Rename(path+".new", path)
		}
	}()
	out := bufio.NewWriterSize(f, 1<<20)
	w, err := parquet.NewWriter(out, &schema, parquet.WriterOptions{})
	if err != nil {
		return err
	}
	for from := 0; from < n; from += vector.BatchSize {
		if err := w.Write(batch(from, min(vector.BatchSize, n-from))); err != nil {
			return err
		}
	}
	return errors.Join(w.Close(), out.Flush())
}

// batch makes n rows from row from on.
func batch(from, n int) *vector.Batch {
	cols := make([]*vector.Vector, len(schema.Fields))
	for i, f := range schema.Fields {
		cols[i] = vector.New(f.Type, n)
	}
	ids, values, names := vector.Values[int64](cols[0]), vector.Values[float64](cols[1]), cols[2].Ranges()
	days, cents := vector.Values[int32](cols[3]), vector.Values[int64](cols[4])
	var r row
	for i := range n {
		r.set(from + i)
		ids[i], values[i], days[i], cents[i] = r.id, r.value, r.day, r.cents
		names[i] = vector.Range{Off: uint32(len(cols[2].Data)), Len: uint32(len(r.name))}
		cols[2].Data = append(cols[2].Data, r.name...)
	}
	return &vector.Batch{N: n, Cols: cols}
}

// postgresTable makes the same table in a PostgreSQL, unless it is there, and
// reads it once, so that it is in the server's buffers.
func postgresTable(ctx context.Context, url string, n int) error {
	conn, err := pgconn.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	exec := func(sql string) error {
		_, err := conn.Exec(ctx, sql).ReadAll()
		return err
	}
	if err := exec("SELECT 1 FROM measures LIMIT 1"); err == nil {
		return exec("SELECT count(*), max(name) FROM measures")
	}
	if err := exec("BEGIN; DROP TABLE IF EXISTS measures; CREATE TABLE measures (" + columns + ")"); err != nil {
		return err
	}
	in, out := io.Pipe()
	go func() { out.CloseWithError(copyText(out, n)) }()
	if _, err := conn.CopyFrom(ctx, in, "COPY measures FROM STDIN (FREEZE)"); err != nil {
		return errors.Join(err, in.Close())
	}
	for _, sql := range []string{"COMMIT", "VACUUM ANALYZE measures", "CHECKPOINT", "SELECT count(*), max(name) FROM measures"} {
		if err := exec(sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

// copyText writes the rows as COPY's text.
func copyText(to io.Writer, n int) error {
	w := bufio.NewWriterSize(to, 1<<18)
	var r row
	var b []byte
	for i := range n {
		r.set(i)
		b = append(strconv.AppendInt(b[:0], r.id, 10), '\t')
		b = append(strconv.AppendFloat(b, r.value, 'g', -1, 64), '\t')
		b = append(append(b, r.name...), '\t')
		b = append(types.AppendDate(b, r.day), '\t')
		b = append(types.AppendDecimal(b, types.I128(r.cents), 2), '\n')
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return w.Flush()
}

// megabytes prints a number of bytes.
func megabytes(n int64) string { return strconv.FormatFloat(math.Round(float64(n)/1e5)/10, 'f', 1, 64) }
