package partition

import (
	"strings"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog"
)

// KV is one k=v folder of a path, unescaped.
type KV struct{ Key, Value string }

const hexDigits = "0123456789ABCDEF"

// mustEscape reports whether Hive writes the byte as %XX in a partition
// directory (org.apache.hadoop.hive.common.FileUtils): the control characters,
// DEL and what means something in a path, a URL or a shell pattern.
func mustEscape(c byte) bool {
	if c < 0x20 || c == 0x7F {
		return true
	}
	switch c {
	case '"', '#', '%', '\'', '*', '/', ':', '=', '?', '\\', '{', '[', ']', '^':
		return true
	}
	return false
}

// AppendEscaped appends a key or a value as Hive spells it in a path. The empty
// text, which no directory can spell, becomes catalog.HiveNull.
func AppendEscaped(b []byte, s string) []byte {
	if s == "" {
		return append(b, catalog.HiveNull...)
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; mustEscape(c) {
			b = append(b, '%', hexDigits[c>>4], hexDigits[c&15])
		} else {
			b = append(b, c)
		}
	}
	return b
}

// Unescape undoes AppendEscaped: %XX becomes the byte XX, and a percent sign
// that no two hexadecimal digits follow stays, as in Hive. A result that is not
// UTF-8 is not taken; the text then stays as it was.
func Unescape(s string) string {
	at := strings.IndexByte(s, '%')
	if at < 0 {
		return s
	}
	b := append(make([]byte, 0, len(s)), s[:at]...)
	for i := at; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			hi, lo := unhex(s[i+1]), unhex(s[i+2])
			if hi >= 0 && lo >= 0 {
				b = append(b, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	if !utf8.Valid(b) {
		return s
	}
	return string(b)
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// ParseSegment reads one folder name as k=v; false if it has no such form. The
// first equals sign separates.
func ParseSegment(segment string) (KV, bool) {
	k, v, ok := strings.Cut(segment, "=")
	if !ok || k == "" {
		return KV{}, false
	}
	return KV{Key: Unescape(k), Value: Unescape(v)}, true
}

// ParsePath reads the k=v folders of a path relative to a table's location, in
// their order. Other folders are passed over; a last segment without a slash
// behind it is a file's name and not looked at.
func ParsePath(rel string) []KV {
	var kvs []KV
	for {
		segment, rest, ok := strings.Cut(rel, "/")
		if !ok {
			return kvs
		}
		if kv, is := ParseSegment(segment); is {
			kvs = append(kvs, kv)
		}
		rel = rest
	}
}

// AppendPath appends the Hive path of one partition, k=v/k=v, without slashes
// at its ends. Values are texts, parallel to keys.
func AppendPath(b []byte, keys []catalog.Column, values []string) []byte {
	for i := range keys {
		if i > 0 {
			b = append(b, '/')
		}
		b = AppendEscaped(b, keys[i].Name)
		b = append(b, '=')
		b = AppendEscaped(b, values[i])
	}
	return b
}

// Path gives the Hive path of one partition: dt=2024-01-01/hour=7.
func Path(keys []catalog.Column, values []string) string {
	return string(AppendPath(nil, keys, values))
}

// Location gives a partition's location: its own, or the table's plus the Hive
// path of its values.
func Location(t *catalog.Table, p *catalog.Partition) string {
	if p.Location != "" {
		return p.Location
	}
	return Join(t.Storage.Location, Path(t.PartitionKeys, p.Values)) + "/"
}

// Join puts a relative path below a location.
func Join(location, rel string) string {
	if location == "" || strings.HasSuffix(location, "/") {
		return location + rel
	}
	return location + "/" + rel
}
