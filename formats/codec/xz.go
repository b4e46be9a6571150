package codec

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"github.com/ulikunitz/xz"

	"github.com/glauxdb/glaux/catalog/fault"
)

// maxXZDict bounds the window that an xz stream asks for, which its decoder
// makes at once: the highest preset of xz has 64 MiB, headers may say 4 GiB.
const maxXZDict = 64 << 20

// appendXZ decodes one xz stream and checks its checksums.
func appendXZ(dst, src []byte, limit int) ([]byte, error) {
	dict, ok := xzDict(src)
	if !ok {
		return dst, corruptf(XZ, "the block's header is invalid")
	}
	if dict > maxXZDict {
		return dst, fault.New(fault.CodeProgramLimit, "xz data needs a dictionary of %d bytes, more than %d", dict, maxXZDict)
	}
	d, err := xz.ReaderConfig{DictCap: 4096, SingleStream: true}.NewReader(bytes.NewReader(src))
	if err != nil {
		return dst, corrupt(XZ, err)
	}
	at := len(dst)
	for {
		if len(dst) == cap(dst) {
			dst = grown(dst, max(4096, 4*len(src), len(dst)-at))
		}
		n, err := d.Read(dst[len(dst):min(cap(dst), at+limit+1)])
		dst = dst[:len(dst)+n]
		switch {
		case len(dst)-at > limit:
			return dst[:at], tooLong(XZ, limit)
		case err == io.EOF:
			return dst, nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			return dst[:at], corruptf(XZ, "the block ends too early")
		case err != nil:
			return dst[:at], corrupt(XZ, err)
		}
	}
}

// xzDict gives the size of the dictionary that the first block of a stream asks
// for (The .xz File Format 1.2.1, sections 2.1, 3.1 and 5.3.1); 0 for a stream
// without blocks.
func xzDict(src []byte) (int64, bool) {
	const streamHeader, lzma2 = 12, 0x21
	if len(src) < streamHeader+2 || src[streamHeader] == 0 {
		return 0, len(src) >= streamHeader+2
	}
	size := (int(src[streamHeader]) + 1) * 4
	if len(src) < streamHeader+size {
		return 0, false
	}
	b, flags := src[streamHeader+2:streamHeader+size], src[streamHeader+1]
	next := func() (uint64, bool) {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			return 0, false
		}
		b = b[n:]
		return v, true
	}
	for _, sized := range []byte{0x40, 0x80} {
		if flags&sized != 0 {
			if _, ok := next(); !ok {
				return 0, false
			}
		}
	}
	for range flags&3 + 1 {
		id, ok := next()
		n, ok2 := next()
		if !ok || !ok2 || n > uint64(len(b)) {
			return 0, false
		}
		if id == lzma2 && n == 1 {
			return xzDictSize(b[0])
		}
		b = b[n:]
	}
	return 0, false
}

// xzDictSize decodes the one byte that says a dictionary's size.
func xzDictSize(bits byte) (int64, bool) {
	if bits > 40 {
		return 0, false
	}
	return int64(2|bits&1) << (bits/2 + 11), true
}
