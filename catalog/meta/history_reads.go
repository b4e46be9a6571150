package meta

import "context"

// readTargets are the columns that ReadQueries reads.
var readTargets = []string{"id", "user_name", "workgroup", "kind", "state", "application", "started", "bytes_scanned", "bytes_billed", "bytes_metadata",
	"requests", "reused", "table_details"}

// ReadQueries calls each for the chosen queries, the newest first, until it gives an
// error. Of a record only these fields are set: ID, User,
// Workgroup, Kind, State, Application, Started, BytesScanned, BytesBilled,
// BytesMetadata, Requests, Reused and Tables.
func (s *Store) ReadQueries(ctx context.Context, f HistoryFilter, each func(*QueryRecord) error) error {
	const what = "read the query history"
	var targets []historyTarget
	for _, name := range readTargets {
		for _, t := range historyTargets {
			if t.name == name {
				targets = append(targets, t)
			}
		}
	}
	query, args := f.query(targets)
	rows, err := s.history.read.QueryContext(ctx, query, args...)
	if err != nil {
		return translate(err, what)
	}
	defer rows.Close()
	into := make([]any, len(targets))
	for rows.Next() {
		var r QueryRecord
		for i, t := range targets {
			into[i] = t.into(&r)
		}
		if err := rows.Scan(into...); err != nil {
			return translate(err, what)
		}
		if err := each(&r); err != nil {
			return err
		}
	}
	return translate(rows.Err(), what)
}
