package csv

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/textval"
)

// multiline says whether a quoted field may hold line breaks.
type multiline uint8

const (
	multiAuto multiline = iota
	multiYes
	multiNo
)

// dialect is what the properties say about the text.
type dialect struct {
	delim   byte
	quote   byte // 0: none
	escape  byte // inside quotes; the quote itself where only doubling counts
	outside byte // the escape character outside quotes; 0: none
	header  int  // records to skip
	multi   multiline

	null      []byte // the text of NULL
	hasNull   bool
	malformed textval.Malformed
	epoch     textval.Epoch
	keepBlank bool // blank lines are rows
}

const (
	serdeLazy    = "lazysimple"
	serdeOpenCSV = "opencsv"
	serdeMulti   = "multidelimit"
)

// parseDialect reads the properties; see the package comment.
func parseDialect(props map[string]string) (dialect, error) {
	serde := strings.ToLower(props["serialization.lib"])
	d := dialect{delim: ',', quote: '"', escape: '"', hasNull: true}
	switch {
	case strings.Contains(serde, serdeLazy):
		d = dialect{delim: 1, null: []byte(`\N`), hasNull: true, malformed: textval.MalformedNull, keepBlank: true}
	case strings.Contains(serde, serdeOpenCSV):
		d = dialect{delim: ',', quote: '"', escape: '\\'}
	case strings.Contains(serde, serdeMulti):
		return d, fault.New(fault.CodeFeatureNotSupported, "delimiters of several characters are not supported")
	}
	for _, p := range []struct {
		key    string
		dst    *byte
		number bool // Hive reads a number as a character's code
	}{
		{"serialization.format", &d.delim, true}, {"delimiter", &d.delim, false}, {"field.delim", &d.delim, true},
		{"separatorchar", &d.delim, false}, {"quotechar", &d.quote, false}, {"escapechar", &d.escape, false},
		{"escape.delim", &d.outside, true},
	} {
		if err := parseChar(props, p.key, p.number, p.dst); err != nil {
			return d, err
		}
	}
	if _, set := props["escapechar"]; d.escape == 0 || !set && d.escape == '"' {
		d.escape = d.quote
	}
	if err := d.parseRest(props); err != nil {
		return d, err
	}
	return d, d.check()
}

// propertyEpoch says what integers in columns of timestamps count.
const propertyEpoch = "timestamp.epoch"

func (d *dialect) parseRest(props map[string]string) error {
	if v, ok := props["serialization.null.format"]; ok {
		d.null, d.hasNull = []byte(v), true
	}
	if v := props["skip.header.line.count"]; v != "" {
		n, err := strconv.Atoi(strings.TrimSpace(v))
		if err != nil || n < 0 {
			return badProperty("skip.header.line.count", v, "a number")
		}
		d.header = n
	}
	switch v := strings.ToLower(props["multiline"]); v {
	case "":
	case "true":
		d.multi = multiYes
	case "false":
		d.multi = multiNo
	default:
		return badProperty("multiline", v, "true or false")
	}
	var ok bool
	if d.malformed, ok = textval.ParseMalformed(props[textval.PropertyMalformed], d.malformed); !ok {
		return badProperty(textval.PropertyMalformed, props[textval.PropertyMalformed], "error, null or reject")
	}
	if d.epoch, ok = textval.ParseEpoch(props[propertyEpoch]); !ok {
		return badProperty(propertyEpoch, props[propertyEpoch], "seconds, millis or micros")
	}
	if d.quote == 0 {
		d.multi = multiNo
	}
	return nil
}

func (d *dialect) check() error {
	switch {
	case d.delim == '\n' || d.delim == '\r' || d.delim == 0:
		return badProperty("field.delim", string(d.delim), "a character that does not end lines")
	case d.quote == d.delim:
		return badProperty("quotechar", string(d.quote), "another character than the delimiter")
	case d.quote == '\n' || d.escape == '\n' || d.outside == '\n':
		return badProperty("quotechar", "\n", "a character that does not end lines")
	case d.outside == d.delim:
		return badProperty("escape.delim", string(d.outside), "another character than the delimiter")
	}
	return nil
}

func badProperty(key, value, want string) error {
	return fault.New(fault.CodeInvalidParameter, "property %q is %q: expected %s", key, value, want)
}

// parseChar reads a property that names one byte: itself, an escape (\t, \001,
// \u0001) or, where Hive does so, its decimal code.
func parseChar(props map[string]string, key string, number bool, dst *byte) error {
	v, ok := props[key]
	if !ok {
		return nil
	}
	if n, err := strconv.ParseUint(v, 10, 7); number && err == nil {
		*dst = byte(n)
		return nil
	}
	switch {
	case len(v) == 0:
		if key == "quotechar" || key == "escapechar" {
			*dst = 0
		}
		return nil
	case len(v) == 1:
		*dst = v[0]
		return nil
	case v == `\\`:
		*dst = '\\'
		return nil
	case v == `\"` || v == `\'`:
		*dst = v[1]
		return nil
	}
	if n, err := strconv.ParseUint(strings.TrimPrefix(v, `\`), 8, 7); err == nil && v[0] == '\\' {
		*dst = byte(n)
		return nil
	}
	if s, err := strconv.Unquote(`"` + v + `"`); err == nil && len(s) == 1 {
		*dst = s[0]
		return nil
	}
	return badProperty(key, v, "one character of ASCII")
}

var bom = []byte("\xef\xbb\xbf")

func trimBOM(b []byte) []byte { return bytes.TrimPrefix(b, bom) }

// checkUTF16 refuses files that begin with the mark of UTF-16.
func checkUTF16(b []byte) error {
	if bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")) {
		return fault.New(fault.CodeFeatureNotSupported, "the file is in UTF-16; only UTF-8 text is supported").
			WithHint("Convert it, for example with iconv -f UTF-16 -t UTF-8.")
	}
	return nil
}
