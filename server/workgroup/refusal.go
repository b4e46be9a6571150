package workgroup

import (
	"fmt"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
)

// Refusal is the first sentence of every refusal: the words that Athena uses.
const Refusal = "Bytes scanned limit was exceeded"

// refuse makes the error: limit, need, read so far, the largest table, and the
// partition filter that would help.
func (m *meter) refuse(need, read int64) error {
	e := fault.New(fault.CodeLimitExceeded, "%s: workgroup %q allows %s per query, this query needs at least %s (%s read so far)",
		Refusal, m.name, Bytes(m.limit), Bytes(need), Bytes(read))
	t := m.largest()
	if t == nil {
		return e
	}
	e.Schema, e.Table = t.Database, t.Table
	e.Detail = fmt.Sprintf("limit %d bytes, needed at least %d bytes, read %d bytes; the largest table is %s.%s with %d to %d bytes in %d files",
		m.limit, need, read, t.Database, t.Table, t.BytesLower, t.BytesUpper, t.Files)
	if t.PartitionsTotal > 0 {
		e.Detail += fmt.Sprintf(", %d of %d partitions selected", t.Partitions, t.PartitionsTotal)
	}
	e.Hint = hint(t)
	return e
}

// largest gives the table that the plan reads most of.
func (m *meter) largest() *exec.TableEstimate {
	p := m.tables.Load()
	if p == nil {
		return nil
	}
	var best *exec.TableEstimate
	for i := range *p {
		if t := &(*p)[i]; best == nil || t.BytesUpper > best.BytesUpper {
			best = t
		}
	}
	return best
}

func hint(t *exec.TableEstimate) string {
	name := t.Database + "." + t.Table
	switch {
	case len(t.PartitionKeys) == 0:
		return fmt.Sprintf("Table %s has no partitions: select fewer columns, or ask for a larger bytes_scanned_cutoff_per_query.", name)
	case len(t.Unfiltered) == 0:
		return fmt.Sprintf("The query already filters every partition key of %s: choose fewer partitions or fewer columns.", name)
	}
	for i, k := range t.PartitionKeys {
		if k == t.Unfiltered[0] && i < len(t.Example) {
			return fmt.Sprintf("Filter %s by its partition key, for example: WHERE %s", name, t.Example[i])
		}
	}
	return fmt.Sprintf("Filter %s by its partition key %q.", name, t.Unfiltered[0])
}
