package codec

import (
	"bytes"
	"errors"
	"io"
	"math"
)

// xzReader reads xz streams as they come: any number of them, with padding
// (section 2 of the format).
type xzReader struct {
	xzStream
	block *xzBlock
	begun bool
	done  bool
	held  held
}

// Read implements io.Reader.
func (x *xzReader) Read(p []byte) (int, error) {
	for len(p) > 0 && !x.done {
		if x.block == nil {
			if err := x.next(); err != nil {
				return 0, err
			}
			continue
		}
		n, err := x.block.Read(p)
		if err == io.EOF {
			err = x.endBlock(x.block)
			x.block = nil
		}
		if n > 0 || err != nil {
			return n, unexpected(err)
		}
	}
	if x.done {
		return 0, io.EOF
	}
	return 0, nil
}

// next goes on to the next block, over the ends and beginnings of streams. Nothing
// at all is a stream without blocks.
func (x *xzReader) next() error {
	if !x.begun {
		err := x.begin()
		x.begun, x.done = err == nil, err == io.EOF
		if x.done {
			return nil
		}
		return err
	}
	more, err := x.more()
	switch {
	case err != nil:
		return err
	case more:
		x.block, err = newXZBlock(x.r, x.check, &x.held)
		return err
	}
	if err := x.index(); err != nil {
		return err
	}
	x.begun = false
	return x.padding()
}

// padding passes over the zeros, a multiple of four, between streams.
func (x *xzReader) padding() error {
	for n := 0; ; n++ {
		switch b, err := x.r.ReadByte(); {
		case err == io.EOF && n%4 == 0:
			x.done = true
			return nil
		case err != nil:
			return unexpected(err)
		case b != 0 && n%4 == 0:
			return x.r.UnreadByte()
		case b != 0:
			return errors.New(xzBadHeader)
		}
	}
}

// newXZBlock begins the block that comes next, of whose text no more is known than
// its header says.
func newXZBlock(r byteSource, check byte, held *held) (*xzBlock, error) {
	h, err := readXZHead(r)
	if err != nil {
		return nil, err
	}
	plain := int64(math.MaxInt64)
	if h.want[1] > 0 {
		plain = int64(min(h.want[1], math.MaxInt64))
	}
	dict, err := h.window(plain)
	if err != nil {
		return nil, err
	}
	if err := held.to(int64(dict)); err != nil {
		return nil, err
	}
	return h.open(r, check, dict)
}

// appendXZ decodes a block that is one xz stream. Its bytes are all there, so that
// what its blocks hold is known before they are decoded.
func (r Room) appendXZ(dst, src []byte) ([]byte, error) {
	in := bytes.NewReader(src)
	x := &xzStream{r: in}
	out, err := r.appendXZBlocks(dst, x, in, src)
	if err == nil {
		err = x.index()
	}
	if err == nil && in.Len() != 0 {
		err = errors.New("there are bytes behind its end")
	}
	if err != nil {
		return dst, failed(XZ, err)
	}
	return out, nil
}

func (r Room) appendXZBlocks(dst []byte, x *xzStream, in *bytes.Reader, src []byte) ([]byte, error) {
	err := x.begin()
	for left := r.Limit; err == nil; {
		var more bool
		if more, err = x.more(); !more {
			return dst, err
		}
		from := len(dst)
		dst, err = r.appendXZBlock(dst, x, src[len(src)-in.Len():], left)
		left -= len(dst) - from
	}
	return dst, err
}

// appendXZBlock decodes the block that src begins with and x reads next.
func (r Room) appendXZBlock(dst []byte, x *xzStream, src []byte, left int) ([]byte, error) {
	h, err := readXZHead(x.r)
	if err != nil {
		return dst, err
	}
	plain, whole := lzma2Size(src[h.size:])
	switch {
	case !whole:
		return dst, io.ErrUnexpectedEOF
	case plain > int64(left):
		return dst, tooLong(XZ, r.Limit)
	}
	dict, err := h.window(plain)
	if err != nil {
		return dst, err
	}
	b, err := h.open(x.r, x.check, dict)
	if err != nil {
		return dst, err
	}
	if dst, err = r.grown(dst, int(plain)); err != nil {
		return dst, err
	}
	at := len(dst)
	dst = dst[:at+int(plain)]
	if _, err := io.ReadFull(b, dst[at:]); err != nil {
		return dst, err
	}
	var one [1]byte
	switch n, err := b.Read(one[:]); {
	case n != 0:
		return dst, errors.New(xzBadHeader)
	case err != io.EOF:
		return dst, err
	}
	return dst, x.endBlock(b)
}
