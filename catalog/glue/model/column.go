package model

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
)

// ColumnFrom reads a column. A type that Glaux does not have becomes
// types.TUnknown and keeps its spelling in HiveType; so does one that Glaux
// spells otherwise (integer for int, blanks, upper case).
func ColumnFrom(c *gluetypes.Column) catalog.Column {
	out := catalog.Column{Name: aws.ToString(c.Name), Comment: aws.ToString(c.Comment), Parameters: c.Parameters}
	spelled := aws.ToString(c.Type)
	if strings.TrimSpace(spelled) == "" {
		out.Type = types.TUnknown
		return out
	}
	t, err := types.ParseHive(spelled)
	if err != nil {
		t = types.TUnknown
	}
	out.Type = t
	if err != nil || t.Hive() != spelled {
		out.HiveType = spelled
	}
	return out
}

// ColumnsFrom reads columns; the result is not nil.
func ColumnsFrom(cs []gluetypes.Column) []catalog.Column {
	out := make([]catalog.Column, len(cs))
	for i := range cs {
		out[i] = ColumnFrom(&cs[i])
	}
	return out
}

// ToColumn writes a column.
func ToColumn(c *catalog.Column) gluetypes.Column {
	out := gluetypes.Column{Name: aws.String(c.Name), Comment: text(c.Comment), Parameters: c.Parameters}
	if spelled := HiveType(c); spelled != "" {
		out.Type = aws.String(spelled)
	}
	return out
}

// ToColumns writes columns; the result is not nil, as clients expect of lists.
func ToColumns(cs []catalog.Column) []gluetypes.Column {
	out := make([]gluetypes.Column, len(cs))
	for i := range cs {
		out[i] = ToColumn(&cs[i])
	}
	return out
}

// HiveType gives a column's type as Glue's clients see it; "" for a column that
// a client made without a type.
func HiveType(c *catalog.Column) string {
	if c.HiveType == "" && c.Type.Kind == types.Unknown {
		return ""
	}
	if c.HiveType != "" {
		return c.HiveType
	}
	return c.Type.Hive()
}

// KeepTypes gives t with the types that Hive cannot spell (uuid, json, time,
// zoned timestamps) taken from old where a column of that name has the same
// Hive type: a client that reads a table and writes it back must not lose
// them.
func KeepTypes(t, old *catalog.Table) *catalog.Table {
	out := *t
	out.Columns = keepTypes(t.Columns, old.Columns)
	out.PartitionKeys = keepTypes(t.PartitionKeys, old.PartitionKeys)
	return &out
}

func keepTypes(cols, old []catalog.Column) []catalog.Column {
	byName := make(map[string]*catalog.Column, len(old))
	for i := range old {
		byName[old[i].Name] = &old[i]
	}
	out := make([]catalog.Column, len(cols))
	copy(out, cols)
	for i := range out {
		was := byName[out[i].Name]
		if was != nil && was.HiveType == "" && HiveType(was) == HiveType(&out[i]) {
			out[i].Type, out[i].HiveType = was.Type, ""
		}
	}
	return out
}

// text gives a pointer to s, nil for the empty text: Glue leaves out what is
// not set.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
