package fn

import "github.com/glauxdb/glaux/planner/plan"

// ListFunctions gives a row for each name and signature: name, kind, signature and
// description, by family and name. SHOW FUNCTIONS shows them.
func (r *Registry) ListFunctions() [][4]string {
	kinds := [...]string{plan.Scalar: "scalar", plan.AggregateFunc: "aggregate", plan.OrderedSetFunc: "aggregate", plan.WindowFunc: "window", plan.TableFunc: "table"}
	var out [][4]string
	for _, e := range r.list {
		for _, name := range e.Names {
			seen := map[string]bool{} // the dialects' overloads may look the same
			for _, o := range e.overs {
				if !seen[o.sig] {
					out = append(out, [4]string{name, kinds[e.Kind], o.sig, e.Doc})
				}
				seen[o.sig] = true
			}
		}
	}
	return out
}
