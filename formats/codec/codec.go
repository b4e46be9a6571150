// Package codec holds the compression codecs: whole blocks (Decompress,
// Compress: pages of columnar files) and streams (NewReader: compressed text
// files). Decoders and encoders are pooled.
//
//	pages  ── Decompress(codec, dst, src, size) ──> exactly size bytes
//	blocks ── Append(codec, dst, src, limit) ──> at most limit bytes, where no size is stored
//	files  ── Judge(ByExtension(name), head) ── NewReader(codec, r) ──> io.ReadCloser
//
// Nothing here trusts a length that it reads: a block never grows past the
// declared size, and memory grows with what has been decoded, not with what a
// header claims.
package codec

import (
	"bytes"
	"encoding/binary"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Codec names a compression format.
type Codec uint8

// The codecs. Each is a block codec, a stream codec, or both.
const (
	None      Codec = iota // block, stream
	Snappy                 // block: raw snappy; stream: framed snappy, Hadoop's blocks or one raw block
	Gzip                   // block, stream (any number of members)
	Zstd                   // block, stream (any number of frames)
	Brotli                 // block, stream
	LZ4Raw                 // block: one LZ4 block without framing
	LZ4Hadoop              // block: LZ4 blocks with Hadoop's length prefixes
	LZ4                    // stream: LZ4 frames or Hadoop's blocks
	Bzip2                  // block, stream (any number of streams)
	Zlib                   // block, stream (.deflate of Hadoop)
	Zip                    // stream: an archive that holds one file
	Deflate                // block, stream: RFC 1951 without a frame (Avro, ORC)
	XZ                     // block (Append only), stream (any number of streams)
	LZO                    // block of unknown size: LZO1X (ORC); stream: lzop's files or Hadoop's blocks
	numCodecs
)

var names = [numCodecs]string{
	None: "none", Snappy: "snappy", Gzip: "gzip", Zstd: "zstd", Brotli: "brotli", LZ4Raw: "lz4_raw",
	LZ4Hadoop: "lz4_hadoop", LZ4: "lz4", Bzip2: "bzip2", Zlib: "zlib",
	Zip: "zip", Deflate: "raw_deflate", XZ: "xz", LZO: "lzo",
}

// String gives the codec's lower-case name, as Parse reads it.
func (c Codec) String() string {
	if c < numCodecs {
		return names[c]
	}
	return "unknown"
}

// Parse finds a codec by the name that a catalog or a user writes. The empty
// name and "uncompressed" are None.
func Parse(name string) (Codec, error) {
	switch n := strings.ToLower(name); n {
	case "", "uncompressed":
		return None, nil
	case "bzip", "bz2":
		return Bzip2, nil
	case "gz":
		return Gzip, nil
	case "zst", "zstandard":
		return Zstd, nil
	case "deflate":
		return Zlib, nil
	case "lzop":
		return LZO, nil
	default:
		for c, s := range names {
			if s == n {
				return Codec(c), nil
			}
		}
	}
	return None, fault.New(fault.CodeFeatureNotSupported, "compression %q is not supported", name).
		WithHint("Supported: none, gzip, bzip2, zstd, snappy, lz4, brotli, zlib, xz, lzo, zip.")
}

var extensions = map[string]Codec{
	".gz": Gzip, ".gzip": Gzip, ".bz2": Bzip2, ".zst": Zstd, ".zstd": Zstd, ".snappy": Snappy, ".sz": Snappy, ".hsnappy": Snappy,
	".lz4": LZ4, ".br": Brotli, ".deflate": Zlib, ".zlib": Zlib, ".zz": Zlib,
	".zip": Zip, ".xz": XZ, ".lzo": LZO, ".lzop": LZO, ".lzo_deflate": LZO,
}

// ByExtension gives the stream codec that an object's name ends in, None if
// it ends in no known one.
func ByExtension(name string) Codec { return extensions[strings.ToLower(path.Ext(name))] }

// TrimExtension cuts the codec's extension off a name: "a.csv.gz" gives
// "a.csv".
func TrimExtension(name string) string {
	if ByExtension(name) == None {
		return name
	}
	return name[:len(name)-len(path.Ext(name))]
}

var magics = []struct {
	magic string
	codec Codec
}{
	{"\x1f\x8b\x08", Gzip},
	{"\x28\xb5\x2f\xfd", Zstd},
	{"BZh", Bzip2},
	{"\x04\x22\x4d\x18", LZ4},
	{"\x02\x21\x4c\x18", LZ4}, // the frame of before version 1.4
	{snappyMagic, Snappy},
	{"PK\x03\x04", Zip},
	{"PK\x05\x06", Zip}, // an empty archive
	{xzMagic, XZ},
	{lzopMagic, LZO},
	{"\x78\x01", Zlib},
	{"\x78\x9c", Zlib},
}

// Detect recognizes a compressed stream by its first bytes (16 are enough,
// unless skippable frames come first). Brotli, Hadoop's block streams, raw
// snappy and some levels of zlib have no safe mark and are found by their
// extension only.
func Detect(head []byte) Codec {
	head = afterSkippable(head)
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.magic)) && (m.codec != Bzip2 || isBzip2(head)) {
			return m.codec
		}
	}
	return None
}

// Judge gives the compression of an object that is expected to be of a codec
// (its name says so, or its table), from its first bytes: another codec whose
// mark they bear; nothing, where text stands instead of the codec's mark, as
// servers that decompress what they pass on leave it; else what was expected.
// Zlib's two bytes are no mark here: a letter and Hive's delimiter look the same.
func Judge(expected Codec, head []byte) Codec {
	if len(head) == 0 || expected == Brotli {
		return expected
	}
	switch c := Detect(head); {
	case c != None && c != Zlib:
		return c
	case marked(expected) && looksLikeText(head):
		return None
	}
	return expected
}

// marked reports whether every stream of a codec begins with a mark that
// Detect knows, or at least otherwise than text does.
func marked(c Codec) bool {
	switch c {
	case Gzip, Zstd, Bzip2, Zip, XZ, LZ4, LZO: // or, Hadoop's blocks, with a zero
		return true
	}
	return false
}

// looksLikeText reports whether bytes are UTF-8 without control characters that
// no text has. 64 compressed bytes never are.
func looksLikeText(head []byte) bool {
	head = head[:min(len(head), 64)]
	for _, c := range head {
		if (c == 0 || c > 3) && c < ' ' && c != '\t' && c != '\n' && c != '\r' { // 1 to 3: Hive's delimiters
			return false
		}
	}
	for i := 0; i <= 3 && i <= len(head); i++ { // the last letter may be cut
		if utf8.Valid(head[:len(head)-i]) {
			return true
		}
	}
	return false
}

// afterSkippable passes over the skippable frames that zstd and LZ4 share
// (RFC 8878, section 3.1.2), as long as the next frame is in sight.
func afterSkippable(head []byte) []byte {
	for b := head; ; {
		if len(b) < 8 || !isSkippable(b) {
			return b
		}
		n := uint64(binary.LittleEndian.Uint32(b[4:]))
		if n > uint64(len(b)-8) {
			return head
		}
		b = b[8+n:]
	}
}

// isBzip2 checks the level digit and the block or end-of-stream mark behind
// it: three letters alone could begin a text.
func isBzip2(head []byte) bool {
	if len(head) < 10 || head[3] < '1' || head[3] > '9' {
		return false
	}
	mark := string(head[4:10])
	return mark == "\x31\x41\x59\x26\x53\x59" || mark == "\x17\x72\x45\x38\x50\x90"
}

func corrupt(c Codec, cause error) error {
	return fault.Wrap(cause, fault.CodeDataCorrupted, "corrupt %s data: %v", c, cause)
}

func corruptf(c Codec, format string, args ...any) error {
	return fault.New(fault.CodeDataCorrupted, "corrupt "+c.String()+" data: "+format, args...)
}
