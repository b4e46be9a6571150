package crawl

import "github.com/glauxdb/glaux/catalog/types"

// Widen gives the type that holds the values of two files' column of one name;
// where there is none it is varchar, and lossless is false. The rule is that of
// the crawl itself: see the package comment.
func Widen(a, b types.Type) (t types.Type, lossless bool) { return widen(a, b) }
