package exec

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/statistics"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// analyze counts tables, one after the other, and writes what it found into the catalog.
func (s *Session) analyze(ctx context.Context, sql string, stmt *plan.Analyze) (*Result, error) {
	if err := s.mayWrite(stmt.Tag()); err != nil {
		return nil, err
	}
	if s.e.o.Documents == nil {
		return nil, fault.New(fault.CodeFeatureNotSupported, "this catalog keeps no statistics")
	}
	all := done(stmt.Tag())
	for i := range stmt.Tables {
		t := &stmt.Tables[i]
		row, notices, err := s.onlyRow(ctx, sql, t.Query)
		if err != nil {
			return nil, err
		}
		all.notices = append(all.notices, notices...)
		if err := s.keepStatistics(ctx, t, row); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// onlyRow runs a query of one row.
func (s *Session) onlyRow(ctx context.Context, sql string, q *plan.Query) ([]types.Value, []*fault.Error, error) {
	r, err := s.runQuery(ctx, sql, q, nil)
	if err != nil {
		return nil, nil, err
	}
	var row []types.Value
	var b vector.Batch
	for {
		if err = r.Next(ctx, &b); err != nil {
			break
		}
		at := 0
		if b.Sel != nil {
			at = int(b.Sel[0])
		}
		row = row[:0]
		for _, c := range b.Cols {
			row = append(row, vector.ValueAt(c, at))
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return row, r.Notices(), errors.Join(err, r.Close())
}

// keepStatistics writes what was counted: of columns as documents, of the table as its
// parameters.
func (s *Session) keepStatistics(ctx context.Context, t *plan.AnalyzeTable, row []types.Value) error {
	if len(row) != 2+plan.AnalyzeMeasures*len(t.Columns) {
		return fault.New(fault.CodeInternal, "ANALYZE of %s gave %d values", t.Table.Name, len(row))
	}
	rows, now := row[0].I, time.Now()
	var cols []statistics.Column
	for i, c := range t.Columns {
		at := 2 + i*plan.AnalyzeMeasures
		cols = append(cols, columnStatistics(&c, rows, row[at:at+plan.AnalyzeMeasures], now))
	}
	if len(cols) > 0 {
		if err := statistics.Write(ctx, s.e.o.Documents, t.Table, cols); err != nil {
			return err
		}
	}
	defer s.changedCatalog()
	_, err := s.e.o.Catalog.UpdateTable(ctx, statistics.WithRows(t.Table, rows, row[1].I))
	return err
}

// columnStatistics reads the measures of a column: values, different ones, and two that
// depend on the kind.
func columnStatistics(a *plan.AnalyzeColumn, rows int64, v []types.Value, now time.Time) statistics.Column {
	c := statistics.Column{Name: a.Column.Name, Type: a.Column.Type.Hive(), Kind: a.Kind, Nulls: rows - v[0].I, At: now}
	if !v[1].Null {
		c.Distinct = min(v[1].I, v[0].I) // about as many, and never more than there are
	}
	low, high := &v[2], &v[3]
	if low.Null || high.Null {
		return c
	}
	switch a.Kind {
	case statistics.Long, statistics.Date:
		c.Min, c.Max = &low.I, &high.I
	case statistics.Double:
		c.MinFloat, c.MaxFloat = &low.F, &high.F
	case statistics.Dec:
		c.MinDecimal, c.MaxDecimal = decimalStatistics(low), decimalStatistics(high)
	case statistics.String, statistics.Binary:
		c.AverageLength, c.MaxLength = low.F, high.I
	case statistics.Boolean:
		c.True, c.False = low.I, high.I
	}
	return c
}

// decimalStatistics writes a number as Glue does: its digits in two's complement, the
// highest byte first, without bytes that only repeat the sign.
func decimalStatistics(v *types.Value) *statistics.Decimal {
	b := binary.BigEndian.AppendUint64(nil, uint64(v.D.Hi))
	b = binary.BigEndian.AppendUint64(b, v.D.Lo)
	for len(b) > 1 && (b[0] == 0 && b[1] < 0x80 || b[0] == 0xff && b[1] >= 0x80) {
		b = b[1:]
	}
	return &statistics.Decimal{UnscaledValue: b, Scale: int(v.Type.S)}
}
