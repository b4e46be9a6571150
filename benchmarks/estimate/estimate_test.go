package main

import "testing"

// TestEstimate runs the benchmark over few rows: it fails if a bound does not hold.
func TestEstimate(t *testing.T) {
	c := cli{TPCH: "../../testdata/lake", Label: "TPC-H", Queries: "../../testdata/tpch/queries", Rows: 5000}
	if err := c.run(t.Context()); err != nil {
		t.Fatal(err)
	}
}
