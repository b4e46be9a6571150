// Package early is imported by the program for what it does before the other packages
// begin. Go begins packages in the order of their paths, each as soon as what it imports
// has begun; this one imports little. What the others then make (5 MB of libraries'
// tables) would have the collector run three times before the first statement, for
// nothing: none of it is garbage.
package early

import "github.com/glauxdb/glaux/exec/mem"

func init() { mem.TuneCollector() }
