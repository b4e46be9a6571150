package pg

import (
	"bufio"
	"io"
	"net"
	"sync"
)

// wire reads what a client sends. While it waits for a message it holds no buffer,
// so that connections that are idle cost little.
type wire struct {
	*bufio.Reader
	src incoming
}

// incoming gives the byte that was waited for before the connection's others.
type incoming struct {
	nc    net.Conn
	first byte
	has   bool
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
	var b [1]byte
	if _, err := io.ReadFull(w.src.nc, b[:]); err != nil {
		return err
	}
	w.src.first, w.src.has = b[0], true
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

// Read gives the first byte together with those that follow: no message has one
// byte only.
func (s *incoming) Read(p []byte) (int, error) {
	if !s.has || len(p) == 0 {
		return s.nc.Read(p)
	}
	p[0], s.has = s.first, false
	if len(p) == 1 {
		return 1, nil
	}
	n, err := s.nc.Read(p[1:])
	return n + 1, err
}
