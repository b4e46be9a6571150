package store

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/glauxdb/glaux/formats/store/diskcache"
	"github.com/glauxdb/glaux/formats/store/s3sim"
)

// TestS3DiskCache: what was read once comes from the disk, whatever else is asked
// for beside it, and counts at the meter as before; a new version of the object is
// read from S3; without the folder all is as without a cache.
func TestS3DiskCache(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	cache, err := diskcache.Open(dir, 10<<20, slog.New(slog.DiscardHandler))
	mustNot(t, err)
	defer cache.Close()
	sim, s, o, data := simBucket(t, 1<<20, s3sim.Behaviour{}, func(c *S3Config) { c.Cache = cache })
	read := func(rs []Range, gets, fromDisk int64) {
		t.Helper()
		sim.Reset()
		m := &eventMeter{}
		got, err := s.ReadRanges(WithMeter(t.Context(), m), o, rs)
		mustNot(t, err)
		var want int64
		for i, r := range rs {
			want += r.Len
			if !bytes.Equal(got[i], data[r.Off:r.Off+r.Len]) {
				t.Errorf("%v is wrong", r)
			}
		}
		e := m.Load()
		if n := sim.Counts().Gets; n != gets || m.sum[ReadData] != want || e[FromDisk] != fromDisk || e[ToDisk] != want-fromDisk {
			t.Errorf("%v: %d requests, want %d; %d bytes metered; events %v", rs, n, gets, m.sum[ReadData], e)
		}
	}
	a, b, c := Range{0, 1000}, Range{300_000, 2000}, Range{1000, 500}
	read([]Range{a, b}, 2, 0)
	read([]Range{b, a}, 0, 3000)
	read([]Range{a, c, b}, 1, 3000)
	read([]Range{c}, 0, 500)
	mustNot(t, os.RemoveAll(dir))
	read([]Range{a, b}, 2, 0)
	read([]Range{a, b}, 0, 3000)
	name := filepath.Join(sim.Dir(), "lake", "d")
	data = bytes.Repeat([]byte("new "), 1<<18)
	mustNot(t, os.WriteFile(name, data, 0o666))
	mustNot(t, os.Chtimes(name, time.Time{}, time.Now().Add(time.Hour)))
	_, err = s.ReadRanges(t.Context(), o, []Range{{500_000, 10}})
	if err == nil {
		t.Error("the old version is still read")
	}
	o, err = s.Stat(t.Context(), "d")
	mustNot(t, err)
	read([]Range{a, b}, 2, 0)
}

// TestS3DiskCacheOfMetadata: the parts of a page index are one range of the cache, and
// each part is right when it comes from there.
func TestS3DiskCacheOfMetadata(t *testing.T) {
	cache, err := diskcache.Open(filepath.Join(t.TempDir(), "cache"), 10<<20, slog.New(slog.DiscardHandler))
	mustNot(t, err)
	defer cache.Close()
	sim, s, o, data := simBucket(t, 4<<20, s3sim.Behaviour{}, func(c *S3Config) { c.Cache = cache })
	rs := []Range{{5000, 20}, {100, 300}, {0, 0}, {200, 50}, {3 << 20, 10}}
	for try, gets := range []int64{2, 0} {
		sim.Reset()
		m := &eventMeter{}
		got, err := s.ReadRanges(WithReadKind(WithMeter(t.Context(), m), ReadFooter), o, rs)
		mustNot(t, err)
		for i, r := range rs {
			if !bytes.Equal(got[i], data[r.Off:r.Off+r.Len]) {
				t.Errorf("try %d: %v is wrong", try, r)
			}
		}
		if n := sim.Counts().Gets; n != gets || m.sum[ReadFooter] != 4920+10 {
			t.Errorf("try %d: %d requests, want %d; %d bytes metered", try, n, gets, m.sum[ReadFooter])
		}
	}
	if n := cache.Counts().Files; n != 2 {
		t.Errorf("the cache has %d files, want 2", n)
	}
}

// TestS3ReadsWithFromDisk: what may be wanted soon is not asked for where the disk cache has
// all that is wanted now, and only what goes to S3 is told as a request.
func TestS3ReadsWithFromDisk(t *testing.T) {
	cache, err := diskcache.Open(filepath.Join(t.TempDir(), "cache"), 10<<20, slog.New(slog.DiscardHandler))
	mustNot(t, err)
	defer cache.Close()
	sim, s, o, data := simBucket(t, 1<<20, s3sim.Behaviour{}, func(c *S3Config) { c.Cache = cache })
	a, b, c := Range{0, 1000}, Range{1000, 3000}, Range{4000, 500}
	_, err = s.ReadRanges(t.Context(), o, []Range{a, b})
	mustNot(t, err)
	for _, x := range []struct {
		name         string
		rs, later    []Range
		comes, asked bool // later; S3
	}{
		{"all here", []Range{a}, []Range{b}, true, false},
		{"not all of what may be wanted", []Range{a}, []Range{b, c}, false, false},
		{"not all of what is wanted", []Range{a, {5000, 10}}, []Range{b, c}, true, true},
	} {
		sim.Reset()
		asked := false
		now, soon, err := s.ReadWith(WithRequest(t.Context(), func() { asked = true }), o, x.rs, x.later)
		mustNot(t, err)
		if !bytes.Equal(now[0], data[:1000]) || (soon != nil) != x.comes || x.comes && !bytes.Equal(soon[0], data[1000:4000]) {
			t.Errorf("%s: wrong bytes; what may be wanted came: %v", x.name, soon != nil)
		}
		if n := sim.Counts().Gets; asked != x.asked || (n > 0) != x.asked {
			t.Errorf("%s: %d requests, told %v", x.name, n, asked)
		}
	}
}

// TestS3ReadsWith: ranges that may be wanted soon come with the others in one request,
// the meter is asked only for what is wanted, and the disk cache keeps both.
func TestS3ReadsWith(t *testing.T) {
	cache, err := diskcache.Open(filepath.Join(t.TempDir(), "cache"), 10<<20, slog.New(slog.DiscardHandler))
	mustNot(t, err)
	defer cache.Close()
	for _, exact := range []bool{false, true} {
		sim, s, o, data := simBucket(t, 1<<20, s3sim.Behaviour{}, func(c *S3Config) { c.Cache, c.Exact = cache, exact })
		for try, gets := range []int64{1, 0} {
			if exact {
				gets *= 2 // with a gap between them
			}
			sim.Reset()
			m := &eventMeter{}
			a, b, c := Range{0, 1000}, Range{1000, 3000}, Range{4000, 500}
			now, soon, err := s.ReadWith(WithMeter(t.Context(), m), o, []Range{a, c}, []Range{b})
			mustNot(t, err)
			if !bytes.Equal(now[0], data[:1000]) || !bytes.Equal(now[1], data[4000:4500]) {
				t.Error("the wanted bytes are wrong")
			}
			switch {
			case exact && soon != nil:
				t.Error("an exact store has read what nobody asked for")
			case !exact && !bytes.Equal(soon[0], data[1000:4000]):
				t.Error("the bytes read along are wrong")
			}
			if n := sim.Counts().Gets; n != gets || m.sum[ReadData] != 1500 {
				t.Errorf("exact %v, try %d: %d requests, want %d; %d bytes metered", exact, try, n, gets, m.sum[ReadData])
			}
		}
	}
}
