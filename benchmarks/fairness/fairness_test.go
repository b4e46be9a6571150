package main

import "testing"

// TestNobodyStarves is the load made small.
func TestNobodyStarves(t *testing.T) {
	in, err := open(t.Context(), "../../testdata/lake")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	s := load(16, 64)
	all, err := run(t.Context(), in, s)
	if err != nil {
		t.Fatal(err)
	}
	if err := check(s, all); err != nil {
		t.Fatal(err)
	}
	if groups, j := summarize(s, all); j < 0.75 { // few turns: coarse
		t.Errorf("Jain's index of the workgroups' turns is %.3f: %+v", j, groups)
	}
}

func TestJain(t *testing.T) {
	for _, c := range []struct {
		xs   []float64
		want float64
	}{{[]float64{3, 3, 3, 3}, 1}, {[]float64{5, 0, 0, 0}, 0.25}, {nil, 1}} {
		if got := jain(c.xs); got != c.want {
			t.Errorf("%v: %v, want %v", c.xs, got, c.want)
		}
	}
}
