package server_test

import (
	"testing"

	"github.com/glauxdb/glaux/exec"
)

// TestKeptResults: glaux_catalog.kept_results lists what may be given again, of
// other users without their literals.
func TestKeptResults(t *testing.T) {
	l := newLake(t)
	l.put("t/a.csv", "a,b\n1,x\n2,y\n")
	l.crawl()
	l.do(`SET result_reuse = '1h'`, `CREATE USER ada PASSWORD 'secret-12'`)
	l.want(`SELECT b FROM t WHERE a = 2`, "y")
	l.want(`SELECT b FROM t WHERE a = 2`, "y")
	l.want(`SELECT user_name, database, "rows", hits, bytes_scanned > 0, used >= began, query FROM glaux_catalog.kept_results`,
		"glaux demo 1 1 t t SELECT b FROM t WHERE a = 2")
	s, err := l.in.Engine.NewSession(exec.SessionOptions{User: "ada", Database: "demo"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	rows, err := run(t, s, `SELECT query FROM glaux_catalog.kept_results`)
	if got := rowsText(rows); err != nil || got != "SELECT b FROM t WHERE a = ?" {
		t.Errorf("another user sees %q, %v", got, err)
	}
}
