package op

import (
	"testing"

	"github.com/glauxdb/glaux/formats"
)

// splitsOf cuts n row groups into splits of up to each.
func splitsOf(n, each int) (out []formats.Split) {
	for at := 0; at < n; at += each {
		out = append(out, formats.Split{First: at, Count: min(each, n-at)})
	}
	return out
}

func TestCutTail(t *testing.T) {
	for _, c := range []struct{ groups, each, want int }{
		{53, 7, 6 + 11}, {16, 2, 6 + 4}, {4, 1, 4}, {3, 1, 3}, {6, 2, 3}, {9, 2, 4 + 1}, {0, 1, 0}, {40, 1, 40},
	} {
		splits := splitsOf(c.groups, c.each)
		got := cutTail(splits, func() []formats.Split { return splitsOf(c.groups, 1) })
		if len(got) != c.want {
			t.Errorf("%d groups by %d: %d splits, want %d", c.groups, c.each, len(got), c.want)
		}
		next := 0
		for _, sp := range got {
			if sp.First != next {
				t.Fatalf("%d groups by %d: group %d is left out or comes twice", c.groups, c.each, next)
			}
			next += sp.Count
		}
		if next != c.groups {
			t.Errorf("%d groups by %d: ends at %d", c.groups, c.each, next)
		}
	}
}

// TestCutTailLeaves keeps splits whose parts are not told, or do not fit.
func TestCutTailLeaves(t *testing.T) {
	text := make([]formats.Split, 8)
	for i := range text {
		text[i].Range.Off = int64(i)
	}
	groups := splitsOf(16, 2)
	for _, c := range []struct{ splits, small []formats.Split }{
		{text, text}, {groups, splitsOf(16, 5)}, {groups, splitsOf(15, 1)}, {groups, nil},
	} {
		if got := cutTail(c.splits, func() []formats.Split { return c.small }); len(got) != len(c.splits) {
			t.Errorf("%d splits became %d", len(c.splits), len(got))
		}
	}
}
