package crawl

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/csv"
	"github.com/glauxdb/glaux/formats/grok"
	"github.com/glauxdb/glaux/formats/json"
	"github.com/glauxdb/glaux/formats/xml"
)

// Custom makes the format of a custom classifier, which sniffs, infers and
// reads by its definition. A definition that does not work is 22023.
func Custom(c *Classifier) (formats.Format, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	switch {
	case c.Grok != nil:
		return grok.New(c.Grok.Classification, c.Grok.Pattern, c.Grok.CustomPatterns)
	case c.XML != nil:
		f := xml.Format{Classification: c.XML.Classification, RowTag: c.XML.RowTag}
		return f, f.Check()
	case c.JSON != nil:
		f := json.Format{Path: c.JSON.Path}
		return f, f.Check()
	}
	return customCSV(c.CSV)
}

func customCSV(v *CSVClassifier) (formats.Format, error) {
	f := csv.Format{Names: v.Names, Trim: !v.KeepBlanks, SingleColumn: v.AllowSingleColumn}
	for _, p := range []struct {
		what, text string
		to         *byte
	}{{"delimiter", v.Delimiter, &f.Delimiter}, {"quote symbol", v.QuoteSymbol, &f.Quote}} {
		if len(p.text) > 1 {
			return nil, bad("the %s of a csv classifier is one byte, %q has more", p.what, p.text)
		}
		if p.text != "" {
			*p.to = p.text[0]
		}
	}
	switch v.Header {
	case HeaderPresent:
		f.Header = csv.HeaderPresent
	case HeaderAbsent:
		f.Header = csv.HeaderAbsent
	}
	switch v.SerDe {
	case SerDeOpenCSV:
		f.SerDe = csv.OpenCSVSerDe
	case SerDeLazySimple:
		f.SerDe = csv.LazySimpleSerDe
	}
	if v.Types != nil {
		f.Types = make([]types.Type, len(v.Types))
	}
	for i, name := range v.Types {
		var err error
		if f.Types[i], err = csv.ParseDatatype(name); err != nil {
			return nil, err
		}
	}
	return f, nil
}
