package ion

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/formattest"
)

// suite is amazon-ion/ion-tests' iontestdata (pack.sh); beside it is what
// amazon.ion reads of it (expect.py).
const suite = "testdata/ion-tests/"

// misses are the files that are not read as they should be, and why: what JSON
// does not tell apart.
var misses = func() map[string]string {
	out := map[string]string{}
	for why, names := range map[string]string{
		"annotations are passed over":           "annotations lists sexps strings structs symbols",
		"lists and s-expressions are arrays":    "documents",
		"decimals and floats are numbers":       "floatsVsDecimals",
		"values of several types are one":       "nonNulls nulls",
		"times are in UTC, without a precision": "timestamps",
	} {
		for name := range strings.FieldsSeq(names) {
			out["good/non-equivs/"+name+".ion"] = why
		}
	}
	return out
}()

// refusals are the good files whose error is the right answer, with its text.
var refusals = map[string]string{
	"good/utf16.ion": "text Ion is read as UTF-8",
	"good/utf32.ion": "text Ion is read as UTF-8",
}

// alone are the files that amazon.ion does not read, with what they hold.
var alone = map[string]string{
	"good/subfieldVarUInt32bit.ion": strings.Repeat("1\n", 3),
	"good/typecodes/T7-large.10n":   strings.Repeat("\"$0\"\n", 10),
}

// TestConformance reads every file of the suite: the good ones as amazon.ion
// does, the values of a group of equivalents as the same JSON, those of a
// group of others as different JSON; the bad ones are errors.
func TestConformance(t *testing.T) {
	expected := expectations(t)
	score := formattest.Score{Format: "ion", Files: "amazon-ion/ion-tests: iontestdata", As: "amazon.ion, and the groups of equal and of different values in the files", Misses: map[string]string{},
		Left: "UTF-16 and UTF-32 are among the refused"}
	for name, data := range formattest.Archive(t, suite+"iontestdata.tar.gz", "iontestdata/") {
		if !strings.HasSuffix(name, ".ion") && !strings.HasSuffix(name, ".10n") {
			continue
		}
		score.All++
		var err error
		text, refused := refusals[name]
		switch {
		case strings.HasPrefix(name, "bad/"), refused:
			score.Refused++
			err = mustFail(data, text)
		default:
			err = conform(name, data, expected)
		}
		why, known := misses[name]
		switch {
		case err == nil && known:
			t.Errorf("%s is read right, but is listed as a miss: %s", name, why)
		case err == nil:
			score.Right++
		case known:
			score.Misses[name] = why
		default:
			t.Errorf("%s: %v", name, err)
		}
	}
	score.Misses = byReason(score.Misses)
	score.Report(t)
}

// byReason lists the files that are missed for each reason.
func byReason(misses map[string]string) map[string]string {
	names := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(misses)) {
		names[misses[name]] = append(names[misses[name]], strings.TrimSuffix(strings.TrimPrefix(name, "good/non-equivs/"), ".ion"))
	}
	out := map[string]string{}
	for why, files := range names {
		out["non-equivs of "+strings.Join(files, ", ")] = why
	}
	return out
}

// expectations are amazon.ion's values by file, written as same has them.
func expectations(t *testing.T) map[string][]any {
	data, err := os.ReadFile(suite + "expect.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]any{}
	for line := range bytes.Lines(data) {
		var f struct {
			File   string
			Values []any
			Error  string
		}
		if err := stdjson.Unmarshal(line, &f); err != nil {
			t.Fatal(err)
		}
		if f.Error != "" {
			continue
		}
		out[f.File] = f.Values
	}
	return out
}

// mustFail says if data is read, or the error is none of its kind.
func mustFail(data []byte, text string) error {
	out, err := io.ReadAll(decode(bytes.NewReader(data)))
	e := fault.As(err)
	if e == nil || (e.Code != fault.CodeDataCorrupted && text == "") || !strings.Contains(e.Error(), text) {
		return fmt.Errorf("it is read as %q with the error %v", out, err)
	}
	return nil
}

// conform reads a good file.
func conform(name string, data []byte, expected map[string][]any) error {
	out, err := io.ReadAll(decode(bytes.NewReader(data)))
	if err != nil {
		return err
	}
	got, err := same(out)
	if err != nil {
		return err
	}
	if own, ok := alone[name]; ok {
		if string(out) != own {
			return fmt.Errorf("it is read as %q", out)
		}
		return nil
	}
	want, ok := expected[name]
	if !ok {
		return errors.New("nothing says what the file holds")
	}
	if diff := cmp.Diff(rewrite(want), got); diff != "" {
		return errors.New(diff)
	}
	if strings.Contains(name, "equiv") {
		return groups(name, out, bytes.Contains(data, []byte("embedded_documents")), !strings.Contains(name, "non-equivs/"))
	}
	return nil
}

// groups compares the values in each of the groups with each other: the
// members of lists, or the documents that they are the texts of.
func groups(name string, lines []byte, embedded, equal bool) error {
	for i, line := range bytes.Split(bytes.TrimSpace(lines), []byte("\n")) {
		var group []stdjson.RawMessage
		if err := stdjson.Unmarshal(line, &group); err != nil {
			return fmt.Errorf("group %d: %v", i, err)
		}
		members := make([]string, len(group))
		for j, member := range group {
			var doc string
			if err := stdjson.Unmarshal(member, &doc); embedded && err == nil {
				if member, err = io.ReadAll(decode(strings.NewReader(doc))); err != nil {
					return fmt.Errorf("document %d of group %d: %v", j, i, err)
				}
			}
			values, err := same(member)
			if err != nil {
				return err
			}
			if strings.Contains(name, "equivTimeline/") && strings.Count(values[0], "-") == 2 && !strings.Contains(values[0], ":") {
				values[0] = strings.TrimSuffix(values[0], `"`) + ` 00:00:00"` // a date is the point at which it begins
			}
			if members[j] = strings.Join(values, " "); !equal {
				members[j] = string(member) // as written: zeros behind a point tell decimals apart
			}
		}
		for j := range members {
			for k := range j {
				if (members[j] == members[k]) != equal {
					return fmt.Errorf("group %d: %s and %s", i, members[k], members[j])
				}
			}
		}
	}
	return nil
}

// same reads JSON, value by value, as texts that are the same for equal ones.
func same(lines []byte) (values []string, err error) {
	d := stdjson.NewDecoder(bytes.NewReader(lines))
	d.UseNumber()
	values = []string{}
	for d.More() {
		v, err := sameValue(d)
		if err != nil {
			return nil, fmt.Errorf("%q is no JSON: %v", lines, err)
		}
		values = append(values, v)
	}
	return values, nil
}

func sameValue(d *stdjson.Decoder) (string, error) {
	tok, err := d.Token()
	if err != nil {
		return "", err
	}
	if tok == stdjson.Delim('[') || tok == stdjson.Delim('{') {
		var members []string
		for d.More() {
			member := ""
			if tok == stdjson.Delim('{') {
				name, err := d.Token()
				if err != nil {
					return "", err
				}
				member = text(name.(string)) + ": "
			}
			v, err := sameValue(d)
			if err != nil {
				return "", err
			}
			members = append(members, member+v)
		}
		closer, err := d.Token()
		if closer == stdjson.Delim('}') {
			slices.Sort(members) // structs have no order, and a name may be there more than once
		}
		return fmt.Sprintf("%v%s%v", tok, strings.Join(members, ", "), closer), err
	}
	switch v := tok.(type) {
	case stdjson.Number:
		return formattest.Number(v.String()), nil
	case string:
		return text(v), nil
	}
	return fmt.Sprint(tok), nil
}

// text quotes a text. The symbols that have none are alike, as amazon.ion does
// not give their numbers.
func text(s string) string {
	if digits, ok := strings.CutPrefix(s, "$"); ok && strings.Trim(digits, "0123456789") == "" {
		s = "$?"
	}
	return fmt.Sprintf("%q", s)
}

// rewrite makes the values of expect.jsonl what same makes of them.
func rewrite(values []any) []string {
	out := []string{}
	for _, v := range values {
		out = append(out, rewriteValue(v))
	}
	return out
}

func rewriteValue(v any) string {
	switch v := v.(type) {
	case []any:
		return "[" + strings.Join(rewrite(v), ", ") + "]"
	case map[string]any:
		if n, ok := v["#"].(string); ok {
			return formattest.Number(n)
		}
		var members []string
		for _, f := range v["{}"].([]any) {
			field := f.([]any)
			members = append(members, text(field[0].(string))+": "+rewriteValue(field[1]))
		}
		slices.Sort(members)
		return "{" + strings.Join(members, ", ") + "}"
	case string:
		return text(v)
	case nil:
		return "<nil>"
	}
	return fmt.Sprint(v)
}
