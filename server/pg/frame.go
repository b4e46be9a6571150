package pg

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Limits on messages, in bytes of the body.
const (
	maxStartup = 10_000   // as PostgreSQL's MAX_STARTUP_PACKET_LENGTH
	maxSmall   = 10_000   // messages that hold little: as PQ_SMALL_MESSAGE_LIMIT
	maxAnswer  = 65_535   // to a question for a password: as PG_MAX_AUTH_TOKEN_LENGTH
	maxLarge   = 64 << 20 // Query, Parse, Bind and copy data
	firstRead  = 64 << 10 // what is allocated before the body has been seen
)

// frame is one message of the client. The body belongs to whoever holds it.
type frame struct {
	kind byte
	body []byte
}

// readStartup reads a message without a type: the first of a connection.
func readStartup(r *bufio.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := int64(binary.BigEndian.Uint32(head[:])) - 4
	if n < 4 || n > maxStartup {
		return nil, fault.New(fault.CodeProtocolViolation, "invalid length of startup packet")
	}
	return readBody(r, int(n))
}

// readFrame reads one message of at most this many bytes, or fewer if its type
// allows no more. The error is a fault if the client broke the protocol, else one
// of the connection.
func readFrame(r *bufio.Reader, most int) (frame, error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return frame{}, err
	}
	limit, ok := messageLimit(head[0])
	if !ok {
		return frame{}, fault.New(fault.CodeProtocolViolation, "invalid frontend message type %d", head[0])
	}
	n := int64(binary.BigEndian.Uint32(head[1:])) - 4
	if n < 0 || n > int64(min(limit, most)) {
		return frame{}, fault.New(fault.CodeProtocolViolation, "invalid message length")
	}
	body, err := readBody(r, int(n))
	return frame{head[0], body}, err
}

func messageLimit(kind byte) (int, bool) {
	switch kind {
	case 'Q', 'P', 'B', 'd', 'F':
		return maxLarge, true
	case 'D', 'E', 'C', 'H', 'S', 'X', 'c', 'f':
		return maxSmall, true
	case 'p':
		return maxAnswer, true
	}
	return 0, false
}

// readBody reads n bytes. Memory grows with what arrives, so that a length
// alone costs nothing.
func readBody(r io.Reader, n int) ([]byte, error) {
	if n <= firstRead {
		b := make([]byte, n)
		_, err := io.ReadFull(r, b)
		return b, err
	}
	var b bytes.Buffer
	if _, err := io.CopyN(&b, r, int64(n)); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	return b.Bytes(), nil
}
