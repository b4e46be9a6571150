package lake

import (
	"context"
	"encoding/json"
	"path"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/store"
)

// Redshift's UNLOAD writes a manifest beside its files, and Spectrum takes one for
// a table's location (Amazon Redshift database developer guide, CREATE EXTERNAL
// TABLE, "LOCATION"):
//
//	{"entries": [{"url": "s3://b/f.parquet", "mandatory": true, "meta": {"content_length": 123}}]}

// entryManifest is such a file.
type entryManifest struct {
	Entries []struct {
		URL       string `json:"url"`
		Mandatory bool   `json:"mandatory"`
		Meta      struct {
			Length *int64 `json:"content_length"`
		} `json:"meta"`
	} `json:"entries"`
}

// AtManifest reports whether a table's location may be such a file by its name.
func AtManifest(t *catalog.Table) bool {
	return len(t.PartitionKeys) == 0 && strings.HasSuffix(strings.ToLower(t.Storage.Location), "manifest")
}

// isEntryManifest reports whether the one file of a table is its location, and may
// be a manifest.
func (l *Lake) isEntryManifest(t *catalog.Table, files []*File) bool {
	return len(files) == 1 && AtManifest(t) && path.Base(files[0].Info.Key) == path.Base(t.Storage.Location)
}

// entries gives the files that the table's one file, maybe a manifest, names. A
// file of that name that has no entries is the table's data.
func (l *Lake) entries(ctx context.Context, t *catalog.Table, files []*File) ([]*File, error) {
	links, err := readEntries(ctx, files[0].Store, files[0].Info)
	if err != nil {
		return nil, tableFault(err, t)
	}
	if links == nil {
		return files, nil
	}
	return l.followed(ctx, t, files, func(context.Context, store.Store, store.Info) ([]Link, error) { return links, nil })
}

// readEntries gives a manifest's entries, nil for another kind of file. One
// without a location is XX001, with its number.
func readEntries(ctx context.Context, s store.Store, o store.Info) ([]Link, error) {
	data, err := wholeManifest(ctx, s, o)
	if err != nil {
		return nil, err
	}
	var m entryManifest
	if json.Unmarshal(data, &m) != nil || m.Entries == nil {
		return nil, nil
	}
	out := make([]Link, len(m.Entries))
	for i, e := range m.Entries {
		if !isLocation(e.URL) {
			return nil, fault.New(fault.CodeDataCorrupted, "entry %d of the manifest has no location: %q", i+1, clipped(e.URL)).In(s.URL(o.Key))
		}
		out[i] = Link{Entry: i + 1, URI: e.URL, Optional: !e.Mandatory, Size: -1}
		if e.Meta.Length != nil {
			out[i].Size = *e.Meta.Length
		}
	}
	return out, nil
}
