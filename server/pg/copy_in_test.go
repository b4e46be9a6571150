package pg

import (
	"errors"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// keptRows is a copyIn that shows what it got: rows with commas, NULL as ~.
type keptRows struct{ out []string }

func (k *keptRows) Add(cols []*vector.Vector, n int, line exec.Line) error {
	for i := range n {
		var fields []string
		for _, c := range cols {
			if c.IsNull(i) {
				fields = append(fields, "~")
			} else {
				fields = append(fields, string(c.Bytes(i)))
			}
		}
		k.out = append(k.out, strings.Join(fields, "|"))
	}
	return nil
}

func (k *keptRows) Finish() (int64, error) { return int64(len(k.out)), nil }
func (k *keptRows) Abort()                 {}

// copied reads data in pieces of a size; an error ends it with its code, message
// and context.
func copied(t *testing.T, data string, size int, options ...plan.CopyOption) string {
	t.Helper()
	o, err := plan.NewCopyOptions(options, true)
	if err != nil {
		t.Fatal(err)
	}
	kept := &keptRows{}
	rows := newCopyRows(kept, &exec.CopyFormat{Table: "t", Options: o,
		Columns: []exec.Column{{Name: "a", Type: types.TInteger}, {Name: "b", Type: types.TVarchar}}})
	reader, err := newCopyReader(rows, nil)
	for err == nil && len(data) > 0 {
		n := min(size, len(data))
		err = reader.read([]byte(data[:n]))
		data = data[n:]
	}
	if err == nil {
		err = reader.end()
	}
	if err == nil {
		err = rows.flush()
	}
	var e *fault.Error
	if errors.As(err, &e) {
		kept.out = append(kept.out, string(e.Code)+" "+e.Message+"; "+e.Context)
	}
	return strings.Join(kept.out, "\n")
}

// TestCopyInRows reads data of each format, whole and in pieces of any size.
func TestCopyInRows(t *testing.T) {
	csv := plan.CopyOption{Name: "format", Value: "csv"}
	opt := func(name, value string) plan.CopyOption { return plan.CopyOption{Name: name, Value: value} }
	for _, c := range []struct {
		data    string
		want    string
		options []plan.CopyOption
	}{
		{"1\tx\n2\t\\N\n", "1|x\n2|~", nil},
		{"1\ta\\tb\\\\\\x41\\101\r\n2\tx\\\ny\n3\tz", "1|a\tb\\AA\n2|x\ny\n3|z", nil},
		{"1\tx\n\\.\n9\tz\n", "1|x", nil},
		{"1\n", "22P04 missing data for column \"b\"; COPY t, line 1: \"1\"", nil},
		{"1\tx\ty\n", "22P04 extra data after last expected column; COPY t, line 1: \"1\tx\ty\"", nil},
		{"a;b\n1;N\n", "1|~", []plan.CopyOption{opt("header", "match"), opt("delimiter", ";"), opt("null", "N")}},
		{"a\tc\n", "22P04 column name mismatch in header line field 2: got \"c\", expected \"b\"; COPY t, line 1: \"a\tc\"", []plan.CopyOption{opt("header", "match")}},
		{"1,x\n2,\n3,\"\"\n", "1|x\n2|~\n3|", []plan.CopyOption{csv}},
		{"1,\"a \"\"q\"\", b\nc\"\r\n2,x\"y\"z\n", "1|a \"q\", b\nc\n2|xyz", []plan.CopyOption{csv}},
		{"1,'a\\'b'\n", "1|a'b", []plan.CopyOption{csv, opt("quote", "'"), opt("escape", `\`)}},
		{"1,\"\"\n2,\n", "1|~\n2|~", []plan.CopyOption{csv, opt("force_null", "b")}},
		{"1,\n", "1|", []plan.CopyOption{csv, opt("force_not_null", "b")}},
		{"1,\"x\n", "22P04 unterminated CSV quoted field; COPY t, line 2: \"1,\"x\n\"", []plan.CopyOption{csv}},
		{"PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x04\x00\x00\x00\x07\x00\x00\x00\x01x\x00\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
			"7|x\n~|~", []plan.CopyOption{opt("format", "binary")}},
		{"PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x04\x00\x00\x00\x07\x00\x00\x00\x01x", // no trailer
			"7|x", []plan.CopyOption{opt("format", "binary")}},
		{"PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x04\x00\x00",
			"22P04 unexpected EOF in COPY data; COPY t, line 1", []plan.CopyOption{opt("format", "binary")}},
		{"PGCOPI\n", "22P04 COPY file signature not recognized; COPY t, line 1", []plan.CopyOption{opt("format", "binary")}},
	} {
		for _, size := range []int{1, 2, 3, 1 << 20} {
			if got := copied(t, c.data, size, c.options...); got != c.want {
				t.Errorf("%q in pieces of %d\n got %q\nwant %q", c.data, size, got, c.want)
			}
		}
	}
}
