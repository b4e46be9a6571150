package fn

import (
	"slices"
	"testing"

	"github.com/glauxdb/glaux/planner/plan"
)

func TestSignatures(t *testing.T) {
	all := NewRegistry().Signatures(plan.Postgres)
	find := func(name string, params ...string) *Signature {
		for i := range all {
			if all[i].Name == name && slices.Equal(all[i].Params, params) {
				return &all[i]
			}
		}
		t.Errorf("no %s(%v)", name, params)
		return &Signature{}
	}
	if s := find("substr", "varchar", "bigint"); s.Ret != "varchar" || !s.Strict {
		t.Errorf("%+v", s)
	}
	if s := find("array_agg", "T"); s.Kind != plan.AggregateFunc || s.Ret != "array(T)" {
		t.Errorf("%+v", s)
	}
	if s := find("concat", "any"); !s.Variadic || s.Strict {
		t.Errorf("%+v", s)
	}
	if len(all) < 500 {
		t.Errorf("%d signatures", len(all))
	}
	if testing.Verbose() {
		for _, s := range all {
			t.Log(s.Name, s.Params, s.Variadic, s.Ret)
		}
	}
}
