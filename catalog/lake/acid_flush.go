package lake

import (
	"context"
	"encoding/binary"
	"strings"

	"github.com/glauxdb/glaux/formats/store"
)

// Hive writes what comes as a stream into a delta's files piece by piece. A file
// that is still open has another one beside it, <name>_flush_length: how long it
// was after each transaction, as numbers of eight bytes, big endian. It is read
// up to the last of them, where a footer ends; what is behind may be half of
// something.

// flushSuffix ends the names of such files.
const flushSuffix = "_flush_length"

// FlushLength reports whether Hive keeps the length of another file in one of
// this name.
func FlushLength(name string) bool { return strings.HasSuffix(name, flushSuffix) }

// withSides takes the files of lengths out of a listing and gives them to those
// whose lengths they are.
func withSides(files []*File) []*File {
	sides := map[*File]bool{}
	byKey := map[string]*File{}
	for _, f := range files {
		if !FlushLength(f.Info.Key) || !f.mayBeACID() {
			continue
		}
		if _, _, _, ok := splitACID(f.Info.Key); ok {
			sides[f], byKey[strings.TrimSuffix(f.Info.Key, flushSuffix)] = true, f
		}
	}
	if len(sides) == 0 {
		return files
	}
	var out []*File
	for _, f := range files {
		if sides[f] {
			continue
		}
		if side := byKey[f.Info.Key]; side != nil && side.Partition == f.Partition {
			own := *f
			own.flushed, f = &side.Info, &own
		}
		out = append(out, f)
	}
	return out
}

// stored gives the store and the object of a file, of one that is still written
// its beginning.
func (f *File) stored(ctx context.Context) (store.Store, store.Info, error) {
	if f.flushed == nil {
		return f.Store, f.Info, nil
	}
	const word = 8
	b := beginning{f.Store, f.Info}
	out := f.Info
	if out.Size = 0; f.flushed.Size < word {
		return b, out, nil // no transaction has ended
	}
	at := f.flushed.Size/word*word - word // the last number may be half written
	bufs, err := f.Store.ReadRanges(store.WithReadKind(ctx, store.ReadFooter), *f.flushed, []store.Range{{Off: at, Len: word}})
	if err != nil {
		return nil, out, err
	}
	// A file that is shorter than was promised is opened as it is, and found to be
	// damaged if it is.
	out.Size = int64(min(binary.BigEndian.Uint64(bufs[0]), uint64(f.Info.Size)))
	return b, out, nil
}

// beginning is a store that knows an object as shorter than it is.
type beginning struct {
	store.Store
	whole store.Info
}

// ReadRanges implements store.Store.
func (b beginning) ReadRanges(ctx context.Context, _ store.Info, rs []store.Range) ([][]byte, error) {
	return b.Store.ReadRanges(ctx, b.whole, rs)
}
