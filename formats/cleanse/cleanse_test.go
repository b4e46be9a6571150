package cleanse

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/types"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		props string // k=v,k=v
		want  string // trigger=action of what is set; "!" and a part of the error
	}{
		{"", ""},
		{"invalid_char_handling=replace,replacement_char=?", "INVALID_CHAR=REPLACE"},
		{"invalid_char_handling=REPLACE,data_cleansing_enabled=false", ""},
		{"data_cleansing_enabled=true", "SURPLUS_CHAR=SET_TO_NULL"},
		{"data_cleansing_enabled=TRUE,surplus_char_handling=DISABLED,numeric_overflow_handling=DROP_ROW", "NUMERIC_OVERFLOW=DROP_ROW"},
		{"surplus_char_handling=truncate,column_count_mismatch_handling=FAIL", "SURPLUS_CHAR=TRUNCATE COLUMN_COUNT=FAIL"},
		{"surplus_bytes_handling=TRUNCATE", ""},
		{"numeric_overflow_handling=TRUNCATE", `!property "numeric_overflow_handling" is "TRUNCATE": expected DISABLED, FAIL, SET_TO_NULL or DROP_ROW`},
		{"surplus_bytes_handling=no", "!surplus_bytes_handling"},
		{"data_cleansing_enabled=yes", "!expected true or false"},
		{"replacement_char=ab", "!expected one character"},
		{"replacement_char=", "!expected one character"},
	} {
		props := map[string]string{}
		for _, kv := range strings.Split(c.props, ",") {
			if k, v, ok := strings.Cut(kv, "="); ok {
				props[k] = v
			}
		}
		p, err := Parse(props)
		if want, bad := strings.CutPrefix(c.want, "!"); bad {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v", c.props, err)
			}
			continue
		}
		var got []string
		for tr, a := range p.By {
			if a != Disabled {
				got = append(got, Trigger(tr).String()+"="+a.String())
			}
		}
		if d := cmp.Diff(c.want, strings.Join(got, " ")); d != "" || err != nil {
			t.Errorf("%s: %s %v", c.props, d, err)
		}
	}
}

func TestPolicy(t *testing.T) {
	p := Policy{Replacement: "?"}
	if p.IsZero() != true || p.Drops() {
		t.Error("the zero policy does something")
	}
	q := p.With(DropRow, false)
	if !q.Drops() || !q.DropsBy(types.TDate) || q.DropsBy(types.TVarchar) || q.By[Surplus] != Disabled {
		t.Errorf("%+v", q)
	}
	p.By[Surplus] = DropRow
	for typ, want := range map[string]bool{"string": false, "varchar(3)": true, "bigint": false} {
		ty, err := types.ParseHive(typ)
		if err != nil || p.DropsBy(ty) != want {
			t.Errorf("%s: %v %v", typ, p.DropsBy(ty), err)
		}
	}
	if !p.DropsBy(types.ArrayOf(types.RowOf(types.Field{Name: "c", Type: types.Type{Kind: types.Varchar, P: 2}}))) {
		t.Error("not inside of arrays")
	}
	if got := string(p.Clean(nil, []byte("a\xff\xfeb€\xe2\x82"))); got != "a??b€??" {
		t.Errorf("%q", got)
	}
}
