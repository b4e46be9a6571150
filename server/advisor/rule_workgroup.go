package advisor

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/server/workgroup"
)

const (
	// leastWorkgroup is what a workgroup scans in a week before a limit is advised,
	// leastQueries how many queries make a percentile.
	leastWorkgroup = 10 << 30
	leastQueries   = 20
	// leastCutoff is Athena's.
	leastCutoff = 10_000_000
)

// findNoCutoff looks for workgroups in which a query may scan anything, and does
// much. It advises what 99 of 100 of its queries stay under.
func findNoCutoff(g *workgroup.Setting, scans []float64, window time.Duration) []Finding {
	if g.Cutoff != 0 || g.State == workgroup.Disabled || len(scans) < leastQueries {
		return nil
	}
	slices.Sort(scans)
	var sum float64
	for _, n := range scans {
		sum += n
	}
	if sum*float64(week)/float64(window) < leastWorkgroup {
		return nil
	}
	cutoff := roundUp(max(leastCutoff, scans[(len(scans)*99+99)/100-1]))
	over := 0
	for _, n := range scans {
		if n > float64(cutoff) {
			over++
		}
	}
	return []Finding{{
		Kind: NoCutoff, Workgroup: g.Name, Queries: int64(len(scans)), BytesScanned: int64(sum),
		What: "no limit: one query may scan everything",
		Evidence: fmt.Sprintf("half of its queries scan at most %s, the largest %s; %d of %d more than the limit below", workgroup.Bytes(int64(median(scans))),
			workgroup.Bytes(int64(scans[len(scans)-1])), over, len(scans)),
		SQL: []string{fmt.Sprintf("ALTER WORKGROUP %s SET (bytes_scanned_cutoff_per_query = %d)", types.QuoteIdent(g.Name), cutoff)},
	}}
}

// roundUp gives the next number of two digits and zeros.
func roundUp(n float64) int64 {
	unit := math.Pow(10, math.Floor(math.Log10(n))-1)
	return int64(math.Ceil(n/unit) * unit)
}
