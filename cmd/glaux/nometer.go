//go:build nometer

package main

// A program without its meter would enforce no limit, so it does not compile: the
// tag is for benchmarks/meter alone.
var _ = theTagNometerIsForBenchmarksOnly
