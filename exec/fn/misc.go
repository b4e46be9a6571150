package fn

import (
	"crypto/rand"

	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

func miscEntries() []*Entry {
	return concatAll(hashEntries(), encodeEntries(), urlEntries(), formatEntries(), phoneticEntries(), uuidEntries())
}

func uuidEntries() []*Entry {
	return []*Entry{
		{Names: []string{"uuid", "gen_random_uuid"}, Doc: "A random UUID (version 4), another one for each row.",
			Examples: []Example{{SQL: "length(cast(uuid() as varchar))", Result: "36"}},
			overs:    []overload{{sig: "uuid() uuid", volatile: plan.Volatile, scalar: eval(randomUUIDs)}}},
	}
}

func randomUUIDs(_ *kernel.EvalCtx, _ []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	dst := vector.Values[[16]byte](out)
	kernel.Each(sel, out.Len, func(i int) {
		u := &dst[i]
		rand.Read(u[:]) // never fails
		u[6], u[8] = u[6]&0x0f|0x40, u[8]&0x3f|0x80
	})
	return nil
}
