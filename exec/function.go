package exec

import (
	"context"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/routine"
	"github.com/glauxdb/glaux/exec/wasm"
	"github.com/glauxdb/glaux/planner/plan"
)

// createFunction stores a function of a user.
func (s *Session) createFunction(ctx context.Context, stmt *plan.CreateFunction) (*Result, error) {
	f := *stmt.Function
	if _, err := s.e.o.Catalog.Database(ctx, f.Database); err != nil {
		return nil, err
	}
	var module []byte
	if f.Language == routine.Wasm {
		var err error
		if module, err = s.checkedModule(ctx, stmt); err != nil {
			return nil, err
		}
		f.Hash = wasm.Hash(module)
	}
	f.Created = time.Now().UTC()
	return done(stmt.Tag()), routine.Put(ctx, s.e.o.Documents, &f, module, stmt.OrReplace)
}

// dropFunction removes functions; what is not there is an error unless IF EXISTS
// was written.
func (s *Session) dropFunction(ctx context.Context, stmt *plan.DropFunction) (*Result, error) {
	var notices []*fault.Error
	for _, n := range stmt.Names {
		count := 0
		if s.e.o.Documents != nil {
			var err error
			if count, err = routine.Drop(ctx, s.e.o.Documents, n[0], n[1]); err != nil {
				return nil, err
			}
		}
		switch {
		case count > 0:
		case stmt.IfExists:
			notices = append(notices, fault.New(fault.CodeSuccess, "function %s.%s does not exist, skipping", n[0], n[1]))
		default:
			return nil, fault.New(fault.CodeUndefinedFunction, "function %s.%s does not exist", n[0], n[1])
		}
	}
	return done(stmt.Tag(), notices...), nil
}

// dropDatabase drops a database with the functions in it. Without CASCADE a
// function keeps it, as a table does.
func (s *Session) dropDatabase(ctx context.Context, stmt *plan.DropDatabase) error {
	docs := s.e.o.Documents
	if docs == nil {
		return s.e.o.Catalog.DropDatabase(ctx, stmt.Name, stmt.Cascade)
	}
	own, err := routine.List(ctx, docs, stmt.Name)
	if err != nil {
		return err
	}
	if len(own) > 0 && !stmt.Cascade {
		names := make([]string, len(own))
		for i, f := range own {
			names[i] = f.Name
		}
		return fault.New(fault.CodeDependentObjects, "cannot drop schema %q because other objects depend on it", stmt.Name).
			WithDetail("Functions: %s.", strings.Join(names, ", ")).WithHint("Use DROP ... CASCADE to drop the dependent objects too.")
	}
	if err := s.e.o.Catalog.DropDatabase(ctx, stmt.Name, stmt.Cascade); err != nil || len(own) == 0 {
		return err
	}
	_, err = routine.Drop(ctx, docs, stmt.Name)
	return err
}
