package parquet

// Page types (parquet.thrift, PageType).
const (
	pageData   = 0
	pageIndex  = 1
	pageDict   = 2
	pageDataV2 = 3
)

// pageHeader is a PageHeader with the fields of whichever page it heads.
type pageHeader struct {
	typ          int32
	uncompressed int32
	compressed   int32
	crc          uint32
	hasCRC       bool
	values       int32 // entries, nulls included
	enc          encoding
	defEnc       encoding // v1 only
	repEnc       encoding
	rows         int32 // v2 only; -1: not said
	nulls        int32 // v2 only
	defLen       int32 // v2 only
	repLen       int32
	plainBytes   bool // v2 only: the values are not compressed
}

// decodePageHeader reads the header at the start of b and gives its length.
func decodePageHeader(b []byte, h *pageHeader) (int, error) {
	*h = pageHeader{typ: -1, rows: -1}
	t := thrift{b: b}
	t.fields(func(id int16, typ byte) {
		switch {
		case typ == tI32 && id == 1:
			h.typ = t.i32()
		case typ == tI32 && id == 2:
			h.uncompressed = t.i32()
		case typ == tI32 && id == 3:
			h.compressed = t.i32()
		case typ == tI32 && id == 4:
			h.crc, h.hasCRC = uint32(t.i32()), true
		case typ == tStruct && (id == 5 || id == 7):
			decodeDataHeader(&t, h)
		case typ == tStruct && id == 8:
			decodeDataHeaderV2(&t, h)
		default:
			t.skip(typ)
		}
	})
	return t.p, t.err
}

// decodeDataHeader reads a DataPageHeader or a DictionaryPageHeader, whose
// first two fields agree.
func decodeDataHeader(t *thrift, h *pageHeader) {
	t.fields(func(id int16, typ byte) {
		switch {
		case typ == tI32 && id == 1:
			h.values = t.i32()
		case typ == tI32 && id == 2:
			h.enc = encoding(t.i32())
		case typ == tI32 && id == 3:
			h.defEnc = encoding(t.i32())
		case typ == tI32 && id == 4:
			h.repEnc = encoding(t.i32())
		default:
			t.skip(typ)
		}
	})
}

func decodeDataHeaderV2(t *thrift, h *pageHeader) {
	t.fields(func(id int16, typ byte) {
		switch {
		case typ == tI32 && id == 1:
			h.values = t.i32()
		case typ == tI32 && id == 2:
			h.nulls = t.i32()
		case typ == tI32 && id == 3:
			h.rows = t.i32()
		case typ == tI32 && id == 4:
			h.enc = encoding(t.i32())
		case typ == tI32 && id == 5:
			h.defLen = t.i32()
		case typ == tI32 && id == 6:
			h.repLen = t.i32()
		case id == 7 && (typ == tTrue || typ == tFalse):
			h.plainBytes = typ == tFalse
		default:
			t.skip(typ)
		}
	})
}

// pageLocation is a PageLocation of an OffsetIndex.
type pageLocation struct {
	off  int64
	len  int32 // header included
	row  int64 // first row, counted in the row group
	null bool  // ColumnIndex: only nulls
	min  []byte
	max  []byte
	// nulls and nans are the ColumnIndex' counts; -1: not said.
	nulls, nans int64
}

// decodeOffsetIndex decodes an OffsetIndex.
func decodeOffsetIndex(b []byte) ([]pageLocation, error) {
	t := &thrift{b: b}
	var out []pageLocation
	t.fields(func(id int16, typ byte) {
		if id != 1 {
			t.skip(typ)
			return
		}
		t.structs(typ, func(int) {
			l := pageLocation{nulls: -1, nans: -1}
			t.fields(func(id int16, typ byte) {
				switch {
				case id == 1 && typ == tI64:
					l.off = t.int()
				case id == 2 && typ == tI32:
					l.len = t.i32()
				case id == 3 && typ == tI64:
					l.row = t.int()
				default:
					t.skip(typ)
				}
			})
			out = append(out, l)
		})
	})
	return out, t.err
}

// decodeColumnIndex decodes a ColumnIndex into the pages of its OffsetIndex.
// It reports false if the two do not belong together.
func decodeColumnIndex(b []byte, pages []pageLocation) (bool, error) {
	t := &thrift{b: b}
	got := 0
	t.fields(func(id int16, typ byte) {
		if id < 1 || id == 4 || id > 5 && id != 8 || typ != tList {
			t.skip(typ)
			return
		}
		n, elem := t.list()
		ok := n == len(pages)
		got |= 1 << id
		if !ok {
			got = -1 << 10
		}
		for i := 0; i < n && t.err == nil; i++ {
			switch {
			case ok && id == 1 && (elem == tTrue || elem == tFalse):
				pages[i].null = t.byte() == tTrue
			case ok && id == 2 && elem == tBinary:
				pages[i].min = t.binary()
			case ok && id == 3 && elem == tBinary:
				pages[i].max = t.binary()
			case ok && id == 5 && elem == tI64:
				pages[i].nulls = t.int()
			case ok && id == 8 && elem == tI64:
				pages[i].nans = t.int()
			default:
				t.skipElem(elem)
			}
		}
	})
	const needed = 1<<1 | 1<<2 | 1<<3
	return got > 0 && got&needed == needed, t.err
}
