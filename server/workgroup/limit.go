package workgroup

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/store"
)

// Refusal is the first sentence of every refusal: the words that Athena uses.
const Refusal = "Bytes scanned limit was exceeded"

// meter counts what one query reads and refuses data reads past its limit. The
// check and the count are one compare-and-swap, so that parallel readers
// together never pass the limit by a byte.
type meter struct {
	group string
	limit int64 // bytes of data; 0: no limit

	data     atomic.Int64
	footers  atomic.Int64
	requests atomic.Int64
	tables   atomic.Pointer[[]exec.TableEstimate] // set by check
}

// Reserve implements store.Meter.
func (m *meter) Reserve(_ context.Context, kind store.ReadKind, n int64) error {
	switch kind {
	case store.ReadList:
		m.requests.Add(1)
		return nil
	case store.ReadFooter:
		if n > 0 {
			m.requests.Add(1)
		}
		m.footers.Add(n)
		return nil
	}
	if n > 0 {
		m.requests.Add(1)
	}
	for {
		have := m.data.Load()
		if m.limit > 0 && n > 0 && have+n > m.limit {
			return m.refuse(have+n, have)
		}
		if m.data.CompareAndSwap(have, have+n) {
			return nil
		}
	}
}

// check refuses a plan whose lower bound is already too much.
func (m *meter) check(est []exec.TableEstimate) error {
	m.tables.Store(&est)
	var lower int64
	for i := range est {
		lower += est[i].BytesLower
	}
	if m.limit > 0 && lower > m.limit {
		return m.refuse(lower, m.data.Load())
	}
	return nil
}

// refuse makes the error: limit, need, read so far, the largest table, and the
// partition filter that would help.
func (m *meter) refuse(need, read int64) error {
	e := fault.New(fault.CodeLimitExceeded, "%s: workgroup %q allows %s per query, this query needs at least %s (%s read so far)",
		Refusal, m.group, Bytes(m.limit), Bytes(need), Bytes(read))
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

// Bytes prints a number of bytes for people: 1536 is "1.5 KB". Units are
// powers of 1024, as Athena's limits are.
func Bytes(n int64) string {
	const units = "KMGTPE"
	if n < 1024 {
		return fmt.Sprintf("%d bytes", n)
	}
	f, u := float64(n)/1024, 0
	for f >= 1024 && u < len(units)-1 {
		f, u = f/1024, u+1
	}
	if f == float64(int64(f)) {
		return fmt.Sprintf("%d %cB", int64(f), units[u])
	}
	return fmt.Sprintf("%.1f %cB", f, units[u])
}

// ParseBytes reads a number of bytes as people write it: 10485760, 10MB, 1.5 GB.
func ParseBytes(s string) (int64, error) {
	var f float64
	var unit string
	if n, err := fmt.Sscanf(s, "%f%s", &f, &unit); n == 0 || err != nil && n != 1 {
		return 0, fault.New(fault.CodeInvalidParameter, "invalid size %q", s).WithHint("Write bytes, or a number with KB, MB, GB or TB.")
	}
	mult, ok := map[string]float64{"": 1, "B": 1, "b": 1, "KB": 1 << 10, "kB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40}[unit]
	if !ok || f < 0 || f*mult > 1<<62 {
		return 0, fault.New(fault.CodeInvalidParameter, "invalid size %q", s).WithHint("Write bytes, or a number with KB, MB, GB or TB.")
	}
	return int64(f * mult), nil
}
