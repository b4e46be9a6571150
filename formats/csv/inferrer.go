package csv

import "github.com/glauxdb/glaux/catalog/types"

// Infer is the function Infer, for the crawler, which knows formats only
// through their interfaces.
func (Format) Infer(head []byte, complete bool) (*types.Schema, map[string]string, error) {
	return Infer(head, complete)
}
