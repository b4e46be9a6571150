package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/server/advisor"
)

// TestAdvise asks the advisor of a data directory and that of a server on it.
func TestAdvise(t *testing.T) {
	for _, where := range []string{"here", "at a server"} {
		t.Run(where, func(t *testing.T) {
			sh := newShell(t)
			for _, dt := range []string{"2026-03-08", "2026-03-09"} {
				folder := filepath.Join(sh.lake, "t", "dt="+dt)
				if err := errors.Join(os.MkdirAll(folder, 0o755), os.WriteFile(filepath.Join(folder, "a.csv"), []byte("id,name\n1,one\n2,two\n"), 0o644)); err != nil {
					t.Fatal(err)
				}
			}
			sh.want(0, "", "crawl", sh.lake, "--database", "lake")
			if where == "at a server" {
				t.Setenv("GLAUX_URL", sh.serve("glaux"))
				t.Setenv("GLAUX_DATA_DIR", "")
			}
			sh.want(0, "has no query since|Run some|look further back: glaux advise --since 30d", "advise", "--since", "1m")
			for range 2 {
				sh.want(0, "", "query", "--data-dir", sh.dir, "SELECT count(name) FROM lake.t WHERE name <> 'secret'")
			}
			sh.want(0, "1. lake.t: queries read all partitions: they limit none of dt|2 of 2 queries|  SELECT * FROM lake.t WHERE dt = |;|1 finding in ", "advise")
			if text := sh.want(0, "", "advise"); strings.Contains(text, "secret") {
				t.Error(text)
			}
			var rep advisor.Report
			if err := json.Unmarshal([]byte(sh.want(0, "", "advise", "--format", "json", "--since", "36h")), &rep); err != nil {
				t.Fatal(err)
			}
			if len(rep.Findings) != 1 || rep.Queries < 2 || rep.Findings[0].Kind != advisor.PartitionFilter || len(rep.Findings[0].SQL) != 2 || rep.Findings[0].BytesWasted == 0 {
				t.Errorf("%+v", rep)
			}
			rows, err := csv.NewReader(strings.NewReader(sh.want(0, "", "advise", "--format", "csv"))).ReadAll()
			if err != nil || len(rows) != 2 || rows[1][0] != "partition_filter" || !strings.Contains(rows[1][11], ";\nALTER TABLE lake.t SET") {
				t.Errorf("%q, %v", rows, err)
			}
			sh.want(1, "must be more than nothing", "advise", "--since", "0s")
			sh.want(2, "", "advise", "--since", "x")
			if where == "here" {
				sh.want(0, "1 finding", "advise", "--measure")
			} else {
				sh.want(1, "samples are read on the data directory only", "advise", "--measure")
			}
		})
	}
}
