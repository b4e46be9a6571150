package peer

import "testing"

func rowsOf(rows ...[]string) [][]*string {
	var out [][]*string
	for _, r := range rows {
		row := make([]*string, len(r))
		for i, v := range r {
			if v != "NULL" {
				row[i] = &v
			}
		}
		out = append(out, row)
	}
	return out
}

func TestDifference(t *testing.T) {
	a := rowsOf([]string{"1", "x"}, []string{"2", "NULL"}, []string{"2", "NULL"})
	for _, c := range []struct {
		name           string
		other          [][]*string
		asSet, inOrder bool
	}{
		{"the same", rowsOf([]string{"1", "x"}, []string{"2", "NULL"}, []string{"2", "NULL"}), true, true},
		{"another order", rowsOf([]string{"2", "NULL"}, []string{"1", "x"}, []string{"2", "NULL"}), true, false},
		{"last digits of a double", rowsOf([]string{"2", "NULL"}, []string{"1.00000000001", "x"}, []string{"2", "NULL"}), true, false},
		{"another number of equal rows", rowsOf([]string{"1", "x"}, []string{"1", "x"}, []string{"2", "NULL"}), false, false},
		{"empty text for NULL", rowsOf([]string{"1", "x"}, []string{"2", ""}, []string{"2", "NULL"}), false, false},
		{"fewer rows", rowsOf([]string{"1", "x"}, []string{"2", "NULL"}), false, false},
		{"text cut elsewhere", rowsOf([]string{"1x", ""}, []string{"2", "NULL"}, []string{"2", "NULL"}), false, false},
	} {
		if d := Difference(a, c.other); (d == "") != c.asSet {
			t.Errorf("%s: as sets: %q", c.name, d)
		}
		if d := OrderedDifference(a, c.other); (d == "") != c.inOrder {
			t.Errorf("%s: in order: %q", c.name, d)
		}
	}
}
