// Package bind turns a syntax tree into a logical plan: names become column
// IDs, operators and functions become chosen overloads, every implicit
// conversion becomes a Cast, every subquery an Apply.
//
//	ast.Stmt ── binder ──> plan.Statement
//	              ├── query      WITH, set operations, VALUES; one selector per SELECT block
//	              ├── from       tables, views, joins, lateral items ──> relations in a scope
//	              ├── selector   WHERE → groups → HAVING → select list → DISTINCT → ORDER BY → LIMIT
//	              ├── expr       expressions over a scope; subqueries wait in a stage until their clause is built
//	              └── command    DDL, SHOW, SET: catalog and session commands
//
// The catalog is read and nothing else; a statement is bound against one
// version of each table. A scope is what the names of one query level mean; it
// leads to the scopes around it, so that a correlated column is simply the
// column ID of an outer plan. Errors carry the position of what they speak of.
package bind
