package formats

import (
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
)

// counted is a Memory with a limit.
type counted struct{ limit, used int64 }

func (c *counted) Reserve(n int64) error {
	if c.used+n > c.limit {
		return fault.New(fault.CodeOutOfMemory, "out of memory")
	}
	c.used += n
	return nil
}

func (c *counted) Release(n int64) { c.used -= n }

// TestCharge: what is free is not asked for, the rest in steps; a refusal counts
// nothing and names the object; at the end all is given back.
func TestCharge(t *testing.T) {
	m := &counted{limit: 10 * chargeStep}
	c := NewCharge(m, "a.orc")
	if err := c.Add(FreeMemory); err != nil || m.used != 0 {
		t.Fatalf("%d are reserved for what is free, %v", m.used, err)
	}
	tab := c.Tab()
	if err := tab.Grow(100, 101); err != nil || m.used != chargeStep {
		t.Errorf("%d are reserved for a byte, %v", m.used, err)
	}
	if err := tab.Add(11 * chargeStep); fault.As(err).Code != fault.CodeOutOfMemory || fault.As(err).Object != "a.orc" {
		t.Errorf("%v", err)
	}
	if c.Used() != FreeMemory+1 {
		t.Errorf("%d are counted after a refusal", c.Used())
	}
	if tab.Probe(11*chargeStep) == nil || tab.Probe(8*chargeStep) != nil || c.Used() != FreeMemory+1 {
		t.Error("a probe counts, or does not ask")
	}
	if err := tab.Add(9 * chargeStep); err != nil || m.used != 10*chargeStep {
		t.Errorf("%d are reserved, %v", m.used, err)
	}
	tab.Clear()
	if c.Used() != FreeMemory || m.used > 4*chargeStep {
		t.Errorf("%d are counted and %d reserved after the part is gone", c.Used(), m.used)
	}
	c.Close()
	if m.used != 0 {
		t.Errorf("%d stay reserved", m.used)
	}
	var none *Charge
	if none.Add(1<<40) != nil || none.Tab().Add(1<<40) != nil || none.Used() != 0 || NewCharge(nil, "") != nil {
		t.Error("nobody counts, and there is a refusal")
	}
	none.Tab().Clear()
	none.Close()
}
