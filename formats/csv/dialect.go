package csv

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/cleanse"
	"github.com/glauxdb/glaux/formats/encoding"
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
	delim   byte   // the delimiter's first byte
	more    []byte // and the others
	line    []byte // what ends records; nil: a line break, with or without a carriage return
	fixed   []int  // fields have these widths in characters, and there is no delimiter
	quote   byte   // 0: none
	escape  byte   // inside quotes; the quote itself where only doubling counts
	outside byte   // the escape character outside quotes; 0: none
	header  int    // records to skip
	multi   multiline

	null      []byte // the text of NULL
	hasNull   bool
	policy    cleanse.Policy // of values that cannot be read
	epoch     textval.Epoch
	keepBlank bool // blank lines are rows

	enc    *encoding.Encoding // that the table declares; nil: UTF-8
	lazy   bool               // nested values are spelled with levels
	levels []byte             // Hive's separators below the delimiter: of elements, of keys and values, and so on
	rest   bool               // the last column takes what is left of the record
	breaks bool               // behind outside, n and r are line breaks
}

// gap is how many bytes lie between two fields.
func (d *dialect) gap() int {
	if d.fixed != nil {
		return 0
	}
	return 1 + len(d.more)
}

// general reports whether the text is not cut at single bytes and line breaks.
func (d *dialect) general() bool { return len(d.more) > 0 || d.line != nil }

// delimiter gives the delimiter's bytes.
func (d *dialect) delimiter() []byte { return append([]byte{d.delim}, d.more...) }

// ending gives what ends records.
func (d *dialect) ending() []byte {
	if d.line == nil {
		return newline
	}
	return d.line
}

var newline = []byte{'\n'}

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
		d = lazyDialect()
	case strings.Contains(serde, serdeOpenCSV):
		d = dialect{delim: ',', quote: '"', escape: '\\'}
	case strings.Contains(serde, serdeMulti):
		d = lazyDialect()
	}
	d.parseDelimiter(props, strings.Contains(serde, serdeMulti))
	for _, p := range []struct {
		key    string
		dst    *byte
		number bool // Hive reads a number as a character's code
	}{
		{"quotechar", &d.quote, false}, {"escapechar", &d.escape, false}, {"escape.delim", &d.outside, true},
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
	if err := d.parseMultiline(props); err != nil {
		return err
	}
	d.rest = strings.EqualFold(props["serialization.last.column.takes.rest"], "true")
	d.breaks = strings.EqualFold(props["serialization.escape.crlf"], "true")
	if err := d.parseLevels(props); err != nil {
		return err
	}
	if err := d.parseFixed(props); err != nil {
		return err
	}
	own := textval.MalformedError
	if d.lazy {
		own = textval.MalformedNull
	}
	malformed, ok := textval.ParseMalformed(props[textval.PropertyMalformed], own)
	if !ok {
		return badProperty(textval.PropertyMalformed, props[textval.PropertyMalformed], "error, null or reject")
	}
	policy, err := cleanse.Parse(props)
	if err != nil {
		return err
	}
	d.policy = policy.With(malformed.Action(), strings.TrimSpace(props[textval.PropertyMalformed]) == "")
	if by := &d.policy.By[cleanse.InvalidChar]; *by == cleanse.Disabled && malformed != textval.MalformedNull {
		*by = malformed.Action() // else what is invalid is replaced by U+FFFD
	}
	if d.epoch, ok = textval.ParseEpoch(props[propertyEpoch]); !ok {
		return badProperty(propertyEpoch, props[propertyEpoch], "seconds, millis or micros")
	}
	if d.quote == 0 {
		d.multi = multiNo
	}
	return nil
}

// parseMultiline reads whether quoted fields have line breaks: Spectrum's name for
// it, and ours.
func (d *dialect) parseMultiline(props map[string]string) error {
	for _, key := range []string{"wholefile", "multiline"} {
		switch v := strings.ToLower(props[key]); v {
		case "":
		case "true":
			d.multi = multiYes
		case "false":
			d.multi = multiNo
		default:
			return badProperty(key, v, "true or false")
		}
	}
	return nil
}

func (d *dialect) check() error {
	delim, line := d.delimiter(), d.ending()
	ends := func(c byte) bool { return c != 0 && bytes.IndexByte(line, c) >= 0 }
	switch {
	case d.delim == 0:
		return badProperty("field.delim", string(delim), "another character than NUL")
	case bytes.Contains(delim, line), d.line == nil && bytes.IndexByte(delim, '\r') >= 0:
		return badProperty("field.delim", string(delim), "a character that does not end lines")
	case d.quote != 0 && bytes.IndexByte(delim, d.quote) >= 0:
		return badProperty("quotechar", string(d.quote), "another character than the delimiter")
	case ends(d.quote) || ends(d.escape) || ends(d.outside):
		return badProperty("quotechar", string(line), "a character that does not end lines")
	case d.outside != 0 && bytes.IndexByte(delim, d.outside) >= 0:
		return badProperty("escape.delim", string(d.outside), "another character than the delimiter")
	}
	return nil
}

func badProperty(key, value, want string) error {
	return fault.New(fault.CodeInvalidParameter, "property %q is %q: expected %s", key, value, want)
}

var bom = []byte("\xef\xbb\xbf")

func trimBOM(b []byte) []byte { return bytes.TrimPrefix(b, bom) }
