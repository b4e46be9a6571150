package crawl

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Classifier is the definition of a custom classifier: exactly one of its kinds
// is set. Fields and rules are those of Glue's API.
type Classifier struct {
	Name    string          `json:"name"`
	Grok    *GrokClassifier `json:"grok,omitempty"`
	XML     *XMLClassifier  `json:"xml,omitempty"`
	JSON    *JSONClassifier `json:"json,omitempty"`
	CSV     *CSVClassifier  `json:"csv,omitempty"`
	Created time.Time       `json:"created,omitzero"`
	Updated time.Time       `json:"updated,omitzero"`
	Version int64           `json:"version,omitempty"`
}

// GrokClassifier recognizes files whose lines match a pattern.
type GrokClassifier struct {
	Classification string `json:"classification"`            // what the tables' format is called
	Pattern        string `json:"pattern"`                   // %{NAME:column:type} and text between them
	CustomPatterns string `json:"custom_patterns,omitempty"` // lines of: NAME expression
}

// XMLClassifier makes rows of the elements of one name.
type XMLClassifier struct {
	Classification string `json:"classification"`
	RowTag         string `json:"row_tag"`
}

// JSONClassifier makes rows of what a path finds: $[*], $.records[*].
type JSONClassifier struct {
	Path string `json:"path"`
}

// CSVClassifier reads delimited text as it is told to.
type CSVClassifier struct {
	Delimiter   string         `json:"delimiter,omitempty"`    // one character; "": found
	QuoteSymbol string         `json:"quote_symbol,omitempty"` // one character; "": found
	Header      ContainsHeader `json:"contains_header,omitempty"`
	Names       []string       `json:"header,omitempty"` // of the columns
	// KeepBlanks leaves blanks around values (Glue's DisableValueTrimming, whose
	// default is true).
	KeepBlanks        bool     `json:"disable_value_trimming"`
	AllowSingleColumn bool     `json:"allow_single_column,omitempty"`
	Types             []string `json:"custom_datatypes,omitempty"` // parallel to Names
	SerDe             CSVSerDe `json:"serde,omitempty"`
}

// ContainsHeader says whether the first line names the columns.
type ContainsHeader string

// Whether there is a header.
const (
	HeaderUnknown ContainsHeader = "UNKNOWN" // it is found out
	HeaderPresent ContainsHeader = "PRESENT"
	HeaderAbsent  ContainsHeader = "ABSENT"
)

// CSVSerDe is the SerDe that a CSV classifier gives its tables.
type CSVSerDe string

// The SerDes of CSV.
const (
	SerDeOpenCSV    CSVSerDe = "OpenCSVSerDe"
	SerDeLazySimple CSVSerDe = "LazySimpleSerDe"
	SerDeNone       CSVSerDe = "None" // it is found out
)

// The limits of Glue's API.
const (
	maxClassifierName = 255
	maxGrokPattern    = 2048
	maxCustomPatterns = 16000
)

// datatypes are what CSVClassifier.Types may hold.
var datatypes = []string{"BINARY", "BOOLEAN", "DATE", "DECIMAL", "DOUBLE", "FLOAT", "INT", "LONG", "SHORT", "STRING", "TIMESTAMP"}

// Kind gives the kind that is set: grok, xml, json or csv.
func (c *Classifier) Kind() string {
	switch {
	case c.Grok != nil:
		return "grok"
	case c.XML != nil:
		return "xml"
	case c.JSON != nil:
		return "json"
	case c.CSV != nil:
		return "csv"
	}
	return ""
}

func bad(format string, args ...any) *fault.Error {
	return fault.New(fault.CodeInvalidParameter, format, args...)
}

// Validate checks the definition by Glue's rules. Patterns and paths are
// compiled by Custom.
func (c *Classifier) Validate() error {
	if n := utf8.RuneCountInString(c.Name); n == 0 || n > maxClassifierName || strings.ContainsAny(c.Name, "\n\r\x00") {
		return fault.New(fault.CodeInvalidName, "the name of a classifier has 1 to %d characters", maxClassifierName)
	}
	kinds := 0
	for _, set := range []bool{c.Grok != nil, c.XML != nil, c.JSON != nil, c.CSV != nil} {
		if set {
			kinds++
		}
	}
	if kinds != 1 {
		return bad("classifier %q has %d of grok, xml, json and csv: it must have one", c.Name, kinds)
	}
	switch {
	case c.Grok != nil:
		return c.Grok.validate()
	case c.XML != nil:
		return c.XML.validate()
	case c.JSON != nil:
		if !strings.HasPrefix(c.JSON.Path, "$") {
			return bad("the path %q of a json classifier does not begin with $", c.JSON.Path)
		}
		return nil
	}
	return c.CSV.validate()
}

func (g *GrokClassifier) validate() error {
	if g.Classification == "" {
		return bad("a grok classifier needs a classification")
	}
	if n := utf8.RuneCountInString(g.Pattern); n == 0 || n > maxGrokPattern {
		return bad("the pattern of a grok classifier has 1 to %d characters, this one has %d", maxGrokPattern, n)
	}
	if strings.ContainsAny(g.Pattern, "\n\r") {
		return bad("the pattern of a grok classifier is one line")
	}
	if n := utf8.RuneCountInString(g.CustomPatterns); n > maxCustomPatterns {
		return bad("the custom patterns of a grok classifier have at most %d characters, these have %d", maxCustomPatterns, n)
	}
	return nil
}

// tagName is a name of an XML element, with a prefix or without.
var tagName = regexp.MustCompile(`^[\pL_][\pL\pN._-]*(:[\pL_][\pL\pN._-]*)?$`)

func (x *XMLClassifier) validate() error {
	if x.Classification == "" {
		return bad("an xml classifier needs a classification")
	}
	if !tagName.MatchString(x.RowTag) {
		return bad("the row tag %q of an xml classifier is no name of an element", x.RowTag)
	}
	return nil
}

func (v *CSVClassifier) validate() error {
	for what, text := range map[string]string{"delimiter": v.Delimiter, "quote symbol": v.QuoteSymbol} {
		if utf8.RuneCountInString(text) > 1 {
			return bad("the %s of a csv classifier is one character, not %q", what, text)
		}
	}
	if v.Delimiter != "" && v.Delimiter == v.QuoteSymbol {
		return bad("the delimiter and the quote symbol of a csv classifier must differ, both are %q", v.Delimiter)
	}
	if !slices.Contains([]ContainsHeader{"", HeaderUnknown, HeaderPresent, HeaderAbsent}, v.Header) {
		return bad("a csv classifier's header is UNKNOWN, PRESENT or ABSENT, not %q", v.Header)
	}
	if !slices.Contains([]CSVSerDe{"", SerDeOpenCSV, SerDeLazySimple, SerDeNone}, v.SerDe) {
		return bad("a csv classifier's SerDe is OpenCSVSerDe, LazySimpleSerDe or None, not %q", v.SerDe)
	}
	seen := map[string]bool{}
	for _, name := range v.Names {
		if name == "" || seen[strings.ToLower(name)] {
			return bad("a csv classifier's header has an empty or repeated name: %q", name)
		}
		seen[strings.ToLower(name)] = true
	}
	for _, t := range v.Types {
		if !slices.Contains(datatypes, strings.ToUpper(t)) {
			return bad("%q is no data type of a csv classifier", t).WithHint("They are %s.", strings.Join(datatypes, ", "))
		}
	}
	if len(v.Types) > 0 && len(v.Names) > 0 && len(v.Types) != len(v.Names) {
		return bad("a csv classifier has %d column names and %d data types", len(v.Names), len(v.Types))
	}
	return nil
}
