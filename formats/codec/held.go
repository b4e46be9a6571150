package codec

import (
	"bufio"
	"io"

	"github.com/klauspost/compress/zstd"
)

// Hold is asked for memory that a decoder is about to take beside its output: n
// bytes more. Its error ends the stream.
type Hold func(n int64) error

// freeMemory is what a decoder takes without asking: the windows that writers
// choose unless they are told otherwise.
const freeMemory = 8 << 20

// held is what one decoder holds.
type held struct {
	ask  Hold
	have int64
}

// to says that the decoder needs n bytes in all from now on, or as many as it
// ever needed.
func (h *held) to(n int64) error {
	more := n - freeMemory - h.have
	if h.ask == nil || more <= 0 {
		return nil
	}
	if err := h.ask(more); err != nil {
		return err
	}
	h.have += more
	return nil
}

// zstdReader opens its decoder once the first frame's window is known.
type zstdReader struct {
	r    *bufio.Reader
	held held
	d    *zstd.Decoder
}

// Read implements io.Reader.
func (z *zstdReader) Read(p []byte) (int, error) {
	if z.d == nil {
		d, err := newZstd(z.r, z.r, &z.held)
		if err != nil {
			return 0, err
		}
		z.d = d
	}
	return z.d.Read(p)
}

// newZstd makes the decoder of frames, whose first one stands at the beginning of
// peek. Large windows are made no larger than they must be.
func newZstd(r io.Reader, peek *bufio.Reader, h *held) (*zstd.Decoder, error) {
	head, _ := peek.Peek(zstd.HeaderMaxSize)
	var frame zstd.Header
	window := uint64(0)
	if frame.Decode(afterSkippable(head)) == nil {
		window = min(frame.WindowSize, maxWindow)
		if frame.HasFCS {
			window = min(window, frame.FrameContentSize)
		}
	}
	if err := h.to(int64(window)); err != nil {
		return nil, err
	}
	return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(window > freeMemory))
}

func (z *zstdReader) close() {
	if z.d != nil {
		z.d.Close()
	}
}
