package kernel

// Program is a compiled expression.
type Program struct{}
