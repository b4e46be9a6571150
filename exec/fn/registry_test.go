package fn

import "testing"

func TestRegistryBuilds(t *testing.T) {
	r := NewRegistry()
	if len(r.Entries()) < 100 {
		t.Errorf("only %d functions", len(r.Entries()))
	}
}
