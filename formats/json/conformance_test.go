package json

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

// suiteMisses are the files of JSONTestSuite that are not read as they should
// be, and why.
var suiteMisses = map[string]string{
	"n_string_unescaped_ctrl_char.json": rawControls,
	"n_string_unescaped_newline.json":   rawControls,
	"n_string_unescaped_tab.json":       rawControls,
}

const rawControls = "control characters in texts pass, as writers of logs leave them there"

// TestConformance reads each document of nst/JSONTestSuite as the value of a
// column: those of y_ are read as encoding/json reads them, those of n_ are
// errors, whether the column is wanted or passed over; those of i_, where the
// specification leaves the choice, are read as encoding/json does, or errors.
func TestConformance(t *testing.T) {
	score := formattest.Score{Format: "json", Files: "nst/JSONTestSuite: test_parsing, each as the value of a column", As: "what their names say, encoding/json", Misses: map[string]string{}}
	for name, doc := range formattest.Archive(t, "testdata/JSONTestSuite/test_parsing.tar.gz", "test_parsing/") {
		score.All++
		err := conform(t, name, doc)
		why, known := suiteMisses[name]
		switch {
		case err == nil && known:
			t.Errorf("%s is read right, but is listed as a miss: %s", name, why)
		case err == nil:
			if score.Right++; name[0] == 'n' {
				score.Refused++
			}
		case known:
			score.Misses[name] = why
		default:
			t.Errorf("%s: %.200v", name, err)
		}
	}
	score.Report(t)
}

func conform(t *testing.T, name string, doc []byte) error {
	data := fmt.Sprintf(`{"v":%s}`, doc)
	got, err := text(open(t, data, formattest.Schema(t, "v string"), nil), 1<<30, wanted(t, "v string"))
	_, skipped := text(open(t, data, formattest.Schema(t, "w string"), nil), 1<<30, wanted(t, "w string"))
	for _, e := range []error{err, skipped} {
		if f := fault.As(e); e != nil && f.Code != fault.CodeInvalidJSON && f.Code != fault.CodeDataCorrupted {
			return fmt.Errorf("another error: %v", e)
		}
	}
	switch {
	case name[0] == 'n' && (err == nil || skipped == nil):
		return fmt.Errorf("it is read as %s (%v; passed over: %v)", got, err, skipped)
	case name[0] == 'y' && (err != nil || skipped != nil):
		return errors.Join(err, skipped)
	case err != nil:
		return nil
	}
	return sameAs(doc, got)
}

func wanted(t *testing.T, columns ...string) formats.ScanRequest {
	return formats.ScanRequest{Columns: formattest.Columns(formattest.Schema(t, columns...))}
}

// sameAs compares the one row of got with what encoding/json finds: a text is
// itself, other values are theirs as JSON.
func sameAs(doc []byte, got string) error {
	var row struct{ V *string }
	if err := stdjson.Unmarshal([]byte(got), &row); err != nil || strings.Count(got, "\n") != 1 {
		return fmt.Errorf("the row is %q: %v", got, err)
	}
	var want any
	d := stdjson.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	if err := d.Decode(&want); err != nil {
		return fmt.Errorf("it is read as %q, encoding/json says %v", got, err)
	}
	var have any
	if row.V != nil {
		have = *row.V
		if _, isText := want.(string); !isText {
			d := stdjson.NewDecoder(strings.NewReader(*row.V))
			d.UseNumber()
			if err := d.Decode(&have); err != nil {
				return fmt.Errorf("%q: %v", *row.V, err)
			}
		}
	}
	if !reflect.DeepEqual(have, want) {
		return fmt.Errorf("it is read as %q, which is not %q", have, want)
	}
	return nil
}
