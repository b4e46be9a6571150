package orc

import (
	"errors"
	"math"

	"github.com/glauxdb/glaux/formats/codec"
)

// This file decodes the messages of orc_proto.proto that reading needs. Lengths
// and counts are checked where they are used.

// typeKind is Type.Kind.
type typeKind uint8

const (
	kindBoolean typeKind = iota
	kindByte
	kindShort
	kindInt
	kindLong
	kindFloat
	kindDouble
	kindString
	kindBinary
	kindTimestamp
	kindList
	kindMap
	kindStruct
	kindUnion
	kindDecimal
	kindDate
	kindVarchar
	kindChar
	kindInstant
	numKinds
)

var kindNames = [numKinds]string{"boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "string", "binary", "timestamp",
	"array", "map", "struct", "uniontype", "decimal", "date", "varchar", "char", "timestamp with local time zone"}

// postScript is the file's last message, which is never compressed.
type postScript struct {
	footer, metadata int64 // lengths
	compression      uint64
	block            int64
	magic            string
	version          uint64 // of the format: the major one times 1 << 16, and the minor one
	writerVersion    uint64
	stats            int64 // length of the stripe statistics of version 2 files
}

func decodePostScript(b []byte) (p postScript, err error) {
	var version []uint64
	err = each(b, func(m *message) {
		switch m.num {
		case 1:
			p.footer = int64(m.v)
		case 2:
			p.compression = m.v
		case 3:
			p.block = int64(m.v)
		case 4:
			version = m.uints(version)
		case 5:
			p.metadata = int64(m.v)
		case 6:
			p.writerVersion = m.v
		case 7:
			p.stats = int64(m.v)
		case 8000:
			p.magic = string(m.data)
		}
	})
	if len(version) == 2 {
		p.version = version[0]<<16 | version[1]&0xffff
	}
	return p, err
}

// codecs maps CompressionKind.
var codecs = map[uint64]codec.Codec{0: codec.None, 1: codec.Deflate, 2: codec.Snappy, 3: codec.LZO, 4: codec.LZ4Raw, 5: codec.Zstd, 6: codec.Brotli}

type stripeInfo struct {
	offset, index, data, footer, rows int64
}

type typeInfo struct {
	kind             typeKind
	kids             []uint64
	names            []string
	maxLen           int64
	precision, scale int64
}

type footer struct {
	stripes  []stripeInfo
	types    []typeInfo
	rows     int64
	stats    []columnStats
	stride   int64 // rows of a row group; 0: no index
	locks    []lock
	writer   uint64 // which implementation wrote the file
	software string // and its release
}

var errKind = errors.New("a type of an unknown kind")

func decodeFooter(b []byte) (f footer, err error) {
	var inner error
	err = each(b, func(m *message) {
		switch m.num {
		case 3:
			var s stripeInfo
			s, inner = decodeStripe(m.data)
			f.stripes = append(f.stripes, s)
		case 4:
			var t typeInfo
			t, inner = decodeType(m.data)
			f.types = append(f.types, t)
		case 6:
			f.rows = int64(m.v)
		case 7:
			var s columnStats
			s, inner = decodeStats(m.data)
			f.stats = append(f.stats, s)
		case 8:
			f.stride = int64(m.v)
		case 9:
			f.writer = m.v
		case 10:
			f.locks, inner = decodeEncryption(m.data)
		case 12:
			f.software = string(m.data)
		}
		if inner != nil {
			m.err = inner
		}
	})
	return f, err
}

func decodeStripe(b []byte) (s stripeInfo, err error) {
	err = each(b, func(m *message) {
		switch m.num {
		case 1:
			s.offset = int64(m.v)
		case 2:
			s.index = int64(m.v)
		case 3:
			s.data = int64(m.v)
		case 4:
			s.footer = int64(m.v)
		case 5:
			s.rows = int64(m.v)
		}
	})
	return s, err
}

func decodeType(b []byte) (t typeInfo, err error) {
	err = each(b, func(m *message) {
		switch m.num {
		case 1:
			if t.kind = typeKind(m.v); m.v >= uint64(numKinds) {
				m.err = errKind
			}
		case 2:
			t.kids = m.uints(t.kids)
		case 3:
			t.names = append(t.names, string(m.data))
		case 4:
			t.maxLen = int64(m.v)
		case 5:
			t.precision = int64(m.v)
		case 6:
			t.scale = int64(m.v)
		}
	})
	return t, err
}

// columnStats is ColumnStatistics. Bounds are raw: what they mean depends on
// the column's type.
type columnStats struct {
	values    int64 // not null; -1: unknown
	hasNull   bool
	nullKnown bool

	ints, doubles, dates, times, decimals bool // which bounds are set
	min, max                              int64
	fmin, fmax                            float64
	text                                  bool
	smin, smax                            string // also of decimals
	exactMin, exactMax                    bool   // of text
}

func decodeStats(b []byte) (s columnStats, err error) {
	s.values = -1
	err = each(b, func(m *message) {
		switch m.num {
		case 1:
			s.values = int64(m.v)
		case 2:
			s.ints = decodeBounds(m, &s, 1, 2)
		case 3:
			s.doubles = decodeDoubles(m, &s)
		case 4:
			s.text = decodeText(m, &s)
		case 6:
			s.decimals = decodeText(m, &s)
		case 7:
			s.dates = decodeBounds(m, &s, 1, 2)
		case 9:
			s.times = decodeBounds(m, &s, 3, 4)
		case 10:
			s.hasNull, s.nullKnown = m.v != 0, true
		}
	})
	return s, err
}

// decodeBounds reads two zigzag numbers; false if one is missing.
func decodeBounds(m *message, s *columnStats, lo, hi int) bool {
	seen := 0
	m.err = each(m.data, func(in *message) {
		switch in.num {
		case lo:
			s.min, seen = in.sint(), seen|1
		case hi:
			s.max, seen = in.sint(), seen|2
		}
	})
	return seen == 3
}

func decodeDoubles(m *message, s *columnStats) bool {
	seen := 0
	m.err = each(m.data, func(in *message) {
		switch in.num {
		case 1:
			s.fmin, seen = in.double(), seen|1
		case 2:
			s.fmax, seen = in.double(), seen|2
		}
	})
	return seen == 3 && !math.IsNaN(s.fmin) && !math.IsNaN(s.fmax)
}

// decodeText reads the bounds of text, which writers cut above 1024 bytes
// (lowerBound, upperBound), and those of decimals.
func decodeText(m *message, s *columnStats) bool {
	seen := 0
	m.err = each(m.data, func(in *message) {
		switch in.num {
		case 1:
			s.smin, s.exactMin, seen = string(in.data), true, seen|1
		case 2:
			s.smax, s.exactMax, seen = string(in.data), true, seen|2
		case 4:
			if !s.exactMin {
				s.smin, seen = string(in.data), seen|1
			}
		case 5:
			if !s.exactMax {
				s.smax, seen = string(in.data), seen|2
			}
		}
	})
	return seen == 3
}

// decodeMetadata reads the statistics of the stripes: one list per stripe, by
// column.
func decodeMetadata(b []byte) (out [][]columnStats, err error) {
	err = each(b, func(m *message) {
		if m.num != 1 {
			return
		}
		var cols []columnStats
		m.err = each(m.data, func(in *message) {
			if in.num == 1 {
				var s columnStats
				s, in.err = decodeStats(in.data)
				cols = append(cols, s)
			}
		})
		out = append(out, cols)
	})
	return out, err
}

// streamKind is Stream.Kind.
type streamKind uint8

const (
	streamPresent    streamKind = 0
	streamData       streamKind = 1
	streamLength     streamKind = 2
	streamDictionary streamKind = 3
	streamSecondary  streamKind = 5
	numStreams       streamKind = 6 // of the above
	streamIndex      streamKind = 6 // ROW_INDEX
	streamBloom      streamKind = 7
	streamBloomUTF8  streamKind = 8
)

type streamInfo struct {
	kind   uint64
	column uint64
	length int64
}

type encoding struct {
	kind uint64 // 0 direct, 1 dictionary, 2 direct v2, 3 dictionary v2
	dict uint64 // entries of the dictionary
}

func (e encoding) dictionary() bool { return e.kind&1 != 0 }

// v2 says that integers are in run length encoding version 2.
func (e encoding) v2() bool { return e.kind >= 2 }

type stripeFooter struct {
	streams []streamInfo
	columns []encoding
	zone    string
}

func decodeStripeFooter(b []byte) (f stripeFooter, err error) {
	err = each(b, func(m *message) {
		switch m.num {
		case 1:
			var s streamInfo
			m.err = each(m.data, func(in *message) {
				switch in.num {
				case 1:
					s.kind = in.v
				case 2:
					s.column = in.v
				case 3:
					s.length = int64(in.v)
				}
			})
			f.streams = append(f.streams, s)
		case 2:
			var e encoding
			m.err = each(m.data, func(in *message) {
				switch in.num {
				case 1:
					e.kind = in.v
				case 2:
					e.dict = in.v
				}
			})
			f.columns = append(f.columns, e)
		case 3:
			f.zone = string(m.data)
		}
	})
	return f, err
}
