package kernel

// LambdaBody is a compiled lambda argument. The kernel of a higher-order function
// flattens the elements that the lambda is called for into long vectors and
// calls Eval with them; captured columns are repeated by rows.
type LambdaBody struct {
	prog *Program
}
