package fn

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// encodeEntries turn binary into text and back.
func encodeEntries() []*Entry {
	to := func(name, doc, want string, f func(b, s []byte) []byte) *Entry {
		return &Entry{Names: []string{name}, Doc: doc, Examples: []Example{{SQL: name + "('abc'::varbinary)", Result: want}},
			overs: []overload{{sig: name + "(varbinary) varchar", scalar: mapText(f)}}}
	}
	from := func(name, doc, arg string, f func(b, s []byte) ([]byte, error)) *Entry {
		return &Entry{Names: []string{name}, Doc: doc, Examples: []Example{{SQL: name + "('" + arg + "')", Result: `\x616263`}},
			overs: []overload{{sig: name + "(varchar) varbinary", scalar: textFn(func(b []byte, s []kernel.Strings, i int) ([]byte, error) {
				out, err := f(b, s[0].At(i))
				if err != nil {
					return b, fault.New(fault.CodeInvalidParameter, "invalid input of %s: %q", name, clipped(s[0].At(i)))
				}
				return out, nil
			})}}}
	}
	toHex := to("to_hex", "Binary as hexadecimal digits in upper case; a number in lower case (postgres).", "616263", upperHex)
	toHex.overs = append(toHex.overs,
		overload{sig: "to_hex(integer) varchar", dialect: pgOnly, scalar: eval(hexNumber[int32, uint32])},
		overload{sig: "to_hex(bigint) varchar", dialect: pgOnly, scalar: eval(hexNumber[int64, uint64])})
	toHex.Examples = append(toHex.Examples, Example{SQL: "to_hex(255)", Result: "ff"})
	return concatAll([]*Entry{
		toHex, from("from_hex", "The binary that hexadecimal digits mean.", "616263", hex.AppendDecode),
		to("to_base64", "Binary in Base64 (RFC 4648).", "YWJj", base64.StdEncoding.AppendEncode), from("from_base64", "The binary behind Base64.", "YWJj", appendBase64),
		to("to_base64url", "Binary in Base64 for URLs (RFC 4648).", "YWJj", base64.URLEncoding.AppendEncode), from("from_base64url", "The binary behind Base64 for URLs.", "YWJj", appendBase64URL),
		to("to_base32", "Binary in Base32 (RFC 4648).", "MFRGG===", base32.StdEncoding.AppendEncode), from("from_base32", "The binary behind Base32.", "MFRGG===", base32.StdEncoding.AppendDecode),
		{Names: []string{"to_utf8"}, Doc: "The bytes of the text.", Examples: []Example{{SQL: "to_utf8('abc')", Result: `\x616263`}},
			overs: []overload{{sig: "to_utf8(varchar) varbinary", scalar: partFn(whole)}}},
		{Names: []string{"from_utf8"}, Doc: "The text of bytes; what is not UTF-8 becomes U+FFFD or the second argument.", Examples: []Example{{SQL: `from_utf8(x'616263')`, Result: "abc"}, {SQL: `from_utf8(x'61ff', '?')`, Result: "a?"}},
			overs: []overload{
				{sig: "from_utf8(varbinary) varchar", scalar: mapText(func(b, s []byte) []byte { return appendValid(b, s, []byte("\uFFFD")) })},
				{sig: "from_utf8(varbinary, varchar) varchar", scalar: textFn(func(b []byte, s []kernel.Strings, i int) ([]byte, error) {
					repl := s[1].At(i)
					if utf8.RuneCount(repl) > 1 {
						return b, fault.New(fault.CodeInvalidParameter, "replacement must be one character or empty")
					}
					return appendValid(b, s[0].At(i), repl), nil
				})},
			}},
	}, encodePG(), encodeNumbers())
}

// clipped shortens bytes for a message.
func clipped(s []byte) []byte { return s[:min(len(s), 64)] }

func upperHex(b, s []byte) []byte {
	n := len(b)
	b = hex.AppendEncode(b, s)
	for i, c := range b[n:] {
		if c >= 'a' {
			b[n+i] = c - 'a' + 'A'
		}
	}
	return b
}

func hexNumber[T int32 | int64, U uint32 | uint64](_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	x, w := kernel.FixedOf[T](args[0]), kernel.NewTextOut(out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		return w.End(i, strconv.AppendUint(w.Start(), uint64(U(x.At(i))), 16))
	})
}

// appendBase64 takes padded and unpadded text.
func appendBase64(b, s []byte) ([]byte, error) {
	return base64.RawStdEncoding.AppendDecode(b, bytes.TrimRight(s, "="))
}

func appendBase64URL(b, s []byte) ([]byte, error) {
	return base64.RawURLEncoding.AppendDecode(b, bytes.TrimRight(s, "="))
}

func appendValid(b, s, repl []byte) []byte {
	for len(s) > 0 {
		r, n := utf8.DecodeRune(s)
		if r == utf8.RuneError && n == 1 {
			b = append(b, repl...)
		} else {
			b = append(b, s[:n]...)
		}
		s = s[n:]
	}
	return b
}

// encodePG are PostgreSQL's functions of the same kind.
func encodePG() []*Entry {
	return []*Entry{
		{Names: []string{"encode"}, Doc: "Binary as text in the format hex, base64 (lines of 76 characters) or escape.", Examples: []Example{{SQL: "encode('abc', 'base64')", Result: "YWJj"}, {SQL: `encode('\x00ff5c61', 'escape')`, Result: `\000\377\\a`}},
			overs: []overload{{sig: "encode(varbinary, varchar) varchar", scalar: textFn(encode)}}},
		{Names: []string{"decode"}, Doc: "The binary behind text in the format hex, base64 or escape.", Examples: []Example{{SQL: "decode('616263', 'hex')", Result: `\x616263`}, {SQL: `decode('a\134b\\c', 'escape')`, Result: `\x615c625c63`}},
			overs: []overload{{sig: "decode(varchar, varchar) varbinary", scalar: textFn(decode)}}},
		{Names: []string{"convert_from"}, Doc: "The text of bytes in an encoding: UTF8, LATIN1 or SQL_ASCII.", Examples: []Example{{SQL: `convert_from('\xe4', 'LATIN1')`, Result: "ä"}},
			overs: []overload{{sig: "convert_from(varbinary, varchar) varchar", scalar: textFn(convertFrom)}}},
		{Names: []string{"convert_to"}, Doc: "The text's bytes in an encoding: UTF8, LATIN1 or SQL_ASCII.", Examples: []Example{{SQL: `convert_to('ä', 'LATIN1')`, Result: `\xe4`}},
			overs: []overload{{sig: "convert_to(varchar, varchar) varbinary", scalar: textFn(convertTo)}}},
		{Names: []string{"get_byte"}, Doc: "Byte n of binary, counted from 0.", Examples: []Example{{SQL: `get_byte('\x1234', 1)`, Result: "52"}},
			overs: []overload{{sig: "get_byte(varbinary, bigint) integer", scalar: eval(getByte)}}},
	}
}

func unknownEncoding(name []byte) error {
	return fault.New(fault.CodeInvalidParameter, "unrecognized encoding: %q", clipped(name)).WithHint("Valid encodings are \"base64\", \"escape\" and \"hex\".")
}

func encode(b []byte, s []kernel.Strings, i int) ([]byte, error) {
	data := s[0].At(i)
	switch strings.ToLower(string(s[1].At(i))) {
	case "hex":
		return hex.AppendEncode(b, data), nil
	case "base64":
		for ; len(data) > 57; data = data[57:] { // 76 characters
			b = append(base64.StdEncoding.AppendEncode(b, data[:57]), '\n')
		}
		return base64.StdEncoding.AppendEncode(b, data), nil
	case "escape":
		for _, c := range data {
			switch {
			case c == 0 || c >= 0x80:
				b = append(b, '\\', '0'+c>>6, '0'+c>>3&7, '0'+c&7)
			case c == '\\':
				b = append(b, '\\', '\\')
			default:
				b = append(b, c)
			}
		}
		return b, nil
	}
	return b, unknownEncoding(s[1].At(i))
}

func decode(b []byte, s []kernel.Strings, i int) (out []byte, err error) {
	text := s[0].At(i)
	switch format := strings.ToLower(string(s[1].At(i))); format {
	case "hex":
		out, err = hex.AppendDecode(b, dropSpace(text))
	case "base64":
		out, err = base64.StdEncoding.AppendDecode(b, dropSpace(text))
	case "escape":
		out, err = unescapeBytes(b, text)
	default:
		return b, unknownEncoding(s[1].At(i))
	}
	if err != nil {
		return b, fault.New(fault.CodeInvalidParameter, "invalid input for decoding from %s: %q", s[1].At(i), clipped(text))
	}
	return out, nil
}

func dropSpace(s []byte) []byte {
	if !bytes.ContainsAny(s, " \t\r\n") {
		return s
	}
	out := make([]byte, 0, len(s))
	for _, c := range s {
		if c != ' ' && (c < '\t' || c > '\r') {
			out = append(out, c)
		}
	}
	return out
}

// unescapeBytes reads bytea's escape format: \\ and \ooo.
func unescapeBytes(b, s []byte) ([]byte, error) {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '\\':
			b = append(b, s[i])
		case i+1 < len(s) && s[i+1] == '\\':
			b = append(b, '\\')
			i++
		case i+3 < len(s) && s[i+1] >= '0' && s[i+1] <= '3' && s[i+2] >= '0' && s[i+2] <= '7' && s[i+3] >= '0' && s[i+3] <= '7':
			b = append(b, (s[i+1]-'0')<<6|(s[i+2]-'0')<<3|(s[i+3]-'0'))
			i += 3
		default:
			return b, hex.ErrLength
		}
	}
	return b, nil
}

// charset gives the canonical name of an encoding.
func charset(name []byte) (string, error) {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return -1
	}, string(clipped(name)))
	switch clean {
	case "utf8", "unicode":
		return "UTF8", nil
	case "latin1", "iso88591":
		return "LATIN1", nil
	case "sqlascii":
		return "SQL_ASCII", nil
	}
	return "", fault.New(fault.CodeInvalidParameter, "encoding %q is not supported", clipped(name)).WithHint("Supported are UTF8, LATIN1 and SQL_ASCII.")
}

func convertFrom(b []byte, s []kernel.Strings, i int) ([]byte, error) {
	enc, err := charset(s[1].At(i))
	if err != nil {
		return b, err
	}
	data := s[0].At(i)
	if enc == "LATIN1" {
		for _, c := range data {
			b = utf8.AppendRune(b, rune(c))
		}
		return b, nil
	}
	if !utf8.Valid(data) {
		return b, fault.New("22021", "invalid byte sequence for encoding \"UTF8\"")
	}
	return append(b, data...), nil
}

func convertTo(b []byte, s []kernel.Strings, i int) ([]byte, error) {
	enc, err := charset(s[1].At(i))
	if err != nil || enc != "LATIN1" {
		return append(b, s[0].At(i)...), err
	}
	for _, r := range string(s[0].At(i)) {
		if r > 0xff {
			return b, fault.New("22P05", "character %q has no equivalent in encoding \"LATIN1\"", r)
		}
		b = append(b, byte(r))
	}
	return b, nil
}

func getByte(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s, dst := kernel.StringsOf(args[0]), vector.Values[int32](out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		data, n := s.At(i), intArg(args, 1, i)
		if n < 0 || n >= int64(len(data)) {
			return fault.New(fault.CodeArraySubscript, "index %d out of valid range, 0..%d", n, len(data)-1)
		}
		dst[i] = int32(data[n])
		return nil
	})
}

// encodeNumbers are numbers as big-endian binary.
func encodeNumbers() []*Entry {
	to := func(name, sig, arg, want string, k kernel.Kernel) *Entry {
		return &Entry{Names: []string{name}, Doc: "The number as big-endian binary.", Examples: []Example{{SQL: name + "(" + arg + ")", Result: want}}, overs: []overload{{sig: name + sig, scalar: eval(k)}}}
	}
	from := func(name, ret, arg, want string, width int, put func(out *vector.Vector, i int, s []byte)) *Entry {
		return &Entry{Names: []string{name}, Doc: "The number that big-endian binary means.", Examples: []Example{{SQL: name + "(" + arg + ")", Result: want}},
			overs: []overload{{sig: name + "(varbinary) " + ret, scalar: eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
				s := kernel.StringsOf(args[0])
				return kernel.EachErr(sel, out.Len, func(i int) error {
					data := s.At(i)
					if len(data) != width {
						return fault.New(fault.CodeInvalidParameter, "expected %d bytes of input, but got %d", width, len(data))
					}
					put(out, i, data)
					return nil
				})
			})}}}
	}
	return []*Entry{
		to("to_big_endian_32", "(integer) varbinary", "258", `\x00000102`, bigEndian(func(b []byte, x int32) []byte { return binary.BigEndian.AppendUint32(b, uint32(x)) })),
		to("to_big_endian_64", "(bigint) varbinary", "258", `\x0000000000000102`, bigEndian(func(b []byte, x int64) []byte { return binary.BigEndian.AppendUint64(b, uint64(x)) })),
		to("to_ieee754_32", "(real) varbinary", "1.0", `\x3f800000`, bigEndian(func(b []byte, x float32) []byte { return binary.BigEndian.AppendUint32(b, math.Float32bits(x)) })),
		to("to_ieee754_64", "(double) varbinary", "1.0", `\x3ff0000000000000`, bigEndian(func(b []byte, x float64) []byte { return binary.BigEndian.AppendUint64(b, math.Float64bits(x)) })),
		from("from_big_endian_32", "integer", "x'00000102'", "258", 4, func(out *vector.Vector, i int, s []byte) {
			vector.Values[int32](out)[i] = int32(binary.BigEndian.Uint32(s))
		}),
		from("from_big_endian_64", "bigint", "x'0000000000000102'", "258", 8, func(out *vector.Vector, i int, s []byte) {
			vector.Values[int64](out)[i] = int64(binary.BigEndian.Uint64(s))
		}),
		from("from_ieee754_32", "real", "x'3f800000'", "1", 4, func(out *vector.Vector, i int, s []byte) {
			vector.Values[float32](out)[i] = math.Float32frombits(binary.BigEndian.Uint32(s))
		}),
		from("from_ieee754_64", "double", "x'3ff0000000000000'", "1", 8, func(out *vector.Vector, i int, s []byte) {
			vector.Values[float64](out)[i] = math.Float64frombits(binary.BigEndian.Uint64(s))
		}),
	}
}

func bigEndian[T vector.Fixed](f func(b []byte, x T) []byte) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		x, w := kernel.FixedOf[T](args[0]), kernel.NewTextOut(out)
		return kernel.EachErr(sel, out.Len, func(i int) error { return w.End(i, f(w.Start(), x.At(i))) })
	}
}
