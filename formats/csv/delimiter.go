package csv

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/encoding"
	"github.com/glauxdb/glaux/formats/lines"
	"github.com/glauxdb/glaux/formats/textval"
)

// lazyDialect is what Hive's LazySimpleSerDe reads without properties.
func lazyDialect() dialect {
	return dialect{delim: 1, null: []byte(`\N`), hasNull: true, keepBlank: true, lazy: true}
}

// parseDelimiter reads what separates fields, and records. A number is a byte's
// value, as Hive has it, which tells bytes from -128 on; not where literal says
// that the delimiter is meant as it stands.
func (d *dialect) parseDelimiter(props map[string]string, literal bool) {
	for _, p := range []struct {
		key    string
		number bool
	}{{"serialization.format", true}, {"delimiter", false}, {"field.delim", !literal}, {"separatorchar", false}} {
		v := props[p.key]
		if v == "" {
			continue
		}
		text := textval.Characters(v, p.number)
		d.delim, d.more = text[0], slices.Clip(text[1:])
		if len(d.more) == 0 {
			d.more = nil
		}
	}
	d.line = lines.Ending(props)
}

// parseChar reads a property that names one byte, as textval.Characters does.
func parseChar(props map[string]string, key string, number bool, dst *byte) error {
	v, ok := props[key]
	switch {
	case !ok:
		return nil
	case v == "":
		if key == "quotechar" || key == "escapechar" {
			*dst = 0
		}
		return nil
	}
	text := textval.Characters(v, number)
	if len(text) != 1 {
		return badProperty(key, v, "one character of ASCII")
	}
	*dst = text[0]
	return nil
}

// parseLevels reads the separators of nested values: of the elements of arrays,
// maps and rows, of keys and values, and those of the levels below, which have no
// properties. These are Hive's: the control characters from \004 on that no text
// has.
func (d *dialect) parseLevels(props map[string]string) error {
	d.levels = append(d.levels[:0], 2, 3)
	for _, p := range []struct {
		key string
		dst *byte
	}{{"collection.delim", &d.levels[0]}, {"colelction.delim", &d.levels[0]}, {"mapkey.delim", &d.levels[1]}} { // Hive 2 misspells it
		if err := parseChar(props, p.key, true, p.dst); err != nil {
			return err
		}
	}
	for c := byte(4); c <= 29; c++ {
		if c != '\t' && c != '\n' && c != '\f' && c != '\r' && c != 27 {
			d.levels = append(d.levels, c)
		}
	}
	return nil
}

// maxWidth bounds the fields of fixed width.
const maxWidth = 1 << 20

// parseFixed reads the widths of fields that nothing separates, as FIXEDWIDTH of
// Redshift's COPY has them: label:width,label:width,... where the labels say
// nothing and may be left out.
func (d *dialect) parseFixed(props map[string]string) error {
	v := props[propertyFixed]
	if v == "" {
		return nil
	}
	for _, part := range strings.Split(v, ",") {
		width := part[strings.LastIndexByte(part, ':')+1:]
		n, err := strconv.Atoi(strings.TrimSpace(width))
		if err != nil || n < 1 || n > maxWidth {
			return badProperty(propertyFixed, v, "widths in characters, such as id:8,name:20")
		}
		d.fixed = append(d.fixed, n)
	}
	if _, set := props["serialization.null.format"]; !set {
		d.null, d.hasNull = nil, true // blanks are no value
	}
	d.quote, d.escape, d.outside, d.multi = 0, 0, 0, multiNo
	return nil
}

// propertyFixed names the widths of fields.
const propertyFixed = "fixedwidth"

// fits refuses a table with more columns than there are widths.
func (d *dialect) fits(columns int) error {
	if d.fixed != nil && columns > len(d.fixed) {
		return fault.New(fault.CodeInvalidParameter, "property %q has %d widths, and the table %d columns", propertyFixed, len(d.fixed), columns)
	}
	return nil
}

// decode says in which encoding the files are: a delimiter that was given as a byte
// of it is what this byte is in the text.
func (d *dialect) decode(e *encoding.Encoding) {
	d.enc = e
	if !e.Single() || d.delim < utf8.RuneSelf || len(d.more) > 0 {
		return
	}
	text := e.Append(nil, []byte{d.delim})
	d.delim, d.more = text[0], text[1:]
}
