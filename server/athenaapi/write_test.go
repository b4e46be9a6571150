package athenaapi

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"
)

// TestManifests runs statements that write the lake: their files are listed, counted,
// and lie where the client's results go if nobody says another place.
func TestManifests(t *testing.T) {
	w := newWorld(t)
	run := func(sql string) *athenatypes.QueryExecution {
		t.Helper()
		e := w.wait(w.submit(&athena.StartQueryExecutionInput{QueryString: &sql, ResultConfiguration: &athenatypes.ResultConfiguration{OutputLocation: &w.results},
			QueryExecutionContext: &athenatypes.QueryExecutionContext{Database: aws.String("`Demo`")}}))
		if e.Status.State != athenatypes.QueryExecutionStateSucceeded {
			t.Fatalf("%s: %s", sql, aws.ToString(e.Status.StateChangeReason))
		}
		return e
	}
	run("PREPARE add FROM INSERT INTO copies SELECT name, age FROM people WHERE age > 30")
	for _, c := range []struct {
		sql     string
		updated int64
		folder  string // below the results, where the files are; ID for the execution's
	}{
		{"CREATE TABLE copies AS SELECT name, age FROM people", 3, "tables/ID"},
		{"EXECUTE add", 1, ""},
		{"UNLOAD (SELECT * FROM copies) TO '" + w.results + "/out' WITH (format = 'PARQUET')", 4, "out"},
		{"CREATE TABLE nothing AS SELECT name FROM people WITH NO DATA", 0, "-"},
	} {
		e := run(c.sql)
		id := *e.QueryExecutionId
		if want := filepath.Join(w.results, id); *e.ResultConfiguration.OutputLocation != want || aws.ToString(e.Statistics.DataManifestLocation) != want+"-manifest.csv" {
			t.Errorf("%s: results in %s, manifest %s", c.sql, *e.ResultConfiguration.OutputLocation, aws.ToString(e.Statistics.DataManifestLocation))
		}
		list, err := os.ReadFile(aws.ToString(e.Statistics.DataManifestLocation))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range strings.Fields(string(list)) {
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: %v", c.sql, err)
			}
			if in := filepath.Join(w.results, strings.ReplaceAll(c.folder, "ID", id)); c.folder != "" && filepath.Dir(file) != in {
				t.Errorf("%s: file %s, want it in %s", c.sql, file, in)
			}
		}
		if empty := len(list) == 0; empty != (c.folder == "-") {
			t.Errorf("%s: manifest %q", c.sql, list)
		}
		out := must[*athena.GetQueryResultsOutput](t)(w.GetQueryResults(t.Context(), &athena.GetQueryResultsInput{QueryExecutionId: &id}))
		cols := out.ResultSet.ResultSetMetadata.ColumnInfo
		if *out.UpdateCount != c.updated || len(out.ResultSet.Rows) != 0 || len(cols) != 1 || *cols[0].Name != "rows" || *cols[0].Type != "bigint" {
			t.Errorf("%s: %d updated, %d rows, columns %v", c.sql, *out.UpdateCount, len(out.ResultSet.Rows), cols)
		}
	}
	if got := w.rows("SELECT count(*) FROM copies"); got[1][0] != "4" {
		t.Errorf("copies has %s rows, want 4", got[1][0])
	}
}
