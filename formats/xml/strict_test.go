package xml

import (
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

// TestNotWellFormed: records that break the rules of XML 1.0 are errors where
// values could be lost or mistaken, and what keeps to them is read.
func TestNotWellFormed(t *testing.T) {
	for _, tt := range []struct {
		record string
		good   bool
	}{
		{`<r><![CDATA [text]]></r>`, false}, {`<r><![cdata[text]]></r>`, false}, {`<r><!DOCTYPE r></r>`, false},
		{`<r a="1" a="2"/>`, false}, {`<r a="1" b="a a" ab="2" ba="a"/>`, true}, {`<r a="a=1"  b='a="1"'/>`, true},
		{`<r a="1"b="2"/>`, false}, {`<r 1a="1"/>`, false}, {`<r a="<"/>`, false}, {`<r a=1/>`, false}, {`<r a/>`, false}, {`<r a="&gt;>"/>`, true},
		{`<r><p:x></q:x></r>`, false}, {`<r><p:x></x></r>`, false}, {`<r><p:x></p:x></r>`, true},
		{`<r>&#X41;</r>`, false}, {`<r>&#31;</r>`, false}, {`<r>&#xFFFF;</r>`, false}, {`<r>&#xD800;</r>`, false}, {`<r>&#1114112;</r>`, false}, {`<r>&#;</r>`, false}, {`<r>& </r>`, false},
		{`<r>&#0000000000000000000000000000000000065;&#x00000000000000000000000000000000000041;&#9;</r>`, true}, {`<r>&eacute;</r>`, false},
	} {
		schema := formattest.Schema(t, "_VALUE string", "_a string", "x string")
		rows, err := read(open(t, "<all>"+tt.record+"</all>", schema, map[string]string{"rowtag": "r"}), formats.ScanRequest{Columns: formattest.Columns(schema)})
		if (err == nil) != tt.good || tt.good && len(rows) != 1 {
			t.Errorf("%s: %q, %v", tt.record, rows, err)
		}
		if e := fault.As(err); err != nil && e.Code != fault.CodeDataCorrupted {
			t.Errorf("%s: %v", tt.record, e)
		}
	}
}
