package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"golang.org/x/sync/errgroup"

	"github.com/glauxdb/glaux/catalog/fault"
)

// ReadRanges merges the ranges, cuts long ones into pieces and fetches these in
// parallel. What the disk cache has is not asked for.
func (s *S3) ReadRanges(ctx context.Context, o Info, rs []Range) ([][]byte, error) {
	out, _, err := s.ReadWith(ctx, o, rs, nil)
	return out, err
}

// ReadWith implements Foresight.
func (s *S3) ReadWith(ctx context.Context, o Info, rs, later []Range) (now, soon [][]byte, err error) {
	if s.cfg.Exact {
		later = nil
	}
	all := slices.Concat(rs, later)
	if err := checkRanges(s.URL(o.Key), o.Size, all); err != nil {
		return nil, nil, err
	}
	left := s.counted(ctx, rs)
	if err := Reserve(ctx, left); err != nil {
		return nil, nil, err
	}
	out := make([][]byte, len(all))
	rest, at := s.fromDisk(ctx, o, all, out)
	if len(at) > 0 && at[0] >= len(rs) { // there is no request that the rest of later could come with
		for _, b := range out[len(rs):] {
			Recycle(b)
		}
		rest, at, later = nil, nil, nil
	}
	counts, _ := slices.BinarySearch(at, len(rs)) // how many of rest the meter was asked for
	spans := merge(rest, s.gaps(ctx))
	if len(spans) > 0 {
		requested(ctx)
	}
	bufs, read, err := s.readSpans(ctx, o, spans, rest[:counts])
	if err != nil {
		giveBack(ctx, s.counted(ctx, rest[:counts])-read) // the disk's bytes have come
		return nil, nil, err
	}
	s.note(ctx, ReadAlong, along(spans))
	come := make([][]byte, len(rest))
	for i, sp := range spans { // after the bytes are there: overlaps are copied
		sp.scatter(bufs[i], rest, come)
	}
	for i, b := range come {
		out[at[i]] = b
	}
	s.toDisk(ctx, o, rest, come, spans, bufs)
	if later != nil {
		soon = out[len(rs):]
	}
	return out[:len(rs):len(rs)], soon, nil
}

// counted is what the meter is asked for ranges: of data, the bytes that any of them
// has; of metadata also those of the gaps between them.
func (s *S3) counted(ctx context.Context, rs []Range) int64 {
	spans := merge(rs, s.gaps(ctx))
	if KindOf(ctx) == ReadData {
		return total(spans) - along(spans)
	}
	return total(spans)
}

// gaps gives the gaps that a read bridges.
func (s *S3) gaps(ctx context.Context) gapRule {
	if KindOf(ctx) != ReadData || s.cfg.Exact {
		return gapFor(ctx)
	}
	return gapRule{limit: s.pace.gap(), share: 4}
}

// readSpans fetches the bytes of each span. It tells how many of those that count,
// which are in rs, the first of the ranges that the spans are of, have come, also with
// an error.
func (s *S3) readSpans(ctx context.Context, o Info, spans []span, rs []Range) (bufs [][]byte, read int64, err error) {
	var come atomic.Int64
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(readParallel)
	bufs = make([][]byte, len(spans))
	for i, sp := range spans {
		buf := Buffer(int(sp.Len))
		bufs[i] = buf
		for _, p := range pieces(sp.Range, s.pace.piece()) {
			part := buf[p.Off-sp.Off : p.Off-sp.Off+p.Len]
			g.Go(func() error {
				n, err := s.fetch(gctx, o, p, part)
				come.Add(sp.wantedIn(p, n, rs))
				return err
			})
		}
	}
	err = g.Wait()
	return bufs, come.Load(), err
}

// bodyError marks a body that broke off: the rest can be asked for again.
type bodyError struct{ error }

// Unwrap gives what broke it off.
func (e bodyError) Unwrap() error { return e.error }

// fetch fills buf with a range. The SDK retries requests that fail; a body
// that breaks off is continued where it ended. It gives the bytes read.
func (s *S3) fetch(ctx context.Context, o Info, r Range, buf []byte) (n int64, err error) {
	for try := 1; ; {
		err = s.call(ctx, o.Key, func(c *s3.Client) error {
			m, err := s.get(ctx, c, o, Range{r.Off + n, r.Len - n}, buf[n:])
			n += m
			return err
		})
		var broken bodyError
		if err == nil || !errors.As(err, &broken) {
			return n, err
		}
		if errors.Is(err, errStraggles) { // it is not S3's failure, and was paid for with a hedge
			s.note(ctx, Hedged, 1)
			continue
		}
		if try >= s.cfg.MaxAttempts {
			return n, fault.Wrap(err, fault.CodeConnectionFailure, "S3 broke off reading %q %d times: %v", s.URL(o.Key), try, broken.error).
				In(s.URL(o.Key)).WithHint("Check the network and the load of the server at the endpoint (%s).", s.endpoint())
		}
		s.note(ctx, Repeated, 1)
		if err := sleep(ctx, backoff(try, s.cfg.MaxBackoff)); err != nil {
			return n, err
		}
		try++
	}
}

// backoff gives the wait after a failed try: a random part of an exponentially
// growing limit, so that many readers do not come back at once.
func backoff(try int, limit time.Duration) time.Duration {
	d := min(limit, 50*time.Millisecond<<min(try, 20))
	return time.Duration(rand.Int64N(int64(d) + 1))
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// get makes one request for a range, or two if the first is slow to answer, and
// reads the answer, giving up on a body that brings too little.
func (s *S3) get(ctx context.Context, c *s3.Client, o Info, r Range, buf []byte) (n int64, err error) {
	in := &s3.GetObjectInput{Bucket: &s.bucket, Key: &o.Key, Range: aws.String(fmt.Sprintf("bytes=%d-%d", r.Off, r.Off+r.Len-1))}
	if o.ETag != "" {
		in.IfMatch = aws.String(`"` + o.ETag + `"`)
	}
	out, cancel, err := begin(ctx, s, s.pace, func(ctx context.Context) (*s3.GetObjectOutput, error) { return c.GetObject(ctx, in) },
		func(lost *s3.GetObjectOutput) { lost.Body.Close() })
	if err != nil {
		return 0, err
	}
	defer cancel(nil)
	defer out.Body.Close()
	if err := s.checkAnswer(o, r, out); err != nil {
		return 0, err
	}
	began := time.Now()
	p := s.watch(r.Len, cancel)
	defer p.stop()
	for n < r.Len {
		m, err := out.Body.Read(buf[n:])
		n += int64(m)
		p.come.Store(n)
		if err == nil || n == r.Len {
			continue
		}
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return n, bodyError{p.why(err)}
	}
	s.pace.came(n, time.Since(began))
	return n, nil
}

// checkAnswer makes sure that the body is what was asked for: not every server
// that speaks S3 honours If-Match and Range.
func (s *S3) checkAnswer(o Info, r Range, out *s3.GetObjectOutput) error {
	url := s.URL(o.Key)
	if now := bareETag(out.ETag); o.ETag != "" && now != "" && now != o.ETag {
		return errChanged(fmt.Errorf("version %s, was %s", now, o.ETag), url)
	}
	if out.ContentRange == nil {
		if r.Off == 0 && r.Len == o.Size && aws.ToInt64(out.ContentLength) == r.Len {
			return nil
		}
		return fault.New(fault.CodeExternal, "the S3 server does not serve byte ranges").In(url)
	}
	off, size, ok := contentRange(*out.ContentRange)
	if ok && size >= 0 && size != o.Size {
		return errChanged(fmt.Errorf("size %d, was %d", size, o.Size), url)
	}
	if !ok || off != r.Off {
		return fault.New(fault.CodeExternal, "the S3 server sent %q for %d bytes at %d", *out.ContentRange, r.Len, r.Off).In(url)
	}
	return nil
}

// contentRange reads "bytes first-last/size" (RFC 9110, section 14.4); size is
// -1 for "*".
func contentRange(h string) (off, size int64, ok bool) {
	rest, ok := strings.CutPrefix(h, "bytes ")
	span, tail, ok2 := strings.Cut(rest, "/")
	first, _, ok3 := strings.Cut(span, "-")
	off, err := strconv.ParseInt(first, 10, 64)
	if !ok || !ok2 || !ok3 || err != nil {
		return 0, 0, false
	}
	if tail == "*" {
		return off, -1, true
	}
	size, err = strconv.ParseInt(tail, 10, 64)
	return off, size, err == nil
}
