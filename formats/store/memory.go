package store

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"
)

// Memory is a store in memory, for tests. It records what is read and can be
// told to fail. Safe for concurrent use.
type Memory struct {
	name string

	mu      sync.Mutex // guards the rest
	version int
	objects map[string]memObject
	reads   []Read
	fail    func(op, key string) error
}

type memObject struct {
	data []byte
	info Info
}

// Read is one read that a Memory store has answered.
type Read struct {
	Key   string
	Range Range
	Kind  ReadKind
}

// NewMemory makes an empty store whose objects are called memory://name/key.
func NewMemory(name string) *Memory {
	return &Memory{name: name, objects: map[string]memObject{}}
}

// Reads gives the reads so far, after merging, in the order in which they
// happened, and forgets them.
func (m *Memory) Reads() []Read {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := m.reads
	m.reads = nil
	return out
}

// FailWith makes every operation ask f first: op is "list", "stat", "read",
// "put" or "delete". An error of f is the operation's. nil ends it.
func (m *Memory) FailWith(f func(op, key string) error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = f
}

// Set stores an object, as Put does, and gives its description.
func (m *Memory) Set(key string, data []byte) Info {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.set(key, data)
}

func (m *Memory) set(key string, data []byte) Info {
	m.version++
	o := memObject{data, Info{Key: key, Size: int64(len(data)), ETag: fmt.Sprintf("v%d", m.version),
		Modified: time.Unix(1_700_000_000+int64(m.version), 0).UTC()}}
	m.objects[key] = o
	return o.info
}

// enter takes the lock if the operation may go on.
func (m *Memory) enter(ctx context.Context, op, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	if f := m.fail; f != nil {
		m.mu.Unlock()
		if err := f(op, key); err != nil {
			return err
		}
		m.mu.Lock()
	}
	return nil
}

// URL gives memory://name/key.
func (m *Memory) URL(key string) string { return "memory://" + m.name + "/" + key }

// List yields the objects in key order as they were when it began.
func (m *Memory) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		if err := reserveRequest(ctx); err != nil {
			yield(Info{}, err)
			return
		}
		if err := m.enter(ctx, "list", prefix); err != nil {
			yield(Info{}, err)
			return
		}
		var out []Info
		for k, o := range m.objects {
			if strings.HasPrefix(k, prefix) && !isMarker(k, o.info.Size) {
				out = append(out, o.info)
			}
		}
		m.mu.Unlock()
		slices.SortFunc(out, func(a, b Info) int { return strings.Compare(a.Key, b.Key) })
		for _, o := range out {
			if !yield(o, nil) {
				return
			}
		}
	}
}

// isMarker reports whether an object only stands for a folder: consoles make
// empty objects with a slash at the end, Hadoop with _$folder$.
func isMarker(key string, size int64) bool {
	return size == 0 && (strings.HasSuffix(key, "/") || strings.HasSuffix(key, "_$folder$"))
}

// Stat describes one object.
func (m *Memory) Stat(ctx context.Context, key string) (Info, error) {
	if err := reserveRequest(ctx); err != nil {
		return Info{}, err
	}
	if err := m.enter(ctx, "stat", key); err != nil {
		return Info{}, err
	}
	defer m.mu.Unlock()
	o, ok := m.objects[key]
	if !ok {
		return Info{}, errMissing(nil, m.URL(key))
	}
	return o.info, nil
}

// ReadRanges merges as the S3 store does and records what is read.
func (m *Memory) ReadRanges(ctx context.Context, o Info, rs []Range) ([][]byte, error) {
	if err := checkRanges(m.URL(o.Key), o.Size, rs); err != nil {
		return nil, err
	}
	spans := merge(rs, gapFor(ctx))
	if err := Reserve(ctx, total(spans)); err != nil {
		return nil, err
	}
	out, err := m.read(ctx, o, rs, spans)
	if err != nil {
		giveBack(ctx, total(spans))
		return nil, err
	}
	return out, nil
}

func (m *Memory) read(ctx context.Context, o Info, rs []Range, spans []span) ([][]byte, error) {
	if err := m.enter(ctx, "read", o.Key); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	obj, ok := m.objects[o.Key]
	if !ok {
		return nil, errMissing(nil, m.URL(o.Key))
	}
	if o.ETag != "" && obj.info.ETag != o.ETag || o.Size != obj.info.Size {
		return nil, errChanged(nil, m.URL(o.Key))
	}
	kind := KindOf(ctx)
	out := make([][]byte, len(rs))
	for _, s := range spans {
		m.reads = append(m.reads, Read{o.Key, s.Range, kind})
		buf := Buffer(int(s.Len))
		copy(buf, obj.data[s.Off:])
		s.scatter(buf, rs, out)
	}
	return out, nil
}

// Put stores all that r gives.
func (m *Memory) Put(ctx context.Context, key string, r io.Reader, o PutOptions) (Info, error) {
	if err := o.plain(m.URL(key)); err != nil {
		return Info{}, err
	}
	data, err := io.ReadAll(ctxReader{ctx, r})
	if err != nil {
		return Info{}, err
	}
	if err := m.enter(ctx, "put", key); err != nil {
		return Info{}, err
	}
	defer m.mu.Unlock()
	if _, ok := m.objects[key]; ok && o.IfNoneMatch {
		return Info{}, errExists(nil, m.URL(key))
	}
	return m.set(key, bytes.Clone(data)), nil
}

// Delete removes objects; one that is not there is no error.
func (m *Memory) Delete(ctx context.Context, keys ...string) error {
	for _, key := range keys {
		if err := m.enter(ctx, "delete", key); err != nil {
			return err
		}
		delete(m.objects, key)
		m.mu.Unlock()
	}
	return nil
}
