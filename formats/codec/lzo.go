package codec

import (
	"encoding/binary"
	"errors"
)

// The ways in which an LZO1X block can be malformed.
var (
	errLZOShort   = errors.New("the block ends too early")
	errLZOBehind  = errors.New("bytes follow the end of the block")
	errLZOCopy    = errors.New("a copy reaches back too far")
	errLZOTooLong = errors.New("too long")
)

// appendLZO decodes one LZO1X block and appends it to dst (the format is
// described in the Linux kernel's Documentation/staging/lzo.rst; there is no
// other specification). The block must end with its mark.
func appendLZO(dst, src []byte, limit int) ([]byte, error) {
	at := len(dst)
	d := lzoDecoder{dst: dst, src: src, from: at, most: limit}
	err := d.run()
	switch {
	case err == errLZOTooLong:
		return dst[:at], tooLong(LZO, limit)
	case err != nil:
		return dst[:at], corrupt(LZO, err)
	}
	return d.dst, nil
}

// lzoDecoder is the state of one block.
type lzoDecoder struct {
	dst, src []byte
	from     int // where the block begins in dst: copies reach back to it
	most     int // bytes that it may have

	// tail is how many literals came last: 0 to 3 with the copy before them, 4
	// for a run. It says what the lowest instructions mean.
	tail int
	done bool
}

// afterRun is the tail of a run of literals.
const afterRun = 4

func (d *lzoDecoder) run() error {
	if len(d.src) == 0 {
		return errLZOShort
	}
	if first := int(d.src[0]); first > 17 { // a first run of literals has a short form
		d.src = d.src[1:]
		if err := d.literals(first - 17); err != nil {
			return err
		}
		d.tail = min(first-17, afterRun)
	}
	for !d.done {
		if err := d.step(); err != nil {
			return err
		}
	}
	if len(d.src) > 0 {
		return errLZOBehind
	}
	return nil
}

// step decodes one instruction.
func (d *lzoDecoder) step() error {
	t, err := d.next()
	if err != nil {
		return err
	}
	switch {
	case t >= 64:
		high, err := d.next()
		if err != nil {
			return err
		}
		return d.copy(high<<3+t>>2&7+1, t>>5+1, t&3)
	case t >= 32:
		return d.far(t&31, 31, 1)
	case t >= 16:
		return d.far(t&7, 7, 1<<14+t&8<<11)
	case d.tail == 0:
		n, err := d.length(t, 15)
		if err == nil {
			d.tail = afterRun
			err = d.literals(n + 3)
		}
		return err
	}
	high, err := d.next()
	if err != nil {
		return err
	}
	if d.tail == afterRun {
		return d.copy(high<<2+t>>2+2049, 3, t&3)
	}
	return d.copy(high<<2+t>>2+1, 2, t&3)
}

// far decodes the rest of a copy whose distance has 14 bits of its own above
// base. A distance of 16384 alone ends the block.
func (d *lzoDecoder) far(short, most, base int) error {
	n, err := d.length(short, most)
	if err != nil {
		return err
	}
	if len(d.src) < 2 {
		return errLZOShort
	}
	v := int(binary.LittleEndian.Uint16(d.src))
	d.src = d.src[2:]
	distance := v>>2 + base
	if distance == 1<<14 && most == 7 {
		if n != 1 || v&3 != 0 {
			return errLZOCopy
		}
		d.done = true
		return nil
	}
	return d.copy(distance, n+2, v&3)
}

func (d *lzoDecoder) next() (int, error) {
	if len(d.src) == 0 {
		return 0, errLZOShort
	}
	b := d.src[0]
	d.src = d.src[1:]
	return int(b), nil
}

// length gives a length that an instruction has in itself, or if that is 0 one
// that follows: most, 255 for every zero byte, and a last byte.
func (d *lzoDecoder) length(short, most int) (int, error) {
	if short != 0 {
		return short, nil
	}
	for n := most; ; n += 255 {
		b, err := d.next()
		if err != nil {
			return 0, err
		}
		if n > d.most {
			return 0, errLZOTooLong
		}
		if b != 0 {
			return n + b, nil
		}
	}
}

// literals copies n bytes of the input.
func (d *lzoDecoder) literals(n int) error {
	if n > len(d.src) {
		return errLZOShort
	}
	if len(d.dst)-d.from+n > d.most {
		return errLZOTooLong
	}
	d.dst = append(d.dst, d.src[:n]...)
	d.src = d.src[n:]
	return nil
}

// copy repeats n bytes from some distance back, which may overlap with what
// they make, and appends a few literals.
func (d *lzoDecoder) copy(distance, n, literals int) error {
	have := len(d.dst) - d.from
	if distance > have {
		return errLZOCopy
	}
	if have+n > d.most {
		return errLZOTooLong
	}
	for n > 0 {
		k := min(n, distance)
		at := len(d.dst) - distance
		d.dst = append(d.dst, d.dst[at:at+k]...)
		n -= k
	}
	d.tail = literals
	return d.literals(literals)
}
