// Package routine keeps the functions that users define, as documents of the catalog:
// SQL macros and functions of WebAssembly modules. A database has one function of a
// name.
package routine

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
)

// The spaces of the documents; their keys are database/name. Modules are apart, so
// that finding a function does not read its module.
const (
	space       = "function"
	moduleSpace = "function-module"
)

// The languages.
const (
	SQL  = "sql"
	Wasm = "wasm"
)

// Function is a function as it was defined. Immutable once read. Types are spelled
// as in SQL.
type Function struct {
	Database string  `json:"database"`
	Name     string  `json:"name"` // lower case
	Params   []Param `json:"params"`
	// Returns is the type of a scalar function; "": of a macro, whatever its
	// expression has.
	Returns string  `json:"returns,omitempty"`
	Table   bool    `json:"table,omitempty"`   // it gives rows
	Columns []Param `json:"columns,omitempty"` // of the rows; nil: the query's
	// Language is SQL or Wasm. Body is an expression, of a table function a query;
	// Export is the function's name in its WebAssembly module, whose SHA-256 is Hash.
	Language string    `json:"language"`
	Body     string    `json:"body,omitempty"`
	Export   string    `json:"export,omitempty"`
	Hash     string    `json:"hash,omitempty"`
	Dialect  string    `json:"dialect"` // what ambiguous SQL in Body means
	Volatile bool      `json:"volatile,omitempty"`
	Stable   bool      `json:"stable,omitempty"`
	Nulls    bool      `json:"nulls,omitempty"` // of Wasm: called for NULL arguments, too
	Comment  string    `json:"comment,omitempty"`
	Owner    string    `json:"owner,omitempty"`
	Created  time.Time `json:"created"`
}

// Param is a parameter, or a column of a table function. A macro's parameter
// without a type takes what it is given.
type Param struct {
	Name string `json:"name"`
	Type string `json:"type,omitempty"`
}

// Signature gives the function as SHOW FUNCTIONS does: the types of its parameters.
func (f *Function) Signature() string {
	ts := make([]string, len(f.Params))
	for i, p := range f.Params {
		if ts[i] = p.Type; p.Type == "" {
			ts[i] = "any"
		}
	}
	return strings.Join(ts, ", ")
}

// Result gives the type of the result as SHOW FUNCTIONS does.
func (f *Function) Result() string {
	if !f.Table {
		if f.Returns == "" {
			return "any"
		}
		return f.Returns
	}
	if f.Columns == nil {
		return "table"
	}
	cols := make([]string, len(f.Columns))
	for i, c := range f.Columns {
		cols[i] = c.Name + " " + c.Type
	}
	return "table(" + strings.Join(cols, ", ") + ")"
}

func key(database, name string) string { return database + "/" + name }

// Find gives a function, nil if there is none.
func Find(ctx context.Context, docs catalog.Documents, database, name string) (*Function, error) {
	d, err := docs.Document(ctx, space, key(database, name))
	if err != nil || d == nil {
		return nil, err
	}
	return decode(d)
}

func decode(d *catalog.Document) (*Function, error) {
	f := new(Function)
	if err := json.Unmarshal(d.Data, f); err != nil {
		return nil, fault.Wrap(err, fault.CodeDataCorrupted, "the catalog holds a damaged function %q", d.Key)
	}
	return f, nil
}

// List gives the functions of a database by name, of all with "".
func List(ctx context.Context, docs catalog.Documents, database string) ([]*Function, error) {
	prefix := ""
	if database != "" {
		prefix = database + "/"
	}
	ds, err := docs.DocumentsAfter(ctx, space, prefix, "", 0)
	if err != nil {
		return nil, err
	}
	out := make([]*Function, len(ds))
	for i := range ds {
		if out[i], err = decode(&ds[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Put stores a function, with its module if it has one. Unless it may replace
// another, one of its name is 42723.
func Put(ctx context.Context, docs catalog.Documents, f *Function, module []byte, replace bool) error {
	data, err := json.Marshal(f)
	if err != nil {
		return fault.Wrap(err, fault.CodeInternal, "cannot store function %s", f.Name)
	}
	d := catalog.Document{Space: space, Key: key(f.Database, f.Name), Data: data}
	if replace {
		d.Version = catalog.AnyVersion
	}
	m := catalog.Document{Space: moduleSpace, Key: d.Key, Version: catalog.AnyVersion} // without Data: there is none
	if module != nil {
		if m.Data, err = json.Marshal(module); err != nil {
			return fault.Wrap(err, fault.CodeInternal, "cannot store the module of function %s", f.Name)
		}
	}
	if _, err = docs.PutDocuments(ctx, d, m); fault.Is(err, fault.CodeDuplicateObject) {
		return fault.New(fault.CodeDuplicateFunction, "function %q already exists in schema %q", f.Name, f.Database).
			WithHint("CREATE OR REPLACE FUNCTION replaces it.")
	}
	return err
}

// Drop removes functions of a database: those named, or all of them with none. It
// gives how many there were.
func Drop(ctx context.Context, docs catalog.Documents, database string, names ...string) (int, error) {
	fs, err := List(ctx, docs, database)
	if err != nil {
		return 0, err
	}
	var gone []catalog.Document
	for _, f := range fs {
		if len(names) == 0 || slices.Contains(names, f.Name) {
			k := key(f.Database, f.Name)
			gone = append(gone, catalog.Document{Space: space, Key: k, Version: catalog.AnyVersion},
				catalog.Document{Space: moduleSpace, Key: k, Version: catalog.AnyVersion})
		}
	}
	if len(gone) == 0 {
		return 0, nil
	}
	_, err = docs.PutDocuments(ctx, gone...)
	return len(gone) / 2, err
}

// Module gives the WebAssembly module of a function as it is now: whoever has an
// older definition compares hashes.
func Module(ctx context.Context, docs catalog.Documents, f *Function) ([]byte, error) {
	d, err := docs.Document(ctx, moduleSpace, key(f.Database, f.Name))
	if err != nil {
		return nil, err
	}
	var module []byte
	if d == nil || json.Unmarshal(d.Data, &module) != nil {
		return nil, fault.New(fault.CodeDataCorrupted, "the catalog does not hold the module of function %q", f.Name)
	}
	return module, nil
}
