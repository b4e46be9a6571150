package crawl

import "testing"

// TestUTF16: text in another encoding is named, not only left out.
func TestUTF16(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/1.csv": "\xff\xfea\x00,\x00b\x00\n\x001\x00,\x002\x00\n\x00"})
	w.want("memory://lake/l", "left out: memory://lake/l/t/1.csv: it is text in UTF-16: convert it to UTF-8, for example with iconv")
}
