package workgroup

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
)

// The spaces of documents that the Athena endpoint keeps of what is in workgroups,
// and what their keys are. They are known here because a workgroup may be dropped
// where no endpoint runs.
const (
	SpaceExecutions = "athena.execution"   // ID
	SpaceRecent     = "athena.recent"      // workgroup / time, the newest first / ID
	SpaceUnfinished = "athena.running"     // ID
	SpaceTokens     = "athena.token"       // user / ClientRequestToken
	SpaceNamed      = "athena.named"       // ID
	SpaceNamedLists = "athena.named.group" // workgroup / ID
	SpacePrepared   = "athena.prepared"    // workgroup / name
	SpaceExtras     = "athena.workgroup"   // workgroup
)

// contents are the lists of what is in a workgroup, by workgroup, and the spaces that
// have more of it under the last part of a list's key.
var contents = []struct {
	list, what string
	of         []string
}{
	{SpaceRecent, "query executions", []string{SpaceExecutions, SpaceUnfinished}},
	{SpaceNamedLists, "named queries", []string{SpaceNamed}},
	{SpacePrepared, "prepared statements", nil},
}

// checkEmpty refuses a workgroup that something is in.
func (s *Store) checkEmpty(ctx context.Context, name string) error {
	for _, c := range contents {
		ds, err := s.docs.DocumentsAfter(ctx, c.list, name+"/", "", 1)
		if err != nil {
			return err
		}
		if len(ds) > 0 {
			return fault.New(fault.CodeDependentObjects, "cannot drop workgroup %q because other objects depend on it", name).
				WithDetail("%s of the Athena endpoint are in workgroup %q", c.what, name).
				WithHint("Use DROP ... CASCADE to drop the dependent objects too.")
		}
	}
	return nil
}

// empty removes what was in a workgroup that is gone.
func (s *Store) empty(ctx context.Context, name string) error {
	gone := []catalog.Document{{Space: SpaceExtras, Key: name}}
	for _, c := range contents {
		ds, err := s.docs.DocumentsAfter(ctx, c.list, name+"/", "", 0)
		if err != nil {
			return err
		}
		for _, d := range ds {
			id := d.Key[strings.LastIndexByte(d.Key, '/')+1:]
			gone = append(gone, catalog.Document{Space: c.list, Key: d.Key})
			for _, space := range c.of {
				gone = append(gone, catalog.Document{Space: space, Key: id})
			}
			if c.list == SpaceRecent {
				token, err := s.tokenOf(ctx, id)
				if err != nil {
					return err
				}
				if token != "" {
					gone = append(gone, catalog.Document{Space: SpaceTokens, Key: token})
				}
			}
		}
	}
	for i := range gone {
		gone[i].Version = catalog.AnyVersion
	}
	_, err := s.docs.PutDocuments(ctx, gone...)
	return err
}

// tokenOf gives the key of the token that an execution was begun with; "" without.
func (s *Store) tokenOf(ctx context.Context, id string) (string, error) {
	d, err := s.docs.Document(ctx, SpaceExecutions, id)
	if err != nil || d == nil {
		return "", err
	}
	var e struct{ Token string }
	if err := json.Unmarshal(d.Data, &e); err != nil {
		return "", fault.Wrap(err, fault.CodeDataCorrupted, "the catalog holds a damaged document %s of %s: %v", id, SpaceExecutions, err)
	}
	return e.Token, nil
}
