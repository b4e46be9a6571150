// Package rawpg is a client of the PostgreSQL protocol that benchmarks share.
package rawpg

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

// Client speaks just enough of the protocol to ask and to throw answers away, so
// that it costs both servers the same and little.
type Client struct {
	nc   net.Conn
	r    *bufio.Reader
	body []byte
	// Hash has Sum made: of the rows' hashes, in whatever order they come.
	Hash bool
	Sum  uint64
}

// Connect logs in without a password. The buffer is as large as the system's for
// big answers, small for many connections.
func Connect(addr, database string, buffer int) (*Client, error) {
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	c := &Client{nc: nc, r: bufio.NewReaderSize(nc, buffer)}
	body := binary.BigEndian.AppendUint32(nil, 3<<16)
	for _, s := range []string{"user", "postgres", "database", database, ""} {
		body = append(append(body, s...), 0)
	}
	msg := append(binary.BigEndian.AppendUint32(nil, uint32(len(body)+4)), body...)
	if _, err := nc.Write(msg); err != nil {
		nc.Close()
		return nil, err
	}
	if _, err := c.Answer(); err != nil {
		nc.Close()
		return nil, err
	}
	return c, nil
}

// Close closes the connection.
func (c *Client) Close() { c.nc.Close() }

// message puts a message together.
func message(kind byte, body ...byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{kind}, uint32(len(body)+4)), body...)
}

// Simple is a Query message.
func Simple(sql string) []byte { return message('Q', append([]byte(sql), 0)...) }

// Extended is a statement by the extended protocol, with all of its results in
// binary.
func Extended(sql string) []byte {
	out := message('P', append(append([]byte{0}, sql...), 0, 0, 0)...)
	out = append(out, message('B', 0, 0, 0, 0, 0, 0, 0, 1, 0, 1)...)
	out = append(out, message('E', 0, 0, 0, 0, 0)...)
	return append(out, message('S')...)
}

// Answered is what came for a question.
type Answered struct {
	Rows, Bytes int64         // of DataRow messages
	First       time.Duration // until the first row
}

// Ask sends messages and reads up to ReadyForQuery.
func (c *Client) Ask(messages []byte) (Answered, error) {
	if err := c.Send(messages); err != nil {
		return Answered{}, err
	}
	return c.Answer()
}

// Send sends messages without waiting for an answer.
func (c *Client) Send(messages []byte) error {
	_, err := c.nc.Write(messages)
	return err
}

// Fill waits until the buffer is full and takes nothing out of it.
func (c *Client) Fill() error {
	_, err := c.r.Peek(c.r.Size())
	return err
}

// Answer reads up to ReadyForQuery. An ErrorResponse is an error.
func (c *Client) Answer() (a Answered, err error) {
	began := time.Now()
	for {
		head, err := c.r.Peek(5)
		if err != nil {
			return a, err
		}
		kind, n := head[0], int(binary.BigEndian.Uint32(head[1:]))+1
		switch {
		case kind == 'D' && !c.Hash:
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
func (c *Client) message(a *Answered, kind byte, n int) error {
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
		c.Sum += xxh3.Hash(body)
	case 'E':
		return errors.New(string(body[5:]))
	case 'R':
		if binary.BigEndian.Uint32(body[5:]) != 0 {
			return errors.New("the server asks for a password")
		}
	}
	return nil
}
