// Package kernel evaluates bound expressions over vectors: a compiler from
// plan.Expr to a tree of nodes, and the typed loops that the nodes run.
//
//	plan.Expr ── Compile ──> Program ── Eval(batch, sel) ──> Vector (aligned with the batch's rows)
//	                            ├─ Filter(batch, sel) ──> Sel (no booleans are made)
//	                            └─ Clone: another copy for another goroutine
//	conditions ── NewPredicate ──> formats.Predicate: bounds, dictionaries, rows
//	Evaluator: the planner's door (Fold, Filter, Predicate)
//
// A node evaluates only the selected rows and gives a vector that has a meaning
// at those alone. An immutable expression over one dictionary column is evaluated
// once for each distinct value; one over constants once for each batch. CASE,
// COALESCE, AND and OR narrow the selection before they evaluate a branch, so
// that an error (division by zero) is raised only for rows that reach it.
//
// Nodes own their result vectors and reuse them: what Eval gives is valid until
// the next Eval of the same program. Programs belong to one goroutine.
package kernel
