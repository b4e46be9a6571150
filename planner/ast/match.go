package ast

// MatchRecognize is table MATCH_RECOGNIZE (...) [alias], an item of FROM.
type MatchRecognize struct {
	tableNode
	Table       TableExpr
	PartitionBy []Expr
	OrderBy     []OrderItem
	// Rows is what is put out of a match: "" (one row), "one", "all", "all show empty",
	// "all omit empty" or "all with unmatched".
	Rows string
	RowPattern
	Alias Alias
}

// RowPattern is what MATCH_RECOGNIZE and the frame of a window have in common.
// Pattern is nil in a frame without one.
type RowPattern struct {
	Measures []Measure
	Skip     *SkipTo // nil: past the last row
	Search   string  // "", "initial" or "seek"
	SearchAt Pos
	OneBound bool // of a frame that was written without BETWEEN
	Pattern  *Pattern
	Subsets  []Subset
	Defines  []Define
}

// Measure is an item of MEASURES.
type Measure struct {
	X    Expr
	Name Ident
}

// SkipTo is AFTER MATCH SKIP. To is "past last row", "to next row", "to first",
// "to last" or "to", the last three with a pattern variable.
type SkipTo struct {
	At
	To       string
	Variable Ident
}

// Subset is a union variable of SUBSET: name = (of, of).
type Subset struct {
	Name Ident
	Of   []Ident
}

// Define is an item of DEFINE: name AS condition.
type Define struct {
	Name Ident
	Cond Expr
}

// PatternKind says what a Pattern is.
type PatternKind uint8

// The kinds of patterns.
const (
	PatternVariable  PatternKind = iota // Name
	PatternEmpty                        // ()
	PatternStart                        // ^
	PatternEnd                          // $
	PatternConcat                       // Parts, one after the other
	PatternAlternate                    // one of Parts, the first preferred
	PatternPermute                      // Parts in any order
	PatternExclude                      // {- Parts[0] -}
	PatternRepeat                       // Parts[0], Min to Max times
)

// Pattern is a regular expression over pattern variables. Of a PatternRepeat, Min and
// Max are numbers as written; Max is "" where there is no limit.
type Pattern struct {
	At
	Kind      PatternKind
	Name      Ident
	Parts     []*Pattern
	Min, Max  string
	Reluctant bool
}
