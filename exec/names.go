package exec

import (
	"context"

	"github.com/glauxdb/glaux/exec/kernel"
)

// NamedText is TextOptions with the catalog's names at hand, so that regclass
// and its kin print as names.
func (s *Session) NamedText(ctx context.Context) (*kernel.TextOptions, error) {
	snap, err := s.snapshot(ctx, "")
	if err != nil {
		return nil, err
	}
	o := s.TextOptions()
	o.Catalog = s.e.catalogInfo(snap)
	return o, nil
}
