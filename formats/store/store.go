// Package store reads and writes objects: directories (file), S3 and what
// speaks it (s3), and memory (for tests). It merges near byte ranges, retries,
// refuses to mix two versions of an object, and asks the read meter before
// every read.
//
//	location "s3://bucket/prefix" ── Registry.Open ──> Store (one per bucket or directory root)
//	ReadRanges ─ merge ranges ─ Meter.Reserve ─ fetch in parallel, If-Match ETag ─ split again
package store

import (
	"context"
	"io"
	"iter"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Info describes one object as a listing or a Stat saw it.
type Info struct {
	Key      string // relative to the store's root, with slashes, no leading slash
	Size     int64
	ETag     string // opaque version; for files made of size, mtime and inode
	Modified time.Time
}

// Range is a byte range of an object.
type Range struct{ Off, Len int64 }

// PutOptions are the attributes of a written object.
type PutOptions struct {
	ContentType string
	IfNoneMatch bool // fail if the object exists
	Encryption  Encryption
}

// Encryption says how S3 encrypts an object that it keeps; the zero value leaves
// it to the bucket. What is no S3 refuses to write with any other.
type Encryption struct {
	Algorithm string // AES256 (SSE-S3) or aws:kms (SSE-KMS), as in x-amz-server-side-encryption
	KMSKey    string // ID, ARN or alias of the key, with aws:kms
}

// plain refuses an encryption where there is none.
func (o PutOptions) plain(url string) error {
	if o.Encryption == (Encryption{}) {
		return nil
	}
	return fault.New(fault.CodeFeatureNotSupported, "%q cannot be written with encryption %s: only S3 encrypts what it keeps", url, o.Encryption.Algorithm).
		In(url).WithHint("Write to S3, or choose a workgroup without result_encryption.")
}

// Store is one bucket or one directory. Implementations are safe for
// concurrent use. Errors are faults: 58P01 for what is missing, 42501 for what
// is forbidden, 58030 and 08006 for what failed after the retries.
type Store interface {
	// List yields the objects whose keys start with prefix, in key order.
	// "Directories" and zero-byte folder markers are left out.
	List(ctx context.Context, prefix string) iter.Seq2[Info, error]
	Stat(ctx context.Context, key string) (Info, error)
	// ReadRanges gives the bytes of each range. Ranges closer than MergeGap are
	// read at once; the meter in ctx (WithMeter) is asked first, for what will
	// be read. An object whose version is no longer o.ETag is an error with
	// SQLSTATE 55000, never mixed data. The slices are the caller's. A range
	// past the object's end is an error.
	ReadRanges(ctx context.Context, o Info, rs []Range) ([][]byte, error)
	Put(ctx context.Context, key string, r io.Reader, o PutOptions) (Info, error)
	Delete(ctx context.Context, keys ...string) error
	// URL gives the location of a key as users write it: s3://bucket/key or an
	// absolute path.
	URL(key string) string
}

// Foresight is a Store whose requests take so long that bytes which may be wanted soon
// are worth reading along with those that are wanted now.
type Foresight interface {
	Store
	// ReadWith is ReadRanges that also gives later, ranges that may be wanted soon. The
	// meter is not asked for these: the caller asks it (Reserve) before it uses them.
	// soon is nil if the store reads nothing that nobody has asked for.
	ReadWith(ctx context.Context, o Info, rs, later []Range) (now, soon [][]byte, err error)
}

// ReadKind tells the meter what a read is for.
type ReadKind uint8

// The kinds of reads. Only ReadData counts against a scan limit.
const (
	ReadData   ReadKind = iota // bytes of columns or text
	ReadFooter                 // footers, headers, indexes, dictionaries' places: metadata
	ReadList                   // listings and Stat: one unit per request, no bytes
	ReadCached                 // bytes that a cache had: nothing was read
)

// Meter is asked before every read. Reserve refuses with SQLSTATE 53400 when n
// bytes more of data would pass the limit; what was reserved and not read (a
// failed request) is given back with a negative n. Safe for concurrent use.
type Meter interface {
	Reserve(ctx context.Context, kind ReadKind, n int64) error
}

type meterKey struct{}
type kindKey struct{}
type payerKey struct{}
type requestKey struct{}

// WithRequesterPays has the requests to S3 under ctx say that whoever holds the
// keys pays for them, without which a Requester Pays bucket refuses them.
func WithRequesterPays(ctx context.Context) context.Context {
	return context.WithValue(ctx, payerKey{}, true)
}

// WithMeter attaches the meter that reads under ctx ask.
func WithMeter(ctx context.Context, m Meter) context.Context {
	return context.WithValue(ctx, meterKey{}, m)
}

// MeterOf gives the meter of the reads under ctx; nil: there is none.
func MeterOf(ctx context.Context) Meter {
	m, _ := ctx.Value(meterKey{}).(Meter)
	return m
}

// WithRequest has reads under ctx call f whenever they ask S3 for bytes, before they wait
// for them: not where a cache has all. f is called by many goroutines at once.
func WithRequest(ctx context.Context, f func()) context.Context {
	return context.WithValue(ctx, requestKey{}, f)
}

// requested calls what WithRequest has put into ctx.
func requested(ctx context.Context) {
	if f, ok := ctx.Value(requestKey{}).(func()); ok {
		f()
	}
}

// WithReadKind marks the reads under ctx; without it they are ReadData.
func WithReadKind(ctx context.Context, k ReadKind) context.Context {
	return context.WithValue(ctx, kindKey{}, k)
}

// KindOf gives the kind of the reads under ctx.
func KindOf(ctx context.Context) ReadKind {
	k, _ := ctx.Value(kindKey{}).(ReadKind)
	return k
}
