package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/zeebo/xxh3"
)

// client speaks just enough of the protocol to ask and to throw answers away, so
// that it costs both servers the same and little.
type client struct {
	nc   net.Conn
	r    *bufio.Reader
	hash bool   // sum up the rows' hashes
	sum  uint64 // the order of rows does not matter to it
	body []byte
}

// connect logs in without a password. The buffer is as large as the system's for
// big answers, small for many connections.
func connect(addr, database string, buffer int) (*client, error) {
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	c := &client{nc: nc, r: bufio.NewReaderSize(nc, buffer)}
	body := binary.BigEndian.AppendUint32(nil, 3<<16)
	for _, s := range []string{"user", "postgres", "database", database, ""} {
		body = append(append(body, s...), 0)
	}
	msg := append(binary.BigEndian.AppendUint32(nil, uint32(len(body)+4)), body...)
	if _, err := nc.Write(msg); err != nil {
		nc.Close()
		return nil, err
	}
	if _, err := c.answer(); err != nil {
		nc.Close()
		return nil, err
	}
	return c, nil
}

func (c *client) close() { c.nc.Close() }

// message puts a message together.
func message(kind byte, body ...byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{kind}, uint32(len(body)+4)), body...)
}

// simple is a Query message.
func simple(sql string) []byte { return message('Q', append([]byte(sql), 0)...) }

// extended is a statement by the extended protocol, with all of its results in
// binary.
func extended(sql string) []byte {
	out := message('P', append(append([]byte{0}, sql...), 0, 0, 0)...)
	out = append(out, message('B', 0, 0, 0, 0, 0, 0, 0, 1, 0, 1)...)
	out = append(out, message('E', 0, 0, 0, 0, 0)...)
	return append(out, message('S')...)
}

// answered is what came for a question.
type answered struct {
	Rows, Bytes int64 // of DataRow messages
	First       time.Duration
}

// ask sends messages and reads up to ReadyForQuery.
func (c *client) ask(messages []byte) (answered, error) {
	if _, err := c.nc.Write(messages); err != nil {
		return answered{}, err
	}
	return c.answer()
}

// answer reads up to ReadyForQuery. An ErrorResponse is an error.
func (c *client) answer() (a answered, err error) {
	began := time.Now()
	for {
		head, err := c.r.Peek(5)
		if err != nil {
			return a, err
		}
		kind, n := head[0], int(binary.BigEndian.Uint32(head[1:]))+1
		switch {
		case kind == 'D' && !c.hash:
			if a.Rows == 0 {
				a.First = time.Since(began)
			}
			a.Rows++
			a.Bytes += int64(n)
			_, err = c.r.Discard(n)
		case n > 1<<20:
			return a, fmt.Errorf("message %q of %d bytes", kind, n)
		default:
			err = c.message(&a, kind, n)
		}
		if err != nil || kind == 'Z' {
			return a, err
		}
	}
}

// message reads one message other than a row that is dropped.
func (c *client) message(a *answered, kind byte, n int) error {
	if cap(c.body) < n {
		c.body = make([]byte, n)
	}
	body := c.body[:n]
	if _, err := io.ReadFull(c.r, body); err != nil {
		return err
	}
	switch kind {
	case 'D':
		a.Rows++
		a.Bytes += int64(n)
		c.sum += xxh3.Hash(body)
	case 'E':
		return errors.New(string(body[5:]))
	case 'R':
		if binary.BigEndian.Uint32(body[5:]) != 0 {
			return errors.New("the server asks for a password")
		}
	}
	return nil
}
