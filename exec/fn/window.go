package fn

import "github.com/glauxdb/glaux/planner/plan"

// windowEntries lists the functions that only make sense with OVER. What they
// compute is in exec/op/window, by name. Every aggregate can have OVER too.
func windowEntries() []*Entry {
	win := func(name, doc string, overs ...overload) *Entry {
		return &Entry{Names: []string{name}, Kind: plan.WindowFunc, Doc: doc, overs: overs}
	}
	sigs := func(list ...string) (out []overload) {
		for _, s := range list {
			out = append(out, overload{sig: s, lenient: true})
		}
		return out
	}
	return []*Entry{
		win("row_number", "The number of the row in its partition, from 1.", sigs("row_number() bigint")...),
		win("rank", "The number of the first of the row's peers: equal rows have one rank, and gaps follow.", sigs("rank() bigint")...),
		win("dense_rank", "The number of the row's group of peers: ranks without gaps.", sigs("dense_rank() bigint")...),
		win("percent_rank", "(rank - 1) / (rows of the partition - 1), 0 for a partition of one row.", sigs("percent_rank() double")...),
		win("cume_dist", "The share of the partition's rows that precede the row or are its peers.", sigs("cume_dist() double")...),
		win("ntile", "The number of the row's bucket, of so many that are as equal in size as possible.",
			overload{sig: "ntile(integer) integer", lenient: true, dialect: pgOnly}, overload{sig: "ntile(bigint) bigint", lenient: true, dialect: athenaOnly}),
		win("lead", "The value so many rows (1) after the current one, or the default (NULL) where there is none. With IGNORE NULLS, rows whose value is NULL are not counted.",
			sigs("lead(T) T", "lead(T, bigint) T", "lead(T, bigint, T) T")...),
		win("lag", "The value so many rows (1) before the current one, or the default (NULL) where there is none. With IGNORE NULLS, rows whose value is NULL are not counted.",
			sigs("lag(T) T", "lag(T, bigint) T", "lag(T, bigint, T) T")...),
		win("first_value", "The value at the frame's first row; with IGNORE NULLS at the first where it is not NULL.", sigs("first_value(T) T")...),
		win("last_value", "The value at the frame's last row; with IGNORE NULLS at the last where it is not NULL.", sigs("last_value(T) T")...),
		win("nth_value", "The value at the frame's n-th row; with IGNORE NULLS at the n-th where it is not NULL.", sigs("nth_value(T, bigint) T")...),
	}
}
