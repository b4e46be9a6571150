package pg_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	pq "github.com/parquet-go/parquet-go"
)

// TestCopyParquet reads what COPY (FORMAT parquet) sends with another reader.
func TestCopyParquet(t *testing.T) {
	conn := connect(t, "")
	var b bytes.Buffer
	tag, err := conn.PgConn().CopyTo(t.Context(), &b,
		"copy (select g as n, 'row ' || cast(g as varchar) as s, array[g] as a from generate_series(1, 200000) t(g)) to stdout (format parquet)")
	if err != nil || tag.String() != "COPY 200000" {
		t.Fatal(tag, err)
	}
	f, err := pq.OpenFile(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if f.NumRows() != 200000 || len(f.RowGroups()) != 2 || len(f.Schema().Fields()) != 3 {
		t.Errorf("%d rows in %d groups, %s", f.NumRows(), len(f.RowGroups()), f.Schema())
	}
	b.Reset()
	tag, err = conn.PgConn().CopyTo(t.Context(), &b, "copy (select g from generate_series(1, 200000) t(g)) to stdout (format arrow)")
	if end := "\xff\xff\xff\xff\x00\x00\x00\x00"; err != nil || tag.String() != "COPY 200000" || !strings.HasPrefix(b.String(), end[:4]) || !strings.HasSuffix(b.String(), end) {
		t.Error(tag, err)
	}
	for _, c := range [][2]string{
		{"copy (select 1) to stdout (format arrow, null 'x')", "cannot specify NULL in ARROW mode"},
		{"copy (select 1) to stdout (format parquet, delimiter ',')", "cannot specify DELIMITER in PARQUET mode"},
		{"copy (select 1) to stdout (format parquet, header)", "cannot specify HEADER in PARQUET mode"},
	} {
		if _, err := conn.PgConn().CopyTo(t.Context(), &b, c[0]); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v", c[0], err)
		}
	}
}

// TestReportScan asks for the notice about what was read.
func TestReportScan(t *testing.T) {
	conn := connect(t, "")
	var notices []*pgconn.Notice
	conf := conn.Config().Copy()
	conf.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { notices = append(notices, n) }
	c, err := pgx.ConnectConfig(t.Context(), conf)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	for _, step := range []struct {
		sql  string
		want int
	}{{"select 1", 0}, {"set glaux.report_scan = on", 0}, {"select 1", 1}, {"copy (select 1) to stdout", 2},
		{"set client_min_messages = warning", 2}, {"select 1", 2}} {
		if _, err := c.PgConn().Exec(t.Context(), step.sql).ReadAll(); err != nil && !strings.HasPrefix(step.sql, "copy") {
			t.Fatal(err)
		}
		if len(notices) != step.want {
			t.Fatalf("after %s: %d notices", step.sql, len(notices))
		}
	}
	var detail map[string]int64
	if err := json.Unmarshal([]byte(notices[0].Detail), &detail); err != nil || notices[0].Severity != "NOTICE" {
		t.Errorf("%+v, %v", notices[0], err)
	}
}
