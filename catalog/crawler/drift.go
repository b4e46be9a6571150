package crawler

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/fault"
)

// DriftOf gives what the last crawl found of a table's files that differ from
// its description: a JSON list of crawl.Drift in the document drift/ID. None is
// an empty list.
func DriftOf(ctx context.Context, docs catalog.Documents, tableID int64) ([]crawl.Drift, error) {
	d, err := docs.Document(ctx, spaceDrift, strconv.FormatInt(tableID, 10))
	if err != nil || d == nil {
		return nil, err
	}
	var out []crawl.Drift
	return out, decodeInto(d, &out)
}

// driftDocument makes the document; without drift it deletes the one that is
// there.
func driftDocument(drift []crawl.Drift) (catalog.Document, error) {
	d := catalog.Document{Space: spaceDrift, Table: -1, Version: catalog.AnyVersion}
	if len(drift) == 0 {
		return d, nil
	}
	var err error
	if d.Data, err = json.Marshal(drift); err != nil {
		return d, fault.Wrap(err, fault.CodeInternal, "cannot store the drift of a table: %v", err)
	}
	return d, nil
}
