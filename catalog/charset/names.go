package charset

import (
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// charsets is every encoding that PostgreSQL 15 knows (its manual, 24.3), with the
// names that it takes for it beside its own, without marks. Those without an
// encoding cannot be converted here.
var charsets = []struct {
	name, aliases string
	enc           encoding.Encoding
}{
	{"UTF8", "unicode", nil},
	{"SQL_ASCII", "", nil},
	{"LATIN1", "iso88591", charmap.ISO8859_1},
	{"LATIN2", "iso88592", charmap.ISO8859_2},
	{"LATIN3", "iso88593", charmap.ISO8859_3},
	{"LATIN4", "iso88594", charmap.ISO8859_4},
	{"LATIN5", "iso88599", charmap.ISO8859_9},
	{"LATIN6", "iso885910", charmap.ISO8859_10},
	{"LATIN7", "iso885913", charmap.ISO8859_13},
	{"LATIN8", "iso885914", charmap.ISO8859_14},
	{"LATIN9", "iso885915", charmap.ISO8859_15},
	{"LATIN10", "iso885916", charmap.ISO8859_16},
	{"ISO_8859_5", "", charmap.ISO8859_5},
	{"ISO_8859_6", "", charmap.ISO8859_6},
	{"ISO_8859_7", "", charmap.ISO8859_7},
	{"ISO_8859_8", "", charmap.ISO8859_8},
	{"WIN866", "alt windows866", charmap.CodePage866},
	{"WIN874", "windows874", charmap.Windows874},
	{"WIN1250", "windows1250", charmap.Windows1250},
	{"WIN1251", "win windows1251", charmap.Windows1251},
	{"WIN1252", "windows1252", charmap.Windows1252},
	{"WIN1253", "windows1253", charmap.Windows1253},
	{"WIN1254", "windows1254", charmap.Windows1254},
	{"WIN1255", "windows1255", charmap.Windows1255},
	{"WIN1256", "windows1256", charmap.Windows1256},
	{"WIN1257", "windows1257", charmap.Windows1257},
	{"WIN1258", "abc tcvn tcvn5712 vscii windows1258", charmap.Windows1258},
	{"KOI8R", "koi8", charmap.KOI8R},
	{"KOI8U", "", charmap.KOI8U},
	{"EUC_JP", "", japanese.EUCJP},
	{"EUC_CN", "", simplifiedchinese.GBK},
	{"EUC_KR", "", korean.EUCKR},
	{"SJIS", "mskanji shiftjis win932 windows932", japanese.ShiftJIS},
	{"BIG5", "win950 windows950", traditionalchinese.Big5},
	{"GBK", "win936 windows936", simplifiedchinese.GBK},
	{"UHC", "win949 windows949", korean.EUCKR},
	{"GB18030", "", simplifiedchinese.GB18030},
	{"EUC_TW", "", nil},
	{"EUC_JIS_2004", "", nil},
	{"SHIFT_JIS_2004", "", nil},
	{"JOHAB", "", nil},
	{"MULE_INTERNAL", "", nil},
}

var byName = func() map[string]*Charset {
	m := map[string]*Charset{}
	for _, c := range charsets {
		plain := c.name == "UTF8" || c.name == "SQL_ASCII"
		cs := &Charset{Name: c.name, enc: c.enc, plain: plain, none: c.enc == nil && !plain}
		m[strings.ToLower(strings.ReplaceAll(c.name, "_", ""))] = cs
		for _, alias := range strings.Fields(c.aliases) {
			m[alias] = cs
		}
	}
	return m
}()
