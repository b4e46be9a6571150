package exec_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/template"
	"github.com/glauxdb/glaux/exec/slttest"
)

// columnsFor are those of a template that has none of its own, fieldsFor the
// fields of one that wants to be told.
var (
	columnsFor = map[string]string{"firehose_json": "(id bigint, name string)"}
	fieldsFor  = map[string]string{"cur_csv": "fields = 'identity/LineItemId lineItem/UnblendedCost'",
		"s3_inventory_csv": "fields = 'Bucket, Key, Size'"}
)

// rootOf gives the folders in front of the first that is a key.
func rootOf(l *template.Layout) string {
	root := ""
	for _, folder := range strings.Split(strings.TrimPrefix(l.String(), "./"), "/") {
		if strings.Contains(folder, "${") {
			break
		}
		root += folder + "/"
	}
	return root
}

// TestTemplatesArePlainDDL makes a table of each template with each of its
// layouts, and again of what SHOW CREATE TABLE says of it: without the template,
// as other engines read it, it is the same table.
func TestTemplatesArePlainDDL(t *testing.T) {
	s := slttest.NewSession(t, slttest.Lake(t, "../testdata/lake", nil))
	do := func(sql string) []string {
		t.Helper()
		rows, err := s.Query(t.Context(), sql)
		if err != nil {
			t.Fatalf("%s\n%v", sql, err)
		}
		return rows
	}
	for _, x := range template.All() {
		layouts := []string{""}
		for _, l := range x.Layouts {
			layouts = append(layouts, l.Name)
		}
		for _, layout := range layouts {
			location, with := "s3://bucket/copies/", fieldsFor[x.Name]
			for _, l := range x.Layouts {
				if l.Name == layout {
					location = "s3://bucket/" + rootOf(l)
					with = strings.Trim(with+", layout = '"+layout+"'", ", ")
				}
			}
			if with != "" {
				with = " WITH (" + with + ")"
			}
			sql := "CREATE EXTERNAL TABLE made " + columnsFor[x.Name] + " FROM TEMPLATE " + x.Name + " LOCATION '" + location + "'" + with
			do(sql)
			made := do("SHOW CREATE TABLE made")
			if layout != "" && !strings.Contains(strings.Join(made, "\n"), "PARTITIONED BY") {
				t.Errorf("%s: there are no partitions", sql)
			}
			do("DROP TABLE made")
			do(strings.Join(made, "\n"))
			if diff := cmp.Diff(made, do("SHOW CREATE TABLE made")); diff != "" {
				t.Errorf("%s (-made +again):\n%s", sql, diff)
			}
			do("DROP TABLE made")
		}
	}
}

// TestTemplateWarnings makes tables whose locations are not where the logs are.
func TestTemplateWarnings(t *testing.T) {
	s := slttest.NewSession(t, slttest.Lake(t, "../testdata/lake", nil))
	for location, want := range map[string]string{
		"../testdata/templates/AWSLogs/":                                    "",
		"../testdata/templates/AWSLogs/111122223333/CloudTrail/eu-west-1/":  "",
		"../testdata/templates/":                                            "01000 there is a folder AWSLogs, as in AWSLogs/[${organization}]/${account}/CloudTrail/${region}/${day}: end the location there to have partitions",
		"../testdata/templates/AWSLogs/111122223333/CloudTrail/us-west-99/": "",
		"../testdata/templates/hive/AWSLogs/":                               "01000 the table expects folders ${account} at its location, where there are others: aws-account-id=111122223333",
	} {
		if _, err := s.Query(t.Context(), "DROP TABLE IF EXISTS warned"); err != nil {
			t.Fatal(err)
		}
		got := strings.Join(notices(t, s, "CREATE EXTERNAL TABLE warned FROM TEMPLATE cloudtrail LOCATION '"+location+"'"), "\n")
		if !strings.HasSuffix(got, want) || want == "" && got != "" {
			t.Errorf("%s: %q, want %q", location, got, want)
		}
	}
}
