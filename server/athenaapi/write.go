package athenaapi

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/server/workgroup"
)

// pieceSize is how many bytes of a result are written at a time.
const pieceSize = 256 << 10

// rowSource is what a result's rows come from: an exec.Result.
type rowSource interface {
	Columns() []exec.Column
	Next(ctx context.Context, b *vector.Batch) error
}

// noRows is the result of statements that the engine does not run.
type noRows struct{}

func (noRows) Columns() []exec.Column                    { return nil }
func (noRows) Next(context.Context, *vector.Batch) error { return io.EOF }

// write writes the rows of a result into its file, and beside a .csv what its
// columns are. Nothing becomes visible of a result that fails.
func (s *Server) write(r *run, res rowSource) error {
	to, key, err := s.file(&r.exec)
	if err != nil {
		return err
	}
	cols := columnInfo(res.Columns(), r.exec.Form == formCSV)
	rows, n, err := putRows(r.ctx, to, key, res, r.exec.Form, r.putOptions())
	if err != nil {
		return err
	}
	if err := r.putMetadata(to, key, cols); err != nil {
		return err
	}
	r.mu.Lock()
	r.exec.Columns, r.exec.OutputRows, r.exec.OutputBytes = cols, rows, n
	r.mu.Unlock()
	return nil
}

// putMetadata writes what the columns are, beside a result.
func (r *run) putMetadata(to store.Store, key string, cols []athenatypes.ColumnInfo) error {
	meta := appendMetadata(nil, cols)
	o := r.putOptions()
	o.ContentType = "application/octet-stream"
	_, err := to.Put(r.ctx, key+".metadata", bytes.NewReader(meta), o)
	return err
}

// rowsWritten is the column that describes the result of a statement whose rows went
// into the lake, as Athena has it. There are no rows: how many were written is the
// execution's UpdateCount.
var rowsWritten = []exec.Column{{Name: "rows", Type: types.TBigInt}}

// manifestName is what the name of a list of files ends in.
const manifestName = "-manifest.csv"

// writeManifest lists the files that a statement has added to the lake, one a line,
// beside where its result would be: clients read tables that they had made by it.
func (s *Server) writeManifest(r *run, files []exec.WrittenFile) error {
	to, key, err := s.file(&r.exec)
	if err != nil {
		return err
	}
	var list bytes.Buffer
	n := int64(0)
	for _, f := range files {
		list.WriteString(f.Location + "\n")
		n += f.Bytes
	}
	cols := columnInfo(rowsWritten, true)
	if _, err := to.Put(r.ctx, key+manifestName, &list, r.putOptions()); err != nil {
		return err
	}
	if err := r.putMetadata(to, key, cols); err != nil {
		return err
	}
	r.mu.Lock()
	r.exec.Columns, r.exec.OutputBytes = cols, n
	r.mu.Unlock()
	return nil
}

// putRows streams a result into an object and counts its rows and bytes.
func putRows(ctx context.Context, to store.Store, key string, res rowSource, f form, o store.PutOptions) (rows, n int64, err error) {
	pr, pw := io.Pipe()
	done := make(chan error, 1)
	go func() {
		_, err := to.Put(ctx, key, pr, o)
		pr.CloseWithError(errors.Join(err, io.ErrClosedPipe)) // who still writes is told
		done <- err
	}()
	rows, n, err = copyRows(ctx, pw, res, f)
	pw.CloseWithError(err) // nil is the end of the object
	return rows, n, errors.Join(err, <-done)
}

// copyRows writes all rows of a result.
func copyRows(ctx context.Context, to io.Writer, res rowSource, f form) (rows, n int64, err error) {
	w, batch := newRowWriter(f), &vector.Batch{}
	b := w.header(make([]byte, 0, pieceSize+pieceSize/4), res.Columns())
	flush := func() error {
		n += int64(len(b))
		_, err := to.Write(b)
		b = b[:0]
		return err
	}
	for {
		err := res.Next(ctx, batch)
		if errors.Is(err, io.EOF) {
			err := flush()
			return rows, n, err
		}
		if err != nil {
			return rows, n, err
		}
		count := batch.Rows()
		rows += int64(count)
		for k := range count {
			i := k
			if batch.Sel != nil {
				i = int(batch.Sel[k])
			}
			if b = w.row(b, batch, i); len(b) >= pieceSize {
				if err := flush(); err != nil {
					return rows, n, err
				}
			}
		}
	}
}

// putOptions are the attributes of the result's objects.
func (r *run) putOptions() store.PutOptions {
	o := store.PutOptions{ContentType: "text/plain"}
	if r.exec.Form == formCSV || r.exec.Form == formFiles {
		o.ContentType = "text/csv"
	}
	if c := r.exec.Query.ResultConfiguration; c != nil && c.EncryptionConfiguration != nil {
		e := c.EncryptionConfiguration
		o.Encryption = store.Encryption{Algorithm: workgroup.Algorithm(string(e.EncryptionOption)), KMSKey: aws.ToString(e.KmsKey)}
	}
	return o
}
