package plan

import (
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/charset"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// CopyOption is an option of COPY as it was written: Value is "true" without one.
// A list of columns has commas between them, * stands for all.
type CopyOption struct {
	Name, Value string
	Pos         int // 1-based, in characters
}

// CopyOptions say how COPY writes or reads rows (PostgreSQL 15, COPY). The formats
// are text, csv and binary as PostgreSQL's, and two that are only written: parquet, a
// whole file, and arrow, an IPC stream.
type CopyOptions struct {
	Format                   string
	Header, Match            bool
	Delimiter, Quote, Escape byte
	Null                     string
	ForceQuote               []string // columns; "*" is all
	ForceNotNull, ForceNull  []string
	Encoding                 string // PostgreSQL's name; empty: the client's encoding
}

// copyFormats are the formats that COPY knows.
var copyFormats = []string{"text", "csv", "binary", "parquet", "arrow"}

// File reports whether the rows are written as a file of another format, with none
// of PostgreSQL's options.
func (o *CopyOptions) File() bool { return o.Format == "parquet" || o.Format == "arrow" }

// NewCopyOptions reads the options of COPY TO, or with from of COPY FROM.
func NewCopyOptions(list []CopyOption, from bool) (*CopyOptions, error) {
	c := copyCheck{o: &CopyOptions{Format: "text"}, given: map[string]string{}, from: from}
	for _, x := range list {
		name := strings.ToLower(x.Name)
		if _, twice := c.given[name]; twice {
			return nil, fault.New(fault.CodeSyntax, "conflicting or redundant options").At(x.Pos)
		}
		c.given[name] = x.Value
		if err := c.option(name, x); err != nil {
			return nil, err
		}
	}
	if err := c.characters(); err != nil {
		return nil, err
	}
	return c.o, c.modes()
}

// copyCheck reads options and judges them together.
type copyCheck struct {
	o     *CopyOptions
	given map[string]string
	from  bool
}

// option reads one of them.
func (c *copyCheck) option(name string, x CopyOption) error {
	switch name {
	case "format":
		c.o.Format = strings.ToLower(x.Value)
		if !slices.Contains(copyFormats, c.o.Format) || c.from && c.o.File() {
			return fault.New(fault.CodeInvalidParameter, "COPY format %q not recognized", x.Value).At(x.Pos)
		}
	case "header":
		return c.header(x)
	case "null":
		c.o.Null = x.Value
	case "force_quote":
		c.o.ForceQuote = strings.Split(x.Value, ",")
	case "force_not_null":
		c.o.ForceNotNull = strings.Split(x.Value, ",")
	case "force_null":
		c.o.ForceNull = strings.Split(x.Value, ",")
	case "freeze":
		if _, err := types.ParseBool([]byte(x.Value)); err != nil {
			return fault.New(fault.CodeSyntax, "freeze requires a Boolean value")
		}
	case "delimiter", "quote", "escape":
	case "encoding":
		return c.encoding(x)
	default:
		return fault.New(fault.CodeSyntax, "option %q not recognized", x.Name).At(x.Pos)
	}
	return nil
}

func (c *copyCheck) header(x CopyOption) error {
	switch v := strings.ToLower(x.Value); v {
	case "true", "on", "1":
		c.o.Header = true
	case "false", "off", "0":
	case "match":
		if !c.from {
			return fault.New(fault.CodeFeatureNotSupported, `cannot use "match" with HEADER in COPY TO`)
		}
		c.o.Header, c.o.Match = true, true
	default:
		return fault.New(fault.CodeSyntax, `header requires a Boolean value or "match"`)
	}
	return nil
}

func (c *copyCheck) encoding(x CopyOption) error {
	cs, ok := charset.Lookup(x.Value)
	switch {
	case !ok:
		return fault.New(fault.CodeInvalidParameter, `argument to option "encoding" must be a valid encoding name`).At(x.Pos)
	case !cs.Supported():
		return fault.New(fault.CodeFeatureNotSupported, "conversion between %s and UTF8 is not supported", cs.Name).At(x.Pos)
	}
	c.o.Encoding = cs.Name
	return nil
}

func (c *copyCheck) has(name string) bool {
	_, ok := c.given[name]
	return ok
}

// characters judges the options of one character, and sets those not given.
func (c *copyCheck) characters() error {
	o := c.o
	if o.Format != "text" && o.Format != "csv" {
		for _, name := range []string{"delimiter", "null"} {
			if c.has(name) {
				return fault.New(fault.CodeSyntax, "cannot specify %s in %s mode", strings.ToUpper(name), strings.ToUpper(o.Format))
			}
		}
	}
	o.Delimiter = '\t'
	if o.Format == "csv" {
		o.Delimiter, o.Quote = ',', '"'
	} else if !c.has("null") {
		o.Null = `\N`
	}
	for _, x := range []struct {
		name string
		to   *byte
	}{{"delimiter", &o.Delimiter}, {"quote", &o.Quote}, {"escape", &o.Escape}} {
		v, ok := c.given[x.name]
		if x.name != "delimiter" && ok && o.Format != "csv" {
			return fault.New(fault.CodeFeatureNotSupported, "COPY %s available only in CSV mode", x.name)
		}
		if ok && len(v) != 1 {
			return fault.New(fault.CodeFeatureNotSupported, "COPY %s must be a single one-byte character", x.name)
		}
		if ok {
			*x.to = v[0]
		}
	}
	if o.Escape == 0 {
		o.Escape = o.Quote
	}
	return c.delimiter()
}

func (c *copyCheck) delimiter() error {
	o := c.o
	switch {
	case o.Delimiter == '\n' || o.Delimiter == '\r':
		return fault.New(fault.CodeInvalidParameter, "COPY delimiter cannot be newline or carriage return")
	case strings.ContainsAny(o.Null, "\r\n"):
		return fault.New(fault.CodeInvalidParameter, "COPY null representation cannot use newline or carriage return")
	case o.Format == "text" && strings.IndexByte(`\.abcdefghijklmnopqrstuvwxyz0123456789`, o.Delimiter) >= 0:
		return fault.New(fault.CodeInvalidParameter, `COPY delimiter cannot be "%c"`, o.Delimiter)
	case o.Format == "csv" && o.Delimiter == o.Quote:
		return fault.New(fault.CodeInvalidParameter, "COPY delimiter and quote must be different")
	}
	return nil
}

// modes refuses what does not go with the format, or with the direction.
func (c *copyCheck) modes() error {
	o := c.o
	text := o.Format == "text" || o.Format == "csv"
	if o.Header && !text {
		return fault.New(fault.CodeFeatureNotSupported, "cannot specify HEADER in %s mode", strings.ToUpper(o.Format))
	}
	for _, x := range []struct {
		name, words, only string
		from              bool
	}{{"force_quote", "force quote", "COPY TO", false}, {"force_not_null", "force not null", "COPY FROM", true},
		{"force_null", "force null", "COPY FROM", true}} {
		switch {
		case !c.has(x.name):
		case o.Format != "csv":
			return fault.New(fault.CodeFeatureNotSupported, "COPY %s available only in CSV mode", x.words)
		case x.from != c.from:
			return fault.New(fault.CodeFeatureNotSupported, "COPY %s only available using %s", x.words, x.only)
		}
	}
	switch {
	case text && strings.IndexByte(o.Null, o.Delimiter) >= 0:
		return fault.New(fault.CodeFeatureNotSupported, "COPY delimiter must not appear in the NULL specification")
	case o.Format == "csv" && strings.IndexByte(o.Null, o.Quote) >= 0:
		return fault.New(fault.CodeFeatureNotSupported, "CSV quote character must not appear in the NULL specification")
	}
	return nil
}
