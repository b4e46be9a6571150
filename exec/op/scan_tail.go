package op

import "github.com/glauxdb/glaux/formats"

// tailSplits is of how many splits of a file one is cut into its row groups.
const tailSplits = 4

// cutTail replaces the last splits of a file by what they are made of, which small
// gives: the file's smallest splits. Copies that take the last splits end at
// different times, up to a whole split apart, and cores idle that long; with an
// eighth of a table in each that was 6 % of the time on average. What is read
// before stays in large splits, which read ahead from row group to row group.
// Splits that are bytes, not row groups or stripes, stay as they are, and so do
// those of a file that has few: its table has other files, or is small.
func cutTail(splits []formats.Split, small func() []formats.Split) []formats.Split {
	keep := len(splits) - len(splits)/tailSplits
	if keep == len(splits) || splits[keep].Count == 0 {
		return splits
	}
	from, out := splits[keep].First, splits[:keep:keep]
	end := from
	for _, sp := range small() {
		if sp.First >= from {
			if sp.First != end {
				return splits
			}
			out, end = append(out, sp), sp.First+sp.Count
		}
	}
	if last := splits[len(splits)-1]; end != last.First+last.Count {
		return splits // they are not the same parts
	}
	return out
}
