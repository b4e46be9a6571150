package exec

import (
	"slices"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// tempParams gives what a client hears of a statement about temporary tables.
func tempParams(stmt plan.Statement) ([]types.Type, []Column, *CopyFormat) {
	var source, returning *plan.Query
	switch stmt := stmt.(type) {
	case *plan.Insert:
		source, returning = stmt.Source, stmt.Returning
	case *plan.Update:
		source, returning = stmt.Source, stmt.Returning
	case *plan.Delete:
		source, returning = stmt.Source, stmt.Returning
	case *plan.CreateTemp:
		source = stmt.As
	case *plan.CopyFrom:
		return nil, nil, copyFormat(stmt)
	case *plan.Write:
		source = stmt.Source
	}
	if source == nil {
		return nil, nil, nil
	}
	if returning == nil {
		return source.Params, nil, nil
	}
	return returning.Params, orNone(returning.Columns), nil
}

// aboutTemps reports whether a statement holds temporary tables.
func aboutTemps(stmt plan.Statement) bool {
	switch stmt := stmt.(type) {
	case *plan.Drops:
		return slices.ContainsFunc(stmt.Each, aboutTemps)
	case *plan.Insert, *plan.Update, *plan.Delete, *plan.CreateTemp, *plan.CopyFrom, *plan.DropTemp, *plan.AlterTemp, *plan.Truncate:
		return true
	}
	return false
}

// readsCatalog reports whether a statement that changes a temporary table reads
// tables of the lake, which may be others at the next execution.
func readsCatalog(stmt plan.Statement) bool {
	var q *plan.Query
	switch stmt := stmt.(type) {
	case *plan.Insert:
		q = stmt.Source
	case *plan.Update:
		q = stmt.Source
	case *plan.Delete:
		q = stmt.Source
	case *plan.CreateTemp:
		q = stmt.As
	}
	found := false
	if q != nil {
		plan.Transform(q.Root, func(n plan.Node) plan.Node {
			_, scan := n.(*plan.Scan)
			found = found || scan
			return n
		})
	}
	return found
}

// tempShare is the part of the engine's memory that the temporary tables of one
// session may take by default.
const tempShare = 4

// tempMemory gives the session's limit for its temporary tables, in bytes.
func (s *Session) tempMemory() int64 {
	v, _ := s.set.get("temp_table_memory")
	n, err := memorySize(v)
	if err != nil || n == 0 {
		return s.e.o.Memory / tempShare
	}
	return n
}

// memoryUnits are PostgreSQL's; without one a number is kilobytes.
var memoryUnits = []struct {
	name  string
	bytes int64
}{{"TB", 1 << 40}, {"GB", 1 << 30}, {"MB", 1 << 20}, {"kB", 1 << 10}, {"B", 1}, {"", 1 << 10}}

// memorySize reads a size such as 64MB.
func memorySize(v string) (int64, error) {
	v = strings.TrimSpace(v)
	for _, u := range memoryUnits {
		digits, ok := strings.CutSuffix(v, u.name)
		n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
		if ok && err == nil && n >= 0 && n <= 1<<62/u.bytes {
			return n * u.bytes, nil
		}
	}
	return 0, fault.New(fault.CodeInvalidParameter, "invalid value: %q", v)
}

// memorySetting checks a setting that is a size.
func memorySetting(name, value string) (string, error) {
	if _, err := memorySize(value); err != nil {
		return "", fault.New(fault.CodeInvalidParameter, "invalid value for parameter %q: %q", name, value).
			WithHint("Valid units for this parameter are \"B\", \"kB\", \"MB\", \"GB\", and \"TB\".")
	}
	return value, nil
}
