package athenaerr

import "testing"

// TestPatterns: each of them is one, since nothing else compiles them before they
// are needed.
func TestPatterns(t *testing.T) {
	if len(patterns) < 30 {
		t.Errorf("%d patterns", len(patterns))
	}
	for _, p := range patterns {
		p()
	}
}
