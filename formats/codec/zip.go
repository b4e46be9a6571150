package codec

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"strings"

	"github.com/klauspost/compress/flate"
)

// The records of a zip archive (APPNOTE.TXT 6.3.10, section 4.3), by the two
// bytes behind "PK".
const (
	zipLocal      = 0x0403 // a file
	zipDescriptor = 0x0807 // a file's sizes, behind its data
	zipCentral    = 0x0201 // the directory: no more files
	zipEnd        = 0x0605
	zipEnd64      = 0x0606
	zipExtra      = 0x0806 // archive extra data, before the directory
)

// zipReader reads the one file of a zip archive from its beginning, without
// the directory at its end, so that it works on streams. Folders, and the
// resource forks that macOS adds, are passed over; a second file is an error,
// as is one that is encrypted or neither stored nor deflated.
type zipReader struct {
	r     *bufio.Reader
	entry zipEntry
	data  io.Reader // of the entry under way; nil: between two
	crc   uint32
	size  uint64
	found string // the file's name
	done  bool
}

type zipEntry struct {
	name       string
	flags      uint16
	method     uint16
	crc        uint32
	packed     uint64
	size       uint64
	zip64      bool
	passedOver bool
}

// deferred reports whether sizes and checksum stand behind the data.
func (e *zipEntry) deferred() bool { return e.flags&8 != 0 }

// Read implements io.Reader.
func (z *zipReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for !z.done {
		if z.data == nil {
			if err := z.next(); err != nil {
				return 0, err
			}
			continue
		}
		n, err := z.data.Read(p)
		z.crc = crc32.Update(z.crc, crc32.IEEETable, p[:n])
		z.size += uint64(n)
		if err == io.EOF {
			err = z.finish()
		}
		if z.entry.passedOver {
			n = 0
		}
		if n > 0 || err != nil {
			return n, unexpected(err)
		}
	}
	return 0, io.EOF
}

// next reads the header of the next entry, or the directory's mark.
func (z *zipReader) next() error {
	var h [30]byte
	if _, err := io.ReadFull(z.r, h[:4]); err != nil {
		return unexpected(err)
	}
	if string(h[:2]) != "PK" {
		return errors.New("no zip entry where one must begin")
	}
	switch binary.LittleEndian.Uint16(h[2:]) {
	case zipCentral, zipEnd, zipEnd64, zipExtra:
		z.done = true
		_, err := io.Copy(io.Discard, z.r) // the directory says nothing new
		return err
	case zipLocal:
	default:
		return errors.New("no zip entry where one must begin")
	}
	if _, err := io.ReadFull(z.r, h[4:]); err != nil {
		return unexpected(err)
	}
	return z.open(h[:])
}

// open reads the rest of a local header and points data at what follows.
func (z *zipReader) open(h []byte) error {
	le := binary.LittleEndian
	e := zipEntry{flags: le.Uint16(h[6:]), method: le.Uint16(h[8:]), crc: le.Uint32(h[14:]),
		packed: uint64(le.Uint32(h[18:])), size: uint64(le.Uint32(h[22:]))}
	rest, err := readN(z.r, nil, int(le.Uint16(h[26:]))+int(le.Uint16(h[28:])))
	if err != nil {
		return err
	}
	name := int(le.Uint16(h[26:]))
	e.name = string(rest[:name])
	e.sizes64(rest[name:])
	e.passedOver = strings.HasSuffix(e.name, "/") || strings.HasPrefix(e.name, "__MACOSX/")
	z.entry, z.crc, z.size = e, 0, 0
	switch {
	case !e.passedOver && z.found != "":
		return refuse("the zip archive holds several files (%q, %q); only one can be read", z.found, e.name).
			WithHint("Unpack the archive: every file can be an object of its own.")
	case e.flags&1 != 0:
		return refuse("the zip archive is encrypted (%q)", e.name)
	case e.method == 0 && e.deferred():
		return refuse("the zip archive stores %q without saying how long it is", e.name)
	case e.method == 0:
		z.data = io.LimitReader(z.r, int64(min(e.packed, 1<<62)))
	case e.method == 8:
		z.data = flate.NewReader(z.r)
	default:
		return refuse("zip compression method %d is not supported (%q)", e.method, e.name)
	}
	if !e.passedOver {
		z.found = e.name
	}
	return nil
}

// sizes64 reads the extra field of archives with sizes above 4 GiB (APPNOTE.TXT,
// section 4.5.3).
func (e *zipEntry) sizes64(extra []byte) {
	for len(extra) >= 4 {
		id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if extra = extra[4:]; n > len(extra) {
			return
		}
		if id == 1 {
			e.zip64 = true
			if n >= 16 && e.size == 1<<32-1 && e.packed == 1<<32-1 {
				e.size, e.packed = binary.LittleEndian.Uint64(extra), binary.LittleEndian.Uint64(extra[8:])
			}
		}
		extra = extra[n:]
	}
}

// finish checks the entry whose data has ended.
func (z *zipReader) finish() error {
	z.data = nil
	e := &z.entry
	if e.deferred() {
		if err := z.descriptor(); err != nil {
			return err
		}
	}
	if z.size != e.size || z.crc != e.crc {
		return errors.New("a zip entry's length or checksum is wrong")
	}
	return nil
}

// descriptor reads the sizes behind the data. Its mark is optional, and so a
// checksum that looks like the mark is read as one, as everybody does.
func (z *zipReader) descriptor() error {
	b, err := z.r.Peek(4)
	if err != nil {
		return unexpected(err)
	}
	if string(b[:2]) == "PK" && binary.LittleEndian.Uint16(b[2:]) == zipDescriptor {
		_, _ = z.r.Discard(4)
	}
	width := 4
	if z.entry.zip64 {
		width = 8
	}
	buf, err := readN(z.r, nil, 4+2*width)
	if err != nil {
		return err
	}
	z.entry.crc = binary.LittleEndian.Uint32(buf)
	if z.entry.size = uint64(binary.LittleEndian.Uint32(buf[4+width:])); z.entry.zip64 {
		z.entry.size = binary.LittleEndian.Uint64(buf[4+width:])
	}
	return nil
}
