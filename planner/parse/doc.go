// Package parse turns SQL text into the tree of planner/ast. One hand-written
// lexer and one recursive-descent parser (precedence climbing for expressions)
// take three dialects at once: Trino queries, Hive DDL, and what PostgreSQL
// clients send.
//
//	text ── lex ──> []token ── parser ──> ast.Stmt
//	         │         │          ├─ stmt*.go    statements
//	         │         │          ├─ query*.go   SELECT, FROM, windows
//	         │         │          ├─ expr*.go    expressions
//	         │         │          └─ types.go    type names
//	         │         └─ brackets are matched, so the parser looks ahead without backtracking
//	         └─ keyword.go: classes of words
//
// The parser needs time linear in the text: it never goes back over tokens
// that it has consumed. Nesting is limited (MaxDepth); chains of operators are
// parsed in a loop and may be as long as the text allows. A chain of AND or OR
// longer than a few items becomes a balanced tree, which means the same; other
// operators keep their left-deep tree, so whoever walks the tree should go down
// Binary.L and SetOp.L in a loop.
//
// The first error wins: it is kept in the parser, which then stands on the end
// of the text, so that every loop ends by itself. Errors are 42601 with the
// words of PostgreSQL, the position, and in the hint what was expected.
package parse
