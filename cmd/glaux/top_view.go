package main

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/jackc/pgx/v5"
	"github.com/mattn/go-runewidth"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/server/workgroup"
)

// topView is what glaux top shows.
type topView struct {
	conn    *pgx.Conn
	groups  []topGroup
	queries []topQuery
	today   map[string]int64 // bytes scanned since midnight, by workgroup
	summed  time.Time        // when today was asked for
	seen    time.Time
	at      int    // the query that is chosen
	asked   string // the ID of the one that is to be canceled, if y follows
	said    string // the last line

	width, height int // of the screen when it was last drawn
}

type topGroup struct {
	Name, State                    string
	Running, Short, Queued, Length int
	Concurrency                    *int
	Longest                        float64 // milliseconds
}

type topQuery struct {
	id, User, Group, State, Query string
	Position                      *int
	Why                           *string
	Elapsed                       float64 // milliseconds
	Bytes                         int64
	Limit, Upper                  *int64
	Memory                        int64
}

// look asks the server.
func (v *topView) look(ctx context.Context) error {
	rows, err := v.conn.Query(ctx, `SELECT workgroup, state, running, short_running, queued, queue_length, concurrency, longest_wait_ms
		FROM glaux_catalog.workgroup_queues ORDER BY workgroup`)
	if err == nil {
		v.groups, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) (g topGroup, err error) {
			return g, r.Scan(&g.Name, &g.State, &g.Running, &g.Short, &g.Queued, &g.Length, &g.Concurrency, &g.Longest)
		})
	}
	if err != nil {
		return lost(err)
	}
	rows, err = v.conn.Query(ctx, `SELECT query_id, user_name, workgroup, state, query, position, waits_for, elapsed_ms, bytes_scanned, bytes_limit,
		bytes_upper, peak_memory FROM glaux_catalog.running_queries WHERE pid IS DISTINCT FROM pg_backend_pid()
		ORDER BY CASE state WHEN 'RUNNING' THEN 0 WHEN 'PLANNING' THEN 1 ELSE 2 END, workgroup, position, started`)
	if err == nil {
		v.queries, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) (q topQuery, err error) {
			return q, r.Scan(&q.id, &q.User, &q.Group, &q.State, &q.Query, &q.Position, &q.Why, &q.Elapsed, &q.Bytes, &q.Limit, &q.Upper, &q.Memory)
		})
	}
	if err == nil && time.Since(v.summed) >= sumEvery {
		err = v.sum(ctx)
	}
	v.seen = time.Now()
	v.at = max(0, min(v.at, len(v.queries)-1))
	return lost(err)
}

// sumEvery is how often the history is summed up: a day of it may be long.
const sumEvery = 10 * time.Second

// sum asks what the workgroups have scanned today, by the server's clock.
func (v *topView) sum(ctx context.Context) error {
	rows, err := v.conn.Query(ctx, `SELECT workgroup, CAST(sum(bytes_scanned) AS bigint) FROM glaux_catalog.workgroup_usage
		WHERE hour >= date_trunc('day', current_timestamp) GROUP BY workgroup`)
	if err != nil {
		return err
	}
	v.today, v.summed = map[string]int64{}, time.Now()
	var name string
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&name, &n}, func() error { v.today[name] = n; return nil })
	return err
}

func lost(err error) error {
	if err == nil {
		return nil
	}
	return fault.Wrap(err, fault.CodeConnectionFailure, "the server does not answer: %v", err)
}

// lines draws the view into a screen; 0 by 0 is as large as it needs to be.
func (v *topView) lines(width, height int) []string {
	head := fmt.Sprintf("%s  %s", v.seen.Format("15:04:05"), map[bool]string{true: "1 query", false: fmt.Sprint(len(v.queries), " queries")}[len(v.queries) == 1])
	out := []string{head, ""}
	groups := [][]string{{"WORKGROUP", "STATE", "RUNNING", "LIMIT", "SHORT", "QUEUED", "OF", "LONGEST WAIT", "TODAY"}}
	for _, g := range v.groups {
		limit := "-"
		if g.Concurrency != nil {
			limit = fmt.Sprint(*g.Concurrency)
		}
		groups = append(groups, []string{g.Name, g.State, fmt.Sprint(g.Running), limit, fmt.Sprint(g.Short), fmt.Sprint(g.Queued),
			fmt.Sprint(g.Length), span(g.Longest), workgroup.Bytes(v.today[g.Name])})
	}
	out = append(append(out, aligned(groups)...), "")
	queries := [][]string{{"QUERY", "USER", "WORKGROUP", "STATE", "TIME", "SCANNED", "OF", "LIMIT", "MEMORY", "TEXT"}}
	for _, q := range v.queries {
		queries = append(queries, q.cells(height > 0))
	}
	if height == 0 {
		return append(out, aligned(queries)...)
	}
	return v.fit(out, aligned(queries), width, height)
}

// shortID is how much of a query's ID a screen shows.
const shortID = 8

// fit cuts the view to a screen: of the list of queries, whose first line is its head,
// the part that the chosen one is in; the foot is the last line. Where there is no
// room for both, the list goes before what stands above it.
func (v *topView) fit(above, list []string, width, height int) []string {
	room := height - 1 // without the foot
	above = above[:max(0, min(len(above), room-min(len(list), 2)))]
	rows := max(0, min(len(list)-1, room-len(above)-1))
	first := max(0, min(v.at-rows/2, len(list)-1-rows))
	out := append(append([]string{}, above...), list[0])
	out = append(out, list[1+first:1+first+rows]...)
	out = out[:max(0, min(len(out), room))]
	for len(out) < room {
		out = append(out, "")
	}
	chosen := len(above) + 1 + v.at - first
	for i := range out {
		out[i] = runewidth.Truncate(out[i], max(0, width-1), "…")
		if i == chosen && len(v.queries) > 0 {
			out[i] = "\x1b[7m" + out[i] + "\x1b[0m"
		}
	}
	return append(out, runewidth.Truncate(v.foot(), max(0, width-1), "…"))
}

func (v *topView) foot() string {
	if v.said != "" {
		return shownText(v.said)
	}
	return "up/down choose   k cancel   q quit"
}

// cells are the columns of a query. On a screen they are short, so that there is room
// for its text.
func (q *topQuery) cells(short bool) []string {
	id, state, limit, upper := q.id, q.State, "-", "-"
	if short {
		id = id[:min(len(id), shortID)]
	}
	if q.Position != nil {
		state = fmt.Sprintf("%s %d", q.State, *q.Position)
	}
	if q.Why != nil && !short {
		state += " (" + *q.Why + ")"
	}
	if q.Limit != nil {
		limit = fmt.Sprintf("%.0f%% of %s", 100*float64(q.Bytes)/float64(*q.Limit), workgroup.Bytes(*q.Limit))
	}
	if q.Upper != nil {
		upper = workgroup.Bytes(*q.Upper)
	}
	return []string{id, q.User, q.Group, state, span(q.Elapsed), workgroup.Bytes(q.Bytes), upper, limit, workgroup.Bytes(q.Memory), q.Query}
}

func span(ms float64) string {
	return time.Duration(ms * float64(time.Millisecond)).Round(100 * time.Millisecond).String()
}

// aligned makes columns of cells, the last one as long as it is.
func aligned(rows [][]string) []string {
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i := range r {
			r[i] = shownText(r[i])
			widths[i] = max(widths[i], runewidth.StringWidth(r[i]))
		}
	}
	out := make([]string, len(rows))
	for n, r := range rows {
		for i := range r[:len(r)-1] {
			r[i] = runewidth.FillRight(r[i], widths[i])
		}
		out[n] = strings.TrimRight(strings.Join(r, "  "), " ")
	}
	return out
}

// shownText keeps what others wrote from reaching the terminal as commands, and
// on one line.
func shownText(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
}
