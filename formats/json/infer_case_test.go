package json

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

// TestKeysThatFold: keys of one object that differ in case only are columns of
// their own, and read as such; spellings in different objects are one column.
func TestKeysThatFold(t *testing.T) {
	for name, c := range map[string]struct {
		data, want string
		cols       []string
	}{
		"one object": {`{"id":1,"ID":"x"}` + "\n" + `{"ID":"y","id":2}` + "\n" + `{"id":3}` + "\n",
			`{"id":1,"ID_2":"x"}` + "\n" + `{"id":2,"ID_2":"y"}` + "\n" + `{"id":3,"ID_2":null}` + "\n", []string{"id", "ID_2"}},
		"different objects":  {`{"id":1}` + "\n" + `{"ID":2}` + "\n", `{"id":1}` + "\n" + `{"id":2}` + "\n", []string{"id"}},
		"the same key twice": {`{"id":1,"id":2}` + "\n", `{"id":2}` + "\n", []string{"id"}},
	} {
		in, err := Format{}.Infer([]byte(c.data), true)
		if err != nil {
			t.Fatal(name, err)
		}
		var cols []string
		for _, f := range in.Schema.Fields {
			cols = append(cols, f.Name)
		}
		if diff := cmp.Diff(c.cols, cols); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		f := open(t, c.data, in.Schema, in.Properties)
		got, err := text(f, 1<<30, formats.ScanRequest{Columns: formattest.Columns(in.Schema)})
		if err != nil {
			t.Fatal(name, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestInferBadLines: few lines that are no JSON do not cost a file its schema.
func TestInferBadLines(t *testing.T) {
	good := strings.Repeat(`{"a":1}`+"\n", 10)
	in, err := Format{}.Infer([]byte(good+`{"b":{"c":`+"\n"+good+"7\n"), true)
	if err != nil {
		t.Fatal(err)
	}
	if len(in.Schema.Fields) != 1 || in.Schema.Fields[0].Name != "a" {
		t.Errorf("columns of lines that cannot be read: %v", in.Schema)
	}
	if want := "2 of 22 records cannot be read"; len(in.Notes) != 1 || !strings.HasPrefix(in.Notes[0], want) || !strings.Contains(in.Notes[0], "line 11") {
		t.Errorf("notes: %q", in.Notes)
	}
	if in, err := (Format{}).Infer([]byte(good+"{\n"+"{\n"), true); err == nil {
		t.Errorf("more than one bad line in ten: %v", in.Schema)
	}
}
