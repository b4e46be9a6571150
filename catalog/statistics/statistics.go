// Package statistics keeps what was counted of a table's columns, beside its files:
// documents of the catalog in the form of AWS Glue's ColumnStatistics, so that Glue's
// clients read what ANALYZE wrote, and what they write counts in plans.
//
//	ANALYZE, UpdateColumnStatisticsForTable ──> documents ──> planner/rule: Source.Columns
//
// The rows of the table are its parameters numRows and totalSize, as Hive has them;
// Glue's crawlers call them recordCount and sizeKey.
package statistics

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog"
)

// Space is where the documents lie: table's ID / 0 / column, with a partition's ID in
// the place of 0 for what is known of a partition.
const Space = "glue.statistics"

// Column is what is known of a column: Kind says which numbers have a meaning.
type Column struct {
	Name, Type string // as the table declares them, the type as Hive writes it
	Kind       Kind
	Nulls      int64
	Distinct   int64 // about; not of Boolean and Binary

	Min, Max           *int64   // Long, and Date in days since 1970
	MinFloat, MaxFloat *float64 // Double
	MinDecimal         *Decimal
	MaxDecimal         *Decimal
	AverageLength      float64 // String, Binary
	MaxLength          int64
	True, False        int64 // Boolean
	At                 time.Time
}

// Kind is the type of a column's statistics, as Glue names it.
type Kind string

// The kinds.
const (
	Long    Kind = "LONG"
	Double  Kind = "DOUBLE"
	Dec     Kind = "DECIMAL"
	Date    Kind = "DATE"
	String  Kind = "STRING"
	Binary  Kind = "BINARY"
	Boolean Kind = "BOOLEAN"
)

// Decimal is a number as its digits, in two's complement with the highest byte first,
// and how many of them are behind the point.
type Decimal struct {
	UnscaledValue []byte
	Scale         int
}

// document is a Column as Glue's protocol writes it.
type document struct {
	AnalyzedTime           json.Number
	ColumnName, ColumnType string
	StatisticsData         data
}

type data struct {
	Type                        Kind
	LongColumnStatisticsData    *longs  `json:",omitempty"`
	DateColumnStatisticsData    *dates  `json:",omitempty"`
	DoubleColumnStatisticsData  *floats `json:",omitempty"`
	DecimalColumnStatisticsData *decs   `json:",omitempty"`
	StringColumnStatisticsData  *texts  `json:",omitempty"`
	BinaryColumnStatisticsData  *bins   `json:",omitempty"`
	BooleanColumnStatisticsData *bools  `json:",omitempty"`
}

type counted struct {
	NumberOfDistinctValues, NumberOfNulls int64
}

type longs struct {
	counted
	MinimumValue, MaximumValue *int64 `json:",omitempty"`
}

type dates struct {
	counted
	MinimumValue, MaximumValue *int64 `json:",omitempty"` // in seconds
}

type floats struct {
	counted
	MinimumValue, MaximumValue *json.RawMessage `json:",omitempty"` // NaN and infinities are texts
}

type decs struct {
	counted
	MinimumValue, MaximumValue *Decimal `json:",omitempty"`
}

type texts struct {
	counted
	AverageLength float64
	MaximumLength int64
}

type bins struct {
	AverageLength float64
	MaximumLength int64
	NumberOfNulls int64
}

type bools struct {
	NumberOfTrues, NumberOfFalses, NumberOfNulls int64
}

const secondsOfDay = 24 * 60 * 60

// Read gives what is known of a table's columns, by name in lower case. Of what Glue's
// clients wrote only the kind and the numbers of nulls and of different values are read.
func Read(ctx context.Context, docs catalog.Documents, t *catalog.Table) (map[string]Column, error) {
	list, err := docs.DocumentsAfter(ctx, Space, prefix(t), "", 0)
	if err != nil {
		return nil, err
	}
	out := make(map[string]Column, len(list))
	for _, d := range list {
		var doc document
		if err := json.Unmarshal(d.Data, &doc); err != nil {
			return nil, fmt.Errorf("statistics %s: %w", d.Key, err)
		}
		c := Column{Name: doc.ColumnName, Type: doc.ColumnType, Kind: doc.StatisticsData.Type}
		if n, ok := doc.StatisticsData.counted(); ok {
			c.Nulls, c.Distinct = n.NumberOfNulls, n.NumberOfDistinctValues
		}
		out[strings.ToLower(doc.ColumnName)] = c
	}
	return out, nil
}

// counted gives the numbers that most kinds have.
func (d *data) counted() (counted, bool) {
	switch {
	case d.LongColumnStatisticsData != nil:
		return d.LongColumnStatisticsData.counted, true
	case d.DateColumnStatisticsData != nil:
		return d.DateColumnStatisticsData.counted, true
	case d.DoubleColumnStatisticsData != nil:
		return d.DoubleColumnStatisticsData.counted, true
	case d.DecimalColumnStatisticsData != nil:
		return d.DecimalColumnStatisticsData.counted, true
	case d.StringColumnStatisticsData != nil:
		return d.StringColumnStatisticsData.counted, true
	case d.BooleanColumnStatisticsData != nil:
		return counted{2, d.BooleanColumnStatisticsData.NumberOfNulls}, true
	}
	return counted{}, false
}

// Write replaces what is known of columns of a table.
func Write(ctx context.Context, docs catalog.Documents, t *catalog.Table, cols []Column) error {
	out := make([]catalog.Document, len(cols))
	for i := range cols {
		b, err := json.Marshal(documentOf(&cols[i]))
		if err != nil {
			return err
		}
		out[i] = catalog.Document{Space: Space, Key: prefix(t) + strings.ToLower(cols[i].Name), Table: t.ID, Version: catalog.AnyVersion, Data: b}
	}
	_, err := docs.PutDocuments(ctx, out...)
	return err
}

func prefix(t *catalog.Table) string { return strconv.FormatInt(t.ID, 10) + "/0/" }

func documentOf(c *Column) *document {
	ms := c.At.UnixMilli()
	d := &document{AnalyzedTime: json.Number(fmt.Sprintf("%d.%03d", ms/1000, ms%1000)), ColumnName: c.Name, ColumnType: c.Type}
	d.StatisticsData.Type = c.Kind
	n := counted{c.Distinct, c.Nulls}
	switch c.Kind {
	case Long:
		d.StatisticsData.LongColumnStatisticsData = &longs{n, c.Min, c.Max}
	case Date:
		d.StatisticsData.DateColumnStatisticsData = &dates{n, seconds(c.Min), seconds(c.Max)}
	case Double:
		d.StatisticsData.DoubleColumnStatisticsData = &floats{n, number(c.MinFloat), number(c.MaxFloat)}
	case Dec:
		d.StatisticsData.DecimalColumnStatisticsData = &decs{n, c.MinDecimal, c.MaxDecimal}
	case String:
		d.StatisticsData.StringColumnStatisticsData = &texts{n, c.AverageLength, c.MaxLength}
	case Binary:
		d.StatisticsData.BinaryColumnStatisticsData = &bins{c.AverageLength, c.MaxLength, c.Nulls}
	case Boolean:
		d.StatisticsData.BooleanColumnStatisticsData = &bools{c.True, c.False, c.Nulls}
	}
	return d
}

func seconds(days *int64) *int64 {
	if days == nil {
		return nil
	}
	s := *days * secondsOfDay
	return &s
}

// number writes a double; what JSON cannot spell is a text, as Glue's protocol says.
func number(f *float64) *json.RawMessage {
	if f == nil {
		return nil
	}
	var m json.RawMessage
	switch {
	case math.IsNaN(*f):
		m = json.RawMessage(`"NaN"`)
	case math.IsInf(*f, 1):
		m = json.RawMessage(`"Infinity"`)
	case math.IsInf(*f, -1):
		m = json.RawMessage(`"-Infinity"`)
	default:
		m = strconv.AppendFloat(nil, *f, 'g', -1, 64)
	}
	return &m
}

// The parameters of a table that say how many rows its files had, and how many bytes
// they were: Hive's, then those of Glue's crawlers.
var sized = [][2]string{{"numRows", "totalSize"}, {"recordCount", "sizeKey"}}

// Rows gives the rows that were counted in a table, and the bytes of its files then; ok
// is false if nobody counted.
func Rows(t *catalog.Table) (rows, bytes float64, ok bool) {
	for _, names := range sized {
		r, err1 := strconv.ParseInt(t.Parameters[names[0]], 10, 64)
		b, err2 := strconv.ParseInt(t.Parameters[names[1]], 10, 64)
		if err1 == nil && err2 == nil && r >= 0 && b > 0 {
			return float64(r), float64(b), true
		}
	}
	return 0, 0, false
}

// WithRows gives a copy of a table that says how many rows and bytes were counted.
func WithRows(t *catalog.Table, rows, bytes int64) *catalog.Table {
	out := *t
	out.Parameters = make(map[string]string, len(t.Parameters)+2)
	for k, v := range t.Parameters {
		out.Parameters[k] = v
	}
	out.Parameters["numRows"], out.Parameters["totalSize"] = strconv.FormatInt(rows, 10), strconv.FormatInt(bytes, 10)
	return &out
}
