package meta

import (
	"context"
	"time"
)

// QueryUsage is what the queries of a user in a workgroup did that were taken on
// in one hour. It is counted from the history: what was pruned is not in it.
type QueryUsage struct {
	Hour      time.Time // its beginning, UTC
	Workgroup string
	User      string

	Queries, Succeeded, Failed, Cancelled  int64
	BytesScanned, BytesBilled, BytesCached int64
	Cost                                   float64
	Queued, Execution                      time.Duration // of all queries together
}

const microsPerHour = int64(time.Hour / time.Microsecond)

// Usage sums up the history by hour, workgroup and user, the newest hour first.
// Of the filter Workgroup, User, Since and Until count.
func (s *Store) Usage(ctx context.Context, f HistoryFilter) ([]QueryUsage, error) {
	const what = "read the query history"
	sums := HistoryFilter{Workgroup: f.Workgroup, User: f.User, Since: f.Since, Until: f.Until}
	where, args := sums.where()
	rows, err := s.history.read.QueryContext(ctx, "SELECT started / ?, workgroup, user_name, count(*), "+
		"count(*) FILTER (WHERE state = 'SUCCEEDED'), count(*) FILTER (WHERE state = 'FAILED'), count(*) FILTER (WHERE state = 'CANCELLED'), "+
		"CAST(sum(bytes_scanned) AS BIGINT), CAST(sum(bytes_billed) AS BIGINT), CAST(sum(bytes_cached) AS BIGINT), sum(cost), "+
		"CAST(sum(queued) AS BIGINT), CAST(sum(CASE WHEN ended - started > planning + queued THEN ended - started - planning - queued ELSE 0 END) AS BIGINT) "+
		"FROM query_history"+where+
		" GROUP BY 1, 2, 3 ORDER BY 1 DESC, 2, 3", append([]any{microsPerHour}, args...)...)
	if err != nil {
		return nil, translate(err, what)
	}
	defer rows.Close()
	var out []QueryUsage
	for rows.Next() {
		var u QueryUsage
		var hour int64
		err := rows.Scan(&hour, &u.Workgroup, &u.User, &u.Queries, &u.Succeeded, &u.Failed, &u.Cancelled, &u.BytesScanned, &u.BytesBilled,
			&u.BytesCached, &u.Cost, (*storedSpan)(&u.Queued), (*storedSpan)(&u.Execution))
		if err != nil {
			return nil, translate(err, what)
		}
		u.Hour = time.UnixMicro(hour * microsPerHour).UTC()
		out = append(out, u)
	}
	return out, translate(rows.Err(), what)
}
