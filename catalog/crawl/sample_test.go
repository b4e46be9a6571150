package crawl

import "testing"

// TestUTF16: text in another encoding is a table like any other.
func TestUTF16(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/1.csv": "\xff\xfea\x00,\x00b\x00\n\x001\x00,\x002\x00\n\x00"})
	w.want("memory://lake/l", "t csv (a bigint, b bigint) 1 files")
}
