package op

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/formats/vector"
)

// codeTester feeds a worker's groups with batches of dictionary keys, as a scan makes
// them, and keeps what group each key has.
type codeTester struct {
	r     *rand.Rand
	l     *aggLocal
	dicts []*vector.Vector
	want  map[string]uint32
}

func newCodeTester(seed uint64, keys int) *codeTester {
	c := &codeTester{r: rand.New(rand.NewPCG(seed, 3)), want: map[string]uint32{}}
	a := &Aggregate{KeyTypes: make([]types.Type, keys)}
	for i := range keys {
		a.KeyTypes[i] = types.TVarchar
		c.dicts = append(c.dicts, &vector.Vector{})
	}
	a.layout = keytab.NewLayout(a.KeyTypes, true)
	c.l = &aggLocal{a: a, enc: keytab.NewEncoder(a.layout), t: &aggTable{tab: keytab.NewTable(a.layout, 8)}}
	for i := range c.dicts {
		c.refill(i)
	}
	return c
}

// refill gives a dictionary other values, in the same vector or in a new one.
func (c *codeTester) refill(i int) {
	if c.r.IntN(2) == 0 {
		c.dicts[i] = &vector.Vector{}
	}
	d, n := c.dicts[i], 1+c.r.IntN(60)
	d.Reset(types.TVarchar, 0)
	for k := range n {
		d.AppendBytes([]byte(fmt.Sprint([]string{"v", "a longer value "}[k%2], (k*7+c.r.IntN(3))%90)))
	}
}

// disturb does what happens between batches: row groups end, tables are put out and
// emptied, or sealed.
func (c *codeTester) disturb() {
	switch c.r.IntN(12) {
	case 0, 1:
		c.refill(c.r.IntN(len(c.dicts)))
	case 2:
		c.l.t.tab.Reset()
		clear(c.want)
	case 3:
		c.l.t = &aggTable{tab: keytab.NewTable(c.l.a.layout, 8)}
		clear(c.want)
	}
}

func (c *codeTester) batch() *vector.Batch {
	b := &vector.Batch{N: 1 + c.r.IntN(300)}
	c.l.keys = c.l.keys[:0]
	for _, d := range c.dicts {
		v := &vector.Vector{}
		codes := make([]uint32, b.N)
		for k := range codes {
			codes[k] = uint32(c.r.IntN(d.Len))
		}
		v.SetDict(types.TVarchar, codes, d)
		for k := range b.N {
			if c.r.IntN(4) == 0 && c.r.IntN(2) == 0 {
				v.SetNull(k)
			}
		}
		if c.r.IntN(8) == 0 {
			v = vector.Flatten(v)
		}
		c.l.keys = append(c.l.keys, v)
	}
	if c.r.IntN(2) == 0 {
		for k := 0; k < b.N; k += 1 + c.r.IntN(3) {
			b.Sel = append(b.Sel, uint16(k))
		}
	}
	return b
}

func (c *codeTester) check(t *testing.T, b *vector.Batch) {
	t.Helper()
	if err := c.l.findGroups(b); err != nil {
		t.Fatal(err)
	}
	for k, p := range selOf(b) {
		key := ""
		for _, v := range c.l.keys {
			key += fmt.Sprintf("%q|", vector.ValueAt(v, int(p)))
		}
		g, ok := c.want[key]
		if !ok {
			g = uint32(len(c.want))
			c.want[key] = g
		}
		if c.l.groups[k] != g {
			t.Fatalf("key %s is in group %d, want %d", key, c.l.groups[k], g)
		}
	}
	if c.l.t.tab.Len() != len(c.want) {
		t.Fatalf("%d groups, want %d", c.l.t.tab.Len(), len(c.want))
	}
}

// TestCodeGroups: groups by the codes of dictionaries are those by values, whatever
// becomes of dictionaries and tables between batches.
func TestCodeGroups(t *testing.T) {
	for seed := range uint64(40) {
		for keys := 1; keys <= 3; keys++ {
			c := newCodeTester(seed, keys)
			used := 0
			for range 60 {
				c.disturb()
				b := c.batch()
				c.check(t, b)
				if c.l.codes.ready {
					used++
				}
			}
			if keys <= 2 && used == 0 {
				t.Errorf("seed %d: codes of %d keys were never used", seed, keys)
			}
		}
	}
}
