package csv

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
)

// Infer is the function Infer for the crawler, which joins the schemas of
// several files: a column without a value in this one is of unknown type.
func (Format) Infer(head []byte, complete bool) (*formats.Inference, error) {
	s, props, err := Infer(head, complete)
	if err != nil {
		return nil, err
	}
	g, _ := guessDialect(trimBOM(head), complete)
	kinds := make([]cellKind, len(s.Fields))
	records := g.records
	if props["skip.header.line.count"] != "" {
		records = records[min(1, len(records)):]
	}
	for _, r := range records {
		g.widen(kinds, r)
	}
	for i, k := range kinds {
		if k == kindNone {
			s.Fields[i].Type = types.TUnknown
		}
	}
	return &formats.Inference{Schema: s, Properties: props}, nil
}
