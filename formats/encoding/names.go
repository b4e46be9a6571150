package encoding

import (
	"strings"
	"sync"

	x "golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"github.com/glauxdb/glaux/catalog/fault"
)

// entry is an encoding with the names that it goes by. Names are compared
// without case and without anything but letters and digits.
type entry struct {
	name  string // IANA's
	enc   x.Encoding
	wide  wide
	plain bool // UTF-8, or a part of it
	also  string
}

// entries are the encodings. The names are IANA's, Java's (which Hive takes),
// Python's and those of Redshift's COPY.
var entries = []entry{
	{name: "UTF-8", plain: true, also: "utf8 utf-8-sig cp65001 unicode11utf8"},
	{name: "US-ASCII", plain: true, also: "ascii iso646-us ansi_x3.4-1968 cp367 ibm367 646"},
	{name: "UTF-16", wide: wide{size: 2, guess: true}, also: "utf16 unicode x-utf-16 iso-10646-ucs-2 ucs-2 unicodebig"},
	{name: "UTF-16LE", wide: wide{size: 2, little: true}, also: "x-utf-16le-bom unicodelittle unicodelittleunmarked"},
	{name: "UTF-16BE", wide: wide{size: 2}, also: "unicodebigunmarked"},
	{name: "UTF-32", wide: wide{size: 4, guess: true}, also: "utf32 iso-10646-ucs-4 ucs-4"},
	{name: "UTF-32LE", wide: wide{size: 4, little: true}},
	{name: "UTF-32BE", wide: wide{size: 4}},
	{name: "ISO-8859-1", enc: charmap.ISO8859_1, also: "latin1 latin-1 l1 iso88591 iso8859_1 8859_1 cp819 ibm819 iso-ir-100"},
	{name: "ISO-8859-2", enc: charmap.ISO8859_2, also: "latin2 l2 iso8859_2 8859_2"},
	{name: "ISO-8859-3", enc: charmap.ISO8859_3, also: "latin3 l3 iso8859_3 8859_3"},
	{name: "ISO-8859-4", enc: charmap.ISO8859_4, also: "latin4 l4 iso8859_4 8859_4"},
	{name: "ISO-8859-5", enc: charmap.ISO8859_5, also: "cyrillic iso8859_5 8859_5"},
	{name: "ISO-8859-6", enc: charmap.ISO8859_6, also: "arabic iso8859_6 8859_6"},
	{name: "ISO-8859-7", enc: charmap.ISO8859_7, also: "greek iso8859_7 8859_7"},
	{name: "ISO-8859-8", enc: charmap.ISO8859_8, also: "hebrew iso8859_8 8859_8"},
	{name: "ISO-8859-9", enc: charmap.ISO8859_9, also: "latin5 l5 iso8859_9 8859_9"},
	{name: "ISO-8859-10", enc: charmap.ISO8859_10, also: "latin6 l6"},
	{name: "ISO-8859-13", enc: charmap.ISO8859_13, also: "latin7 iso8859_13"},
	{name: "ISO-8859-14", enc: charmap.ISO8859_14, also: "latin8 iso8859_14"},
	{name: "ISO-8859-15", enc: charmap.ISO8859_15, also: "latin9 latin-9 iso8859_15 8859_15"},
	{name: "ISO-8859-16", enc: charmap.ISO8859_16, also: "latin10 iso8859_16"},
	{name: "windows-1250", enc: charmap.Windows1250, also: "cp1250"},
	{name: "windows-1251", enc: charmap.Windows1251, also: "cp1251"},
	{name: "windows-1252", enc: charmap.Windows1252, also: "cp1252 ansi"},
	{name: "windows-1253", enc: charmap.Windows1253, also: "cp1253"},
	{name: "windows-1254", enc: charmap.Windows1254, also: "cp1254"},
	{name: "windows-1255", enc: charmap.Windows1255, also: "cp1255"},
	{name: "windows-1256", enc: charmap.Windows1256, also: "cp1256"},
	{name: "windows-1257", enc: charmap.Windows1257, also: "cp1257"},
	{name: "windows-1258", enc: charmap.Windows1258, also: "cp1258"},
	{name: "windows-874", enc: charmap.Windows874, also: "cp874 x-windows-874 tis-620 ms874"},
	{name: "KOI8-R", enc: charmap.KOI8R},
	{name: "KOI8-U", enc: charmap.KOI8U},
	{name: "macintosh", enc: charmap.Macintosh, also: "mac macroman x-macroman mac_roman"},
	{name: "x-mac-cyrillic", enc: charmap.MacintoshCyrillic, also: "maccyrillic mac_cyrillic"},
	{name: "IBM437", enc: charmap.CodePage437, also: "cp437"},
	{name: "IBM850", enc: charmap.CodePage850, also: "cp850"},
	{name: "IBM852", enc: charmap.CodePage852, also: "cp852"},
	{name: "IBM855", enc: charmap.CodePage855, also: "cp855"},
	{name: "IBM00858", enc: charmap.CodePage858, also: "cp858 ibm858"},
	{name: "IBM860", enc: charmap.CodePage860, also: "cp860"},
	{name: "IBM862", enc: charmap.CodePage862, also: "cp862"},
	{name: "IBM863", enc: charmap.CodePage863, also: "cp863"},
	{name: "IBM865", enc: charmap.CodePage865, also: "cp865"},
	{name: "IBM866", enc: charmap.CodePage866, also: "cp866"},
	{name: "IBM037", enc: charmap.CodePage037, also: "cp037 ebcdic-cp-us ibm-37"},
	{name: "IBM1047", enc: charmap.CodePage1047, also: "cp1047"},
	{name: "IBM01140", enc: charmap.CodePage1140, also: "cp1140 ibm1140"},
	{name: "GBK", enc: simplifiedchinese.GBK, also: "cp936 ms936 windows-936 gb2312 euc_cn euc-cn"},
	{name: "GB18030", enc: simplifiedchinese.GB18030},
	{name: "HZ-GB-2312", enc: simplifiedchinese.HZGB2312, also: "hz"},
	{name: "Big5", enc: traditionalchinese.Big5, also: "cp950 ms950 big5-hkscs"},
	{name: "Shift_JIS", enc: japanese.ShiftJIS, also: "sjis shiftjis ms932 cp932 windows-31j ms_kanji"},
	{name: "EUC-JP", enc: japanese.EUCJP, also: "eucjp ujis"},
	{name: "ISO-2022-JP", enc: japanese.ISO2022JP, also: "jis iso2022jp"},
	{name: "EUC-KR", enc: korean.EUCKR, also: "euckr cp949 ms949 uhc ks_c_5601-1987"},
}

// byKey is made at the first look: tables of single bytes take some memory.
var byKey = sync.OnceValue(func() map[string]*Encoding {
	m := map[string]*Encoding{}
	for _, n := range entries {
		var e *Encoding
		if !n.plain {
			e = &Encoding{name: n.name, wide: n.wide, enc: n.enc}
			if c, ok := n.enc.(*charmap.Charmap); ok {
				e.single = tableOf(n.name, c)
			}
		}
		for _, name := range append(strings.Fields(n.also), n.name) {
			m[key(name)] = e
		}
	}
	return m
})

func key(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, name)
}

// Lookup finds an encoding by a name; nil is UTF-8. An unknown one is 0A000.
func Lookup(name string) (*Encoding, error) {
	e, ok := byKey()[key(name)]
	if !ok {
		return nil, fault.New(fault.CodeFeatureNotSupported, "encoding %q is not supported", name).
			WithHint("Encodings have the names of IANA or Java, for example UTF-8, UTF-16LE, ISO-8859-1, windows-1252, Shift_JIS, GB18030.")
	}
	return e, nil
}
