package crawl

import (
	"context"
	"path"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/formats/store"
)

// linked is a file and where it is.
type linked struct {
	store store.Store
	info  store.Info
}

// manifestNames are what writers call the manifests of Hive's
// SymlinkTextInputFormat: S3 Inventory, and Delta Lake and Hudi.
var manifestNames = map[string]bool{"symlink.txt": true, "manifest": true}

// follow gives the first file that a manifest names, nil for what is none. An
// error is a file that cannot be read: it is the manifest's.
func (f *finder) follow(ctx context.Context, s store.Store, o store.Info) (*linked, error) {
	if !manifestNames[path.Base(o.Key)] {
		return nil, nil
	}
	links, err := lake.ReadManifest(ctx, s, o)
	if fault.Is(err, fault.CodeDataCorrupted) || err == nil && len(links) == 0 {
		return nil, nil // another kind of file of this name
	}
	if err != nil {
		return nil, err
	}
	in, key, err := f.Stores.Open(links[0].URI)
	if err != nil {
		return nil, err
	}
	info, err := in.Stat(store.WithReadKind(ctx, store.ReadList), key)
	if err != nil {
		return nil, err
	}
	return &linked{in, info}, nil
}

// content gives the file that is looked into.
func (m *sample) content() linked {
	if m.linked != nil {
		return *m.linked
	}
	return linked{m.store, m.info}
}
