package crawl

import (
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
)

// TestCustom: definitions that work sniff and infer by their settings.
func TestCustom(t *testing.T) {
	for name, c := range map[string]struct {
		def    Classifier
		format string
		text   string
		not    string // text that is not of this kind
		want   string // columns
	}{
		"grok": {Classifier{Grok: &GrokClassifier{Classification: "applog", Pattern: "%{LEVEL:level} %{NUMBER:n:int} %{GREEDYDATA:rest}",
			CustomPatterns: "LEVEL (INFO|WARN)\n"}}, "applog", "INFO 5 hello\nWARN 6 you there\n", "nothing here\n",
			"level varchar, n integer, rest varchar"},
		"json": {Classifier{JSON: &JSONClassifier{Path: "$.Records[*]"}}, "json", `{"Records":[{"a":1,"b":"x"},{"a":2}]}`, "a,b\n1,2\n",
			"a bigint, b varchar"},
		"xml": {Classifier{XML: &XMLClassifier{Classification: "orders", RowTag: "order"}}, "orders",
			"<all><order><id>1</id></order><order><id>2</id></order></all>", "a,b\n1,2\n", "id bigint"},
		"csv": {Classifier{CSV: &CSVClassifier{Delimiter: "~", QuoteSymbol: "'", Header: HeaderAbsent, Names: []string{"id", "at"}, Types: []string{"long", "STRING"}}},
			"csv", "1~'a~b'\n2~c\n", "{\"a\":1}\n", "id bigint, at varchar"},
		"csv of one column": {Classifier{CSV: &CSVClassifier{Header: HeaderPresent, AllowSingleColumn: true, SerDe: SerDeLazySimple}},
			"csv", "name\nann\nbob\n", "\x00\x01", "name varchar"},
	} {
		c.def.Name = name
		f, err := Custom(&c.def)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		in, ok := f.(formats.Inferrer)
		if !ok || f.Name() != c.format {
			t.Errorf("%s: %s, %v", name, f.Name(), ok)
			continue
		}
		if got := f.Sniff("x.dat", []byte(c.text)); got != 1 {
			t.Errorf("%s: confidence %v", name, got)
		}
		if got := f.Sniff("x.dat", []byte(c.not)); got != 0 {
			t.Errorf("%s: confidence %v in %q", name, got, c.not)
		}
		got, err := in.Infer([]byte(c.text), true)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var cols []string
		for _, f := range got.Schema.Fields {
			cols = append(cols, f.Name+" "+f.Type.String())
		}
		if s := strings.Join(cols, ", "); s != c.want {
			t.Errorf("%s: %s, want %s", name, s, c.want)
		}
	}
}

func TestCustomFaults(t *testing.T) {
	grok := func(pattern string) Classifier {
		return Classifier{Name: "x", Grok: &GrokClassifier{Classification: "c", Pattern: pattern}}
	}
	csv := func(v CSVClassifier) Classifier { return Classifier{Name: "x", CSV: &v} }
	for name, c := range map[string]struct {
		def  Classifier
		want string
	}{
		"no name":                {Classifier{JSON: &JSONClassifier{Path: "$"}}, "1 to 255"},
		"long name":              {Classifier{Name: strings.Repeat("x", 256), JSON: &JSONClassifier{Path: "$"}}, "1 to 255"},
		"no kind":                {Classifier{Name: "x"}, "0 of grok, xml, json and csv"},
		"two kinds":              {Classifier{Name: "x", JSON: &JSONClassifier{Path: "$"}, CSV: &CSVClassifier{}}, "2 of grok"},
		"no pattern":             {grok(""), "1 to 2048"},
		"long pattern":           {grok(strings.Repeat("x", 2049)), "1 to 2048"},
		"lines":                  {grok("%{WORD:a}\n%{WORD:b}"), "one line"},
		"unknown pattern":        {grok("%{NOSUCH:a}"), "NOSUCH"},
		"no field":               {grok("%{WORD}"), "field"},
		"long custom patterns":   {Classifier{Name: "x", Grok: &GrokClassifier{"c", "%{WORD:a}", strings.Repeat("x", 16001)}}, "16000"},
		"grok, classification":   {Classifier{Name: "x", Grok: &GrokClassifier{Pattern: "%{WORD:a}"}}, "classification"},
		"xml, classification":    {Classifier{Name: "x", XML: &XMLClassifier{RowTag: "a"}}, "classification"},
		"xml, no tag":            {Classifier{Name: "x", XML: &XMLClassifier{Classification: "c"}}, "no name of an element"},
		"xml, self-closing":      {Classifier{Name: "x", XML: &XMLClassifier{Classification: "c", RowTag: "row/"}}, "no name of an element"},
		"path":                   {Classifier{Name: "x", JSON: &JSONClassifier{Path: "records"}}, "begin with $"},
		"path that ends":         {Classifier{Name: "x", JSON: &JSONClassifier{Path: "$.a["}}, "$.a["},
		"delimiters":             {csv(CSVClassifier{Delimiter: ";;"}), "one character"},
		"delimiter of two bytes": {csv(CSVClassifier{Delimiter: "ä"}), "one byte"},
		"quote":                  {csv(CSVClassifier{QuoteSymbol: "''"}), "one character"},
		"equal":                  {csv(CSVClassifier{Delimiter: "'", QuoteSymbol: "'"}), "must differ"},
		"header":                 {csv(CSVClassifier{Header: "YES"}), "UNKNOWN, PRESENT or ABSENT"},
		"serde":                  {csv(CSVClassifier{SerDe: "X"}), "OpenCSVSerDe"},
		"names":                  {csv(CSVClassifier{Names: []string{"a", "A"}}), "repeated name"},
		"empty names":            {csv(CSVClassifier{Names: []string{""}}), "repeated name"},
		"types":                  {csv(CSVClassifier{Types: []string{"MAP"}}), "no data type"},
		"names and types":        {csv(CSVClassifier{Names: []string{"a", "b"}, Types: []string{"INT"}}), "2 column names and 1 data types"},
	} {
		_, err := Custom(&c.def)
		if fault.As(err) == nil || fault.As(err).Kind != fault.User || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
