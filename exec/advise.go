package exec

import (
	"context"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/planner/plan"
)

// maxAdvised is how many folders of a new table's location are looked at.
const maxAdvised = 1000

// advice gives what the owner of a new table should know.
func (s *Session) advice(ctx context.Context, stmt *plan.CreateTable) []*fault.Error {
	var out []*fault.Error
	if stmt.Note != "" {
		out = append(out, fault.New(fault.CodeWarning, "%s", stmt.Note))
	}
	if stmt.Advise == nil {
		return out
	}
	if text := stmt.Advise(s.foldersAt(ctx, stmt.Table.Storage.Location)); text != "" {
		out = append(out, fault.New(fault.CodeWarning, "%s", text))
	}
	return out
}

// adviceTime is how long a new table waits for its location to be listed.
const adviceTime = 5 * time.Second

// foldersAt gives names of folders at a location, as far as they can be listed: a
// table may be made before its files, and before its location may be read.
func (s *Session) foldersAt(ctx context.Context, location string) []string {
	in, key, err := s.e.o.Stores.Open(location)
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, adviceTime)
	defer cancel()
	var names []string
	for name, err := range store.Folders(store.WithReadKind(ctx, store.ReadList), in, store.Folder(key)) {
		if err != nil || len(names) == maxAdvised {
			break
		}
		names = append(names, name)
	}
	return names
}
