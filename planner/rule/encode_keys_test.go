package rule_test

import (
	"slices"
	"testing"
)

// TestEncodeKeysMemory: texts become numbers only if their dictionary, by estimate, takes
// a small part of what the query may hold.
func TestEncodeKeysMemory(t *testing.T) {
	const sql = "SELECT p_brand, sum(l_quantity * p_size) FROM lineitem JOIN part ON l_partkey = p_partkey GROUP BY p_brand"
	for _, c := range []struct {
		memory int64
		fires  bool
	}{
		{0, true}, // not known
		{64 << 20, true},
		{4 << 10, false},
	} {
		s := session("tpch")
		s.Memory = c.memory
		_, ctx, err := optimizeIn(t, s, sql)
		if err != nil {
			t.Fatal(err)
		}
		if got := slices.Contains(ctx.Trace, "encode_keys"); got != c.fires {
			t.Errorf("in %d bytes: encode_keys fired: %v, want %v", c.memory, got, c.fires)
		}
	}
}
