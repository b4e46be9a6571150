package op

import (
	"context"
	"slices"
	"sort"
	"sync/atomic"
)

// sortRow is one row on its way through a sort: the first bytes of its key, and
// where the rest is.
type sortRow struct {
	key uint64
	row uint32 // in its run
	run uint32
}

// sortRun is one worker's rows in order.
type sortRun struct {
	keys *sortKeys
	rows []sortRow
}

// orderRun sorts the rows of keys. When ctx ends, so does it, within the time that
// one pass over the rows takes, with an error.
func orderRun(ctx context.Context, keys *sortKeys, run int) ([]sortRow, error) {
	return orderFirst(ctx, keys, run, keys.n)
}

// orderFirst is orderRun for the first k rows; the others come after them in any order.
func orderFirst(ctx context.Context, keys *sortKeys, run, k int) ([]sortRow, error) {
	var stopped atomic.Bool
	defer context.AfterFunc(ctx, func() { stopped.Store(true) })()
	rows := make([]sortRow, keys.n)
	skip := keys.common() // bytes that are alike tell nothing: take the next ones
	keys.tail = keys.commonTail(skip)
	for i := range rows {
		rows[i] = sortRow{key: keys.lead8(i, skip), row: uint32(i), run: uint32(run)}
	}
	more := keys.lay.stride > 8 || keys.cut
	radixSort(rows, make([]sortRow, len(rows)), 56, k, func(a, b sortRow) int {
		switch {
		case stopped.Load():
			return 0 // everything is in order: nothing is left to be done
		case a.key < b.key:
			return -1
		case a.key > b.key:
			return 1
		case more:
			if c := compareKeys(keys, int(a.row), keys, int(b.row)); c != 0 {
				return c
			}
		}
		return int(a.row) - int(b.row) // keeps the input's order, for what builds on it
	})
	for i := range rows {
		rows[i].key = keys.first(int(rows[i].row), 0) // comparable between runs
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return rows, nil
}

// smallSort is the size below which comparing beats counting.
const smallSort = 96

// radixSort sorts by the bytes of key from shift down, most significant first,
// and leaves small groups and equal keys to the comparison. Only the first k rows have
// to be in order, and before the others.
func radixSort(a, tmp []sortRow, shift, k int, compare func(a, b sortRow) int) {
	for len(a) > smallSort && shift >= 0 {
		var count [256]int
		for i := range a {
			count[byte(a[i].key>>shift)]++
		}
		if count[byte(a[0].key>>shift)] == len(a) {
			shift -= 8 // all alike in this byte
			continue
		}
		var at [256]int
		sum := 0
		for d, n := range count {
			at[d] = sum
			sum += n
		}
		for i := range a {
			d := byte(a[i].key >> shift)
			tmp[at[d]] = a[i]
			at[d]++
		}
		copy(a, tmp)
		from := 0
		for _, n := range count {
			if from >= k {
				return
			}
			if n > 1 {
				radixSort(a[from:from+n], tmp[from:from+n], shift-8, k-from, compare)
			}
			from += n
		}
		return
	}
	if k < len(a)/4 {
		selectFirst(a, k, compare)
		a = a[:k]
	}
	slices.SortFunc(a, compare)
}

// selectFirst moves the first k rows of the order to the front, in any order among
// themselves, by a heap with the last of them on top: most of many rows are compared
// once.
func selectFirst(a []sortRow, k int, compare func(a, b sortRow) int) {
	heap := a[:k]
	sink := func(i int) {
		for {
			kid := 2*i + 1
			if kid >= k {
				return
			}
			if kid+1 < k && compare(heap[kid+1], heap[kid]) > 0 {
				kid++
			}
			if compare(heap[kid], heap[i]) <= 0 {
				return
			}
			heap[i], heap[kid] = heap[kid], heap[i]
			i = kid
		}
	}
	for i := k/2 - 1; i >= 0; i-- {
		sink(i)
	}
	for i := k; i < len(a) && k > 0; i++ {
		if compare(a[i], heap[0]) < 0 {
			a[i], heap[0] = heap[0], a[i]
			sink(0)
		}
	}
}

// mergeRuns merges sorted runs, in parallel: the output is cut at rows of the
// longest run, and each piece merged by itself.
func mergeRuns(ctx context.Context, q *Query, runs []sortRun) ([]sortRow, error) {
	runs = slices.DeleteFunc(slices.Clone(runs), func(r sortRun) bool { return len(r.rows) == 0 })
	switch len(runs) {
	case 0:
		return nil, nil
	case 1:
		return runs[0].rows, nil
	}
	keys := make(map[uint32]*sortKeys, len(runs))
	for _, r := range runs {
		keys[r.rows[0].run] = r.keys
	}
	total := 0
	for _, r := range runs {
		total += len(r.rows)
	}
	pieces := 1
	if total > 1<<16 {
		pieces = q.Workers * 2
	}
	if err := rekey(ctx, q, runs); err != nil {
		return nil, err
	}
	cuts := cutRuns(runs, keys, pieces)
	out := make([]sortRow, total)
	err := forEach(ctx, q, pieces, func(ctx context.Context, p int) error {
		at := 0
		parts := make([][]sortRow, len(runs))
		for r := range runs {
			at += cuts[p][r]
			parts[r] = runs[r].rows[cuts[p][r]:cuts[p+1][r]]
		}
		return mergeParts(ctx, parts, keys, out[at:])
	})
	return out, err
}

func compareRows(keys map[uint32]*sortKeys, a, b sortRow) int {
	switch {
	case a.key < b.key:
		return -1
	case a.key > b.key:
		return 1
	}
	if c := compareKeys(keys[a.run], int(a.row), keys[b.run], int(b.row)); c != 0 {
		return c
	}
	return int(a.run) - int(b.run)
}

// cutRuns gives, for each piece boundary, the position in every run.
func cutRuns(runs []sortRun, keys map[uint32]*sortKeys, pieces int) [][]int {
	long := 0
	for i := range runs {
		if len(runs[i].rows) > len(runs[long].rows) {
			long = i
		}
	}
	cuts := make([][]int, pieces+1)
	for p := range cuts {
		cuts[p] = make([]int, len(runs))
		for r := range runs {
			switch p {
			case 0:
			case pieces:
				cuts[p][r] = len(runs[r].rows)
			default:
				pivot := runs[long].rows[len(runs[long].rows)*p/pieces]
				cuts[p][r] = sort.Search(len(runs[r].rows), func(i int) bool {
					return compareRows(keys, runs[r].rows[i], pivot) >= 0
				})
			}
		}
	}
	return cuts
}

// mergeParts merges a few sorted lists by taking the least head each time.
func mergeParts(ctx context.Context, parts [][]sortRow, keys map[uint32]*sortKeys, out []sortRow) error {
	parts = slices.DeleteFunc(parts, func(p []sortRow) bool { return len(p) == 0 })
	for n := 0; len(parts) > 1; n++ {
		if n&0xFFFF == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		least := 0
		for i := 1; i < len(parts); i++ {
			a, b := parts[i][0], parts[least][0]
			if a.key < b.key || a.key == b.key && compareRows(keys, a, b) < 0 {
				least = i
			}
		}
		out[0] = parts[least][0]
		out = out[1:]
		if parts[least] = parts[least][1:]; len(parts[least]) == 0 {
			parts = slices.Delete(parts, least, least+1)
		}
	}
	if len(parts) == 1 {
		copy(out, parts[0])
	}
	return nil
}
