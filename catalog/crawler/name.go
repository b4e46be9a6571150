package crawler

import (
	"fmt"
	"hash/fnv"

	"github.com/glauxdb/glaux/catalog/crawl"
)

// freeName gives the name, or where it is taken (two folders may differ only in
// case, or have one name at two places) the name with the folder above before
// it, or with a hash of the location behind it. All depend on the location
// alone.
func freeName(prefix, name, above, location string, taken map[string]bool) string {
	short := crawl.TableName(prefix + name)
	if !taken[short] {
		return short
	}
	if above != "" {
		if long := crawl.TableName(prefix + above + "_" + name); !taken[long] {
			return long
		}
	}
	h := fnv.New32a()
	h.Write([]byte(location)) // never fails
	hashed := fmt.Sprintf("%s_%08x", short, h.Sum32())
	for n := 2; taken[hashed]; n++ {
		hashed = fmt.Sprintf("%s_%08x_%d", short, h.Sum32(), n)
	}
	return hashed
}
