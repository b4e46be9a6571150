package exec

import (
	"bytes"
	"context"
	"io"
	"sync/atomic"

	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/formats/write"
)

// outFile is a file on its way into a store: an op.OutFile.
//
//	batches ── write.Writer ──> head, until there is more than headBytes
//	                            then head + pipe ──> store.Put in a goroutine
//
// What stays shorter is put in one piece when the file is closed. The object
// appears when Put ends, and not at all if it fails or is aborted.
type outFile struct {
	ctx   context.Context
	store store.Store
	key   string

	options store.PutOptions

	w     write.Writer
	rows  int64
	size  atomic.Int64
	head  bytes.Buffer
	pipe  *io.PipeWriter // nil: all is in head
	put   chan error     // of the goroutine: Put's error
	state fileState
}

// fileState says what has become of a file.
type fileState uint8

const (
	fileOpen    fileState = iota
	fileWritten           // the object is there
	fileFailed            // Put has failed or was aborted; most likely there is nothing
)

// headBytes is how much of a file is kept in memory before its upload begins;
// uploadBytes what an upload holds beside it, in S3's parts.
const (
	headBytes   = 1 << 20
	uploadBytes = 8 << 20
)

func newOutFile(ctx context.Context, s store.Store, key string, spec *write.Spec, e store.Encryption) (*outFile, error) {
	f := &outFile{ctx: ctx, store: s, key: key, options: store.PutOptions{Encryption: e}}
	var err error
	f.w, err = write.New(fileSink{f}, spec)
	return f, err
}

// fileSink takes what the writer writes.
type fileSink struct{ f *outFile }

func (k fileSink) Write(p []byte) (int, error) {
	f := k.f
	f.size.Add(int64(len(p)))
	if f.pipe != nil {
		return f.pipe.Write(p)
	}
	f.head.Write(p)
	if f.head.Len() >= headBytes {
		f.upload()
	}
	return len(p), nil
}

// upload starts the transfer. head belongs to its goroutine from now on.
func (f *outFile) upload() {
	r, w := io.Pipe()
	f.pipe, f.put = w, make(chan error, 1)
	go func() {
		_, err := f.store.Put(f.ctx, f.key, io.MultiReader(&f.head, r), f.options)
		r.CloseWithError(err) // whoever still writes gets it
		f.put <- err
	}()
}

// Write implements op.OutFile.
func (f *outFile) Write(b *vector.Batch) error {
	f.rows += int64(b.Rows())
	return f.w.Write(b)
}

// Size implements op.OutFile.
func (f *outFile) Size() int64 { return f.size.Load() }

// Buffered implements op.OutFile.
func (f *outFile) Buffered() int64 {
	if f.pipe != nil {
		return f.w.Buffered() + headBytes + uploadBytes
	}
	return f.w.Buffered() + headBytes
}

// Close implements op.OutFile.
func (f *outFile) Close() error {
	if err := f.w.Close(); err != nil {
		return err // abort ends the upload
	}
	var err error
	if f.pipe == nil {
		_, err = f.store.Put(f.ctx, f.key, &f.head, f.options)
		f.head = bytes.Buffer{}
	} else {
		f.pipe.Close()
		err = <-f.put
	}
	f.w = nil
	if f.state = fileWritten; err != nil {
		f.state = fileFailed
	}
	return err
}

// abort ends a file that nobody closes; what was transferred is given up.
func (f *outFile) abort(cause error) {
	if f.state != fileOpen {
		return
	}
	f.state = fileFailed
	if f.pipe != nil {
		f.pipe.CloseWithError(cause)
		<-f.put
	}
}
