package fn

// Rewrite reports whether the files of expected results are to be written anew.
func Rewrite() bool { return *rewrite }
