package crawl

import (
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/builtin"
)

// allFormats are the formats that the server has, in the same order.
func allFormats() *formats.Registry {
	return builtin.Registry()
}
