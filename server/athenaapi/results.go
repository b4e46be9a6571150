package athenaapi

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/server/awsapi"
)

// The bounds of a page of results.
const (
	maxPageRows  = 1000
	firstRead    = 64 << 10
	maxPageBytes = 8 << 20  // a page with more ends early
	maxRowBytes  = 64 << 20 // a row with more is damage
)

// getResults implements GetQueryResults: a page of the result's file. What a page's
// token tells is a place in the file.
func (s *Server) getResults(ctx context.Context, in *athena.GetQueryResultsInput) (*athena.GetQueryResultsOutput, error) {
	var c checks
	most := c.Between("maxResults", in.MaxResults, 1, maxPageRows, maxPageRows)
	if err := c.err(); err != nil {
		return nil, err
	}
	e, err := s.find(ctx, in.QueryExecutionId)
	if err != nil {
		return nil, err
	}
	if err := s.mayDo(ctx, "GetQueryResults", e); err != nil {
		return nil, err
	}
	switch st := e.state(); st {
	case athenatypes.QueryExecutionStateQueued, athenatypes.QueryExecutionStateRunning:
		return nil, invalid("Query has not yet finished. Current state: %s", st)
	case athenatypes.QueryExecutionStateFailed, athenatypes.QueryExecutionStateCancelled:
		return nil, invalid("Query did not finish successfully. Final query state: %s", st)
	}
	scope := awsapi.Scope("GetQueryResults", e.id())
	after, ok := awsapi.Resume(scope, in.NextToken, 1)
	if !ok {
		return nil, badToken()
	}
	off := int64(0)
	if after != nil {
		if off, err = strconv.ParseInt(after[0], 10, 64); err != nil || off < 0 {
			return nil, badToken()
		}
	}
	rows, end, more, err := s.page(ctx, e, off, most)
	if err != nil {
		return nil, err
	}
	out := &athena.GetQueryResultsOutput{UpdateCount: aws.Int64(e.Updated), ResultSet: &athenatypes.ResultSet{Rows: rows,
		ResultSetMetadata: &athenatypes.ResultSetMetadata{ColumnInfo: e.Columns}}}
	if more {
		out.NextToken = awsapi.NextToken(scope, strconv.FormatInt(end, 10))
	}
	return out, nil
}

func badToken() error {
	return invalid("Invalid NextToken: it is not one that this operation gave for this request.")
}

// page reads at most n rows of a result from a place in its file on.
func (s *Server) page(ctx context.Context, e *execution, off int64, n int) (rows []athenatypes.Row, end int64, more bool, err error) {
	if e.Form == formFiles {
		return []athenatypes.Row{}, off, false, nil
	}
	from, key, err := s.file(e)
	if err != nil {
		return nil, 0, false, err
	}
	info, err := from.Stat(ctx, key)
	if fault.Is(err, fault.CodeUndefinedFile) {
		return nil, 0, false, invalid("Could not find results: %s is gone.", awsapi.Clip(key))
	}
	if err != nil {
		return nil, 0, false, err
	}
	if off > info.Size {
		return nil, 0, false, badToken()
	}
	read := readLine
	if e.Form == formCSV {
		read = readCSV
	}
	rows, end = []athenatypes.Row{}, off
	var data []byte
	for want := int64(firstRead); ; want = min(want*2, maxPageBytes) {
		at := end + int64(len(data))
		if want = min(want, info.Size-at); want > 0 {
			parts, err := from.ReadRanges(ctx, info, []store.Range{{Off: at, Len: want}})
			if err != nil {
				return nil, 0, false, err
			}
			data = append(data, parts[0]...)
		}
		for len(rows) < n {
			cells, used := read(data)
			if used == 0 {
				break
			}
			rows, data, end = append(rows, row(cells)), data[used:], end+int64(used)
		}
		switch {
		case end == info.Size || len(rows) == n || end-off >= maxPageBytes:
			return rows, end, end < info.Size, nil
		case end+int64(len(data)) == info.Size || len(data) > maxRowBytes:
			return nil, 0, false, fault.Corrupt(from.URL(key), "the result ends in the middle of a row, at byte %d", end)
		}
	}
}

func row(cells []*string) athenatypes.Row {
	r := athenatypes.Row{Data: make([]athenatypes.Datum, len(cells))}
	for i, c := range cells {
		r.Data[i].VarCharValue = c
	}
	return r
}

// expireResults removes the results that the server has kept long enough.
func (s *Server) expireResults(ctx context.Context) error {
	if s.managed == nil {
		return nil
	}
	oldest := s.now().Add(-s.keepResults)
	var old []string
	for o, err := range s.managed.List(ctx, "") {
		if err != nil {
			return err
		}
		if o.Modified.Before(oldest) {
			old = append(old, o.Key)
		}
	}
	if len(old) == 0 {
		return nil
	}
	return s.managed.Delete(ctx, old...)
}
