package fn

import (
	"unsafe"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// States addresses the states of one aggregate inside its caller's rows: the
// state of row r is the StateSize bytes from Rows[r*Stride+Off] on. Rows, Stride
// and Off are aligned to 8 bytes. A state of zero bytes is an empty one, so that
// nothing has to be initialized.
type States struct {
	Rows   []byte
	Stride int
	Off    int
}

// Aggregator computes one aggregate call over states that its caller stores.
// Values of variable size live in the Aggregator itself and states refer to
// them, so a state belongs to the Aggregator that updated it. One goroutine uses
// an Aggregator at a time; every worker has its own.
type Aggregator interface {
	// StateSize is in bytes, a multiple of 8.
	StateSize() int
	// Update adds rows to states: the k-th row of sel (nil: row k) to the state of
	// row groups[k] of st. Arguments may be in any form and hold NULLs. There is
	// one group for each row.
	Update(st States, groups []uint32, args []*vector.Vector, sel vector.Sel) error
	// UpdateOne adds the rows of sel (nil: the first n) to the one state of row 0.
	UpdateOne(st States, args []*vector.Vector, sel vector.Sel, n int) error
	// Merge adds the state of row fromGroups[k] of another Aggregator of the same
	// call to the state of row groups[k]. The other's states are not used afterwards.
	Merge(st States, groups []uint32, from Aggregator, fromSt States, fromGroups []uint32) error
	// Final appends the results of the given rows to the flat vector out, which
	// has the call's result type.
	Final(st States, groups []uint32, out *vector.Vector) error
	// MemoryBytes counts what the Aggregator holds besides the states.
	MemoryBytes() int64
}

// aggImpl is what plan.Func.Impl holds for an aggregate.
type aggImpl struct {
	new func(c *kernel.EvalCtx, f *plan.Func) (Aggregator, error)
	// moments, of an aggregate over momentStates, puts them out as they are, and final
	// makes the result of one.
	moments *aggImpl
	final   func(s *momentState) (float64, bool)
}

// NewAggregator makes an aggregator for a resolved aggregate function.
func NewAggregator(c *kernel.EvalCtx, f *plan.Func) (Aggregator, error) {
	im, ok := f.Impl.(*aggImpl)
	if !ok {
		return nil, fault.New(fault.CodeInternal, "%s is not an aggregate of this registry", f.Name)
	}
	return im.new(c, f)
}

// state views row r's state as a T.
func state[T any](st States, r uint32) *T {
	return (*T)(unsafe.Pointer(&st.Rows[int(r)*st.Stride+st.Off]))
}

// stateBase gives the address of row 0's state; at adds a row's offset. st must
// have rows.
func stateBase(st States) unsafe.Pointer { return unsafe.Pointer(&st.Rows[st.Off]) }

func at[T any](base unsafe.Pointer, stride int, r uint32) *T {
	return (*T)(unsafe.Add(base, int(r)*stride))
}
