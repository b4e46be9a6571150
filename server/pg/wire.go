package pg

import (
	"bufio"
	"net"
	"sync"
)

// wire reads what a client sends. While it waits for a message it holds no buffer,
// so that connections that are idle cost little.
type wire struct {
	*bufio.Reader
	src incoming
}

// incoming gives the bytes that were waited for before the connection's others: a
// short message comes whole with them.
type incoming struct {
	nc       net.Conn
	head     [64]byte
	from, to int // of head: what is still to be given
}

var readBuffers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, readBuffer) }}

func newWire(nc net.Conn) *wire { return &wire{src: incoming{nc: nc}} }

// wait returns when there is something to read. Only after that may the Reader be
// used, until the message has been read.
func (w *wire) wait() error {
	if w.Reader != nil && w.Buffered() > 0 {
		return nil
	}
	w.release()
	if err := w.src.wait(); err != nil {
		return err
	}
	w.Reader = readBuffers.Get().(*bufio.Reader)
	w.Reader.Reset(&w.src)
	return nil
}

// release gives the buffer back, with what is in it.
func (w *wire) release() {
	if w.Reader != nil {
		w.Reader.Reset(nil)
		readBuffers.Put(w.Reader)
		w.Reader = nil
	}
}

// wait returns when there is something in head.
func (s *incoming) wait() error {
	for s.from == s.to {
		n, err := s.nc.Read(s.head[:])
		if s.from, s.to = 0, n; n == 0 && err != nil {
			return err
		}
	}
	return nil
}

func (s *incoming) Read(p []byte) (int, error) {
	if s.from == s.to {
		return s.nc.Read(p)
	}
	n := copy(p, s.head[s.from:s.to])
	s.from += n
	return n, nil
}
