package store

import (
	"context"

	"github.com/glauxdb/glaux/formats/store/diskcache"
)

// The disk cache is asked for data range by range, before ranges are merged: what a
// query merges depends on the others that it reads. Metadata is kept as it is merged:
// the page indexes of a file are many ranges of a few bytes, and a file for each would
// cost more than they do. The meter is asked for all that the query reads, wherever it
// comes from. A scan limit is a promise about queries, and the price of a query must
// not depend on what others read before.

func (s *S3) cacheKey(o Info, r Range) diskcache.Key {
	return diskcache.Key{Bucket: s.bucket, Object: o.Key, ETag: o.ETag, Off: r.Off, Len: r.Len}
}

// fromDisk fills out with the ranges that the cache has. It gives the others and their
// positions among rs, ascending.
func (s *S3) fromDisk(ctx context.Context, o Info, rs []Range, out [][]byte) (rest []Range, at []int) {
	had := int64(0)
	if s.cfg.Cache != nil && o.ETag != "" {
		for _, sp := range s.kept(ctx, rs) {
			buf := Buffer(int(sp.Len))
			if s.cfg.Cache.Get(s.cacheKey(o, sp.Range), buf) {
				sp.scatter(buf, rs, out)
				had += sp.Len
				continue
			}
			Recycle(buf)
		}
	}
	for i, r := range rs {
		if out[i] == nil {
			rest, at = append(rest, r), append(at, i)
		}
	}
	s.note(ctx, FromDisk, had)
	return rest, at
}

// kept gives what the cache keeps of ranges, each as a span of its own.
func (s *S3) kept(ctx context.Context, rs []Range) []span {
	if KindOf(ctx) != ReadData {
		return merge(rs, s.gaps(ctx))
	}
	out := make([]span, 0, len(rs))
	for i, r := range rs {
		if r.Len > 0 {
			out = append(out, span{Range: r, wants: []int{i}})
		}
	}
	return out
}

// toDisk gives the cache what was read: the ranges rs as come, or, where it keeps them
// merged, as the spans that they were read in.
func (s *S3) toDisk(ctx context.Context, o Info, rs []Range, come [][]byte, spans []span, bufs [][]byte) {
	if s.cfg.Cache == nil || o.ETag == "" {
		return
	}
	if KindOf(ctx) != ReadData {
		rs, come = rs[:0:0], bufs
		for _, sp := range spans {
			rs = append(rs, sp.Range)
		}
	}
	var n int64
	for i, r := range rs {
		if r.Len > 0 && s.cfg.Cache.Put(s.cacheKey(o, r), come[i]) {
			n += r.Len
		}
	}
	s.note(ctx, ToDisk, n)
}
