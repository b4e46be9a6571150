package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/vector"
)

// outcome is what was estimated of a query and what it read. Sizes are bytes.
type outcome struct {
	Data, Query            string
	Lower, Expected, Upper int64
	Tier                   string
	Actual                 int64
	Tables                 []tableEstimate // as estimated
}

// tableEstimate is a row of EXPLAIN (ESTIMATE).
type tableEstimate struct {
	Table    string `json:"table"`
	Lower    int64  `json:"bytes_lower"`
	Upper    int64  `json:"bytes_upper"`
	Expected int64  `json:"bytes_expected"`
	Tier     string `json:"tier"`
}

// holds says in what an estimate was wrong.
func (o *outcome) holds() error {
	switch {
	case o.Actual < o.Lower || o.Actual > o.Upper:
		return fmt.Errorf("%s, %s: read %d bytes, estimated %d to %d", o.Data, o.Query, o.Actual, o.Lower, o.Upper)
	case o.Tier == string(exec.TierExact) && (o.Actual != o.Lower || o.Actual != o.Upper || o.Actual != o.Expected):
		return fmt.Errorf("%s, %s: read %d bytes, estimated exactly %d to %d, expected %d", o.Data, o.Query, o.Actual, o.Lower, o.Upper, o.Expected)
	}
	return nil
}

// measure estimates a query and runs it.
func measure(ctx context.Context, s *exec.Session, q query) (outcome, error) {
	o := outcome{Data: q.Data, Query: q.Name}
	var doc string
	st, err := drain(ctx, s, "EXPLAIN (ESTIMATE, FORMAT JSON) "+q.SQL, &doc)
	if err != nil {
		return o, err
	}
	if st.BytesScanned != 0 {
		return o, fmt.Errorf("the estimate read %d bytes of data", st.BytesScanned)
	}
	var e struct {
		Tables []tableEstimate
		Total  tableEstimate
	}
	if err := json.Unmarshal([]byte(doc), &e); err != nil {
		return o, err
	}
	o.Tables, o.Lower, o.Upper, o.Expected, o.Tier = e.Tables, e.Total.Lower, e.Total.Upper, e.Total.Expected, e.Total.Tier
	o.Actual, err = run(ctx, s, q.SQL)
	return o, err
}

// run runs a statement to its end and gives the bytes of data that it read.
func run(ctx context.Context, s *exec.Session, sql string) (int64, error) {
	st, err := drain(ctx, s, sql, nil)
	return st.BytesScanned, err
}

// drain runs a statement to its end; first gets the text of its last row's first
// column, unless it is nil.
func drain(ctx context.Context, s *exec.Session, sql string, first *string) (st exec.Stats, err error) {
	p, err := s.Prepare(ctx, sql, nil)
	if err != nil {
		return st, err
	}
	r, err := s.Execute(ctx, p, nil)
	if err != nil {
		return st, err
	}
	defer func() {
		err = errors.Join(err, r.Close())
		st = r.Stats()
	}()
	text := s.TextOptions()
	var b vector.Batch
	for {
		if err := r.Next(ctx, &b); errors.Is(err, io.EOF) {
			return st, nil
		} else if err != nil {
			return st, err
		}
		if first != nil && b.Rows() > 0 {
			*first = string(text.AppendText(nil, b.Cols[0], b.Rows()-1))
		}
	}
}
