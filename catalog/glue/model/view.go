package model

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
)

// Athena and Trino keep a view's definition as base64 of a JSON object inside
// a comment, with these texts and parameters around it.
const (
	prestoPrefix   = "/* Presto View: "
	prestoSuffix   = " */"
	prestoExpanded = "/* Presto View */"
	prestoFlag     = "presto_view"
	prestoComment  = "Presto View"
	prestoCatalog  = "awsdatacatalog"
)

type prestoView struct {
	SQL     string         `json:"originalSql"`
	Catalog string         `json:"catalog"`
	Schema  string         `json:"schema"`
	Columns []prestoColumn `json:"columns"`
}

type prestoColumn struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// decodeView reads the text of a Presto view; false if it is none.
func decodeView(original string) (prestoView, bool) {
	var v prestoView
	enc, ok := strings.CutPrefix(strings.TrimSpace(original), strings.TrimSpace(prestoPrefix))
	if !ok {
		return v, false
	}
	enc, ok = strings.CutSuffix(enc, "*/")
	if !ok {
		return v, false
	}
	data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(enc))
	if err != nil || json.Unmarshal(data, &v) != nil || v.SQL == "" {
		return v, false
	}
	return v, true
}

// encodeView writes the text of a view that Glaux made.
func encodeView(t *catalog.Table) string {
	v := prestoView{SQL: t.ViewText, Catalog: prestoCatalog, Schema: t.ViewDatabase, Columns: make([]prestoColumn, len(t.Columns))}
	if v.Schema == "" {
		v.Schema = t.Database
	}
	for i, c := range t.Columns {
		v.Columns[i] = prestoColumn{c.Name, c.Type.String()}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // a struct of texts always encodes
	return prestoPrefix + base64.StdEncoding.EncodeToString(bytes.TrimRight(b.Bytes(), "\n")) + prestoSuffix
}

// readView finds the SQL in a Presto view. What ToTable would write again word
// for word is dropped; any other text stays as the client wrote it, and a view
// in a dialect that is not Presto's has no ViewText.
func readView(t *catalog.Table) {
	if t.Kind != catalog.VirtualView {
		return
	}
	v, ok := decodeView(t.ViewOriginal)
	if !ok {
		return
	}
	t.ViewText, t.ViewDatabase = v.SQL, v.Schema
	if len(v.Columns) == len(t.Columns) {
		viewTypes(t.Columns, v.Columns)
	}
	if encodeView(t) != t.ViewOriginal || t.ViewExpanded != prestoExpanded ||
		t.Parameters[prestoFlag] != "true" || t.Parameters["comment"] != prestoComment {
		return
	}
	t.ViewOriginal, t.ViewExpanded = "", ""
	t.Parameters = maps.Clone(t.Parameters)
	delete(t.Parameters, prestoFlag)
	delete(t.Parameters, "comment")
}

// viewTypes takes the types that Presto's spelling says more exactly than
// Hive's.
func viewTypes(cols []catalog.Column, said []prestoColumn) {
	for i := range cols {
		t, err := types.ParseHive(said[i].Type)
		if err == nil && cols[i].HiveType == "" && t.Hive() == cols[i].Type.Hive() {
			cols[i].Type = t
		}
	}
}

// writeView sets a view's texts and parameters. A client's own text counts as
// long as it says what ViewText says; a view that was replaced through SQL
// since is written anew.
func writeView(t *catalog.Table, g *gluetypes.Table) {
	g.ViewOriginalText, g.ViewExpandedText = text(t.ViewOriginal), text(t.ViewExpanded)
	if t.Kind != catalog.VirtualView || t.ViewText == "" {
		return
	}
	if v, ok := decodeView(t.ViewOriginal); ok && v.SQL == t.ViewText {
		return
	}
	if v, ok := decodeView(t.ViewText); ok && v.SQL != "" { // made by a DDL statement that spells a Presto view
		g.ViewOriginalText = aws.String(t.ViewText)
	} else {
		g.ViewOriginalText = aws.String(encodeView(t))
	}
	g.ViewExpandedText = aws.String(prestoExpanded)
	p := maps.Clone(orEmpty(t.Parameters))
	p[prestoFlag], p["comment"] = "true", prestoComment
	g.Parameters = p
}
