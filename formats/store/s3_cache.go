package store

import (
	"context"

	"github.com/glauxdb/glaux/formats/store/diskcache"
)

// The disk cache is asked range by range, before ranges are merged: what a query
// merges depends on the others that it reads. The meter is asked for all that the
// query reads, wherever it comes from. A scan limit is a promise about queries, and
// the price of a query must not depend on what others read before.

func (s *S3) cacheKey(o Info, r Range) diskcache.Key {
	return diskcache.Key{Bucket: s.bucket, Object: o.Key, ETag: o.ETag, Off: r.Off, Len: r.Len}
}

// fromDisk fills out with the ranges that the cache has. It gives the others and their
// positions among rs, ascending.
func (s *S3) fromDisk(ctx context.Context, o Info, rs []Range, out [][]byte) (rest []Range, at []int) {
	cache, had := s.cfg.Cache, int64(0)
	for i, r := range rs {
		if cache != nil && o.ETag != "" && r.Len > 0 {
			buf := Buffer(int(r.Len))
			if cache.Get(s.cacheKey(o, r), buf) {
				out[i] = buf
				had += r.Len
				continue
			}
			Recycle(buf)
		}
		rest, at = append(rest, r), append(at, i)
	}
	s.note(ctx, FromDisk, had)
	return rest, at
}

// toDisk gives the cache what was read.
func (s *S3) toDisk(ctx context.Context, o Info, rs []Range, come [][]byte) {
	if s.cfg.Cache == nil || o.ETag == "" {
		return
	}
	var n int64
	for i, r := range rs {
		if r.Len > 0 && s.cfg.Cache.Put(s.cacheKey(o, r), come[i]) {
			n += r.Len
		}
	}
	s.note(ctx, ToDisk, n)
}
