package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/glauxdb/glaux/benchmarks/peer"
	"github.com/glauxdb/glaux/server/pg/pgdiff/postgres"
)

// postgresColumns are the columns of the lake's tables that PostgreSQL holds, as
// lake.py writes them.
const postgresColumns = `u int, id int, k int, b bigint, s smallint, t smallint, d1 decimal(9,2), d2 decimal(18,4), d3 decimal(30,6), f double precision, g real,
	o boolean, dt date, ts timestamp, tm time, v text, w text, j text, l int[], m text[]`

// server is a PostgreSQL with the lake's tables.
type pgServer struct {
	cluster *postgres.Cluster
	conn    *pgconn.PgConn
	ctx     context.Context
}

func startPostgres(ctx context.Context, lake string) (oracle, error) {
	bin := postgres.Find()
	if bin == "" {
		return nil, errors.New("there is no PostgreSQL 15 on this machine")
	}
	s := &pgServer{ctx: ctx}
	var err error
	if s.cluster, err = postgres.Start(ctx, bin, "", "statement_timeout=20s", "jit=off"); err != nil {
		return nil, err
	}
	if s.conn, err = pgconn.Connect(ctx, "postgres://postgres@"+s.cluster.Addr+"/postgres?sslmode=disable"); err != nil {
		return nil, err
	}
	for _, t := range []string{"big", "mid", "tiny", "nothing", "parts"} {
		if err := s.load(t, filepath.Join(lake+"-csv", t+".csv")); err != nil {
			return nil, fmt.Errorf("%s: %w", t, err)
		}
	}
	_, err = s.run("ANALYZE")
	return s, err
}

// load makes a table of a CSV file.
func (s *pgServer) load(table, file string) error {
	cols := postgresColumns
	if table == "parts" {
		cols += ", part int, zone text"
	}
	if _, err := s.conn.Exec(s.ctx, "CREATE TABLE "+table+" ("+cols+")").ReadAll(); err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = s.conn.CopyFrom(s.ctx, f, "COPY "+table+` FROM STDIN (FORMAT csv, NULL '\N')`)
	return err
}

func (s *pgServer) run(sql string) (peer.Answer, error) {
	begin := time.Now()
	var a peer.Answer
	list, err := s.conn.Exec(s.ctx, sql).ReadAll()
	var pe *pgconn.PgError
	switch {
	case errors.As(err, &pe):
		return peer.Answer{Error: pe.Code + " " + pe.Message}, nil
	case err != nil:
		return a, err
	}
	a.MS = float64(time.Since(begin)) / float64(time.Millisecond)
	for _, r := range list {
		for _, row := range r.Rows {
			out := make([]*string, len(row))
			for i, v := range row {
				if v != nil {
					text := string(v)
					out[i] = &text
				}
			}
			a.Rows = append(a.Rows, out)
		}
	}
	return a, nil
}

func (s *pgServer) version() string { return "PostgreSQL " + s.conn.ParameterStatus("server_version") }

func (s *pgServer) stop() {
	s.conn.Close(context.WithoutCancel(s.ctx))
	s.cluster.Stop()
}
