package fn

import (
	"github.com/glauxdb/glaux/exec/geo"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// geoAggs make one geometry of many.
func geoAggs() []*Entry {
	agg := func(name, doc string, kind geo.GatherKind) *Entry {
		return &Entry{Names: []string{name}, Kind: plan.AggregateFunc, Doc: doc, overs: []overload{{sig: name + "(geometry) geometry",
			agg: newSketchAgg(sketchKind[*geo.Gather]{merge: (*geo.Gather).Merge, feed: func(args []*vector.Vector) func(g **geo.Gather, row int) error {
				shapes := kernel.StringsOf(args[0])
				return func(g **geo.Gather, row int) error {
					if *g == nil {
						*g = geo.NewGather(kind)
					}
					return (*g).Add(shapes.At(row))
				}
			}})}}}
	}
	return []*Entry{
		agg("geometry_union_agg", "The union of geometries; NULL of none.", geo.GatherUnion),
		agg("convex_hull_agg", "The least convex geometry around all; NULL of none.", geo.GatherHull),
		agg("geometry_collect_agg", "All geometries as one Multi geometry, if they are of one kind, or as a collection; NULL of none.", geo.GatherCollection),
	}
}
