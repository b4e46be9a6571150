package partition

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
)

// Proposal is one property of a proposed projection, with how many of the
// folders that were seen it covers and misses: for a key's property those with
// a text of that key which the projection makes, for the others whole folders.
type Proposal struct {
	Property, Value string
	Covers, Misses  int64
}

// maxEnum is how many values a proposed enum has at most.
const maxEnum = 1000

// fewest is how many values must show a distance for it to be an interval: the
// first and the last day of a month do not make days 30 apart.
const fewest = 3

// datePatterns are the formats that dates in folders' names are tried for, the
// likelier first. One with slashes spans folders.
var datePatterns = []string{
	"yyyy-MM-dd", "yyyy/MM/dd", "yyyyMMdd", "yyyy/MM/dd/HH", "yyyy-MM-dd/HH", "yyyy-MM-dd-HH", "yyyy-MM-dd'T'HH", "yyyyMMddHH", "yyyy-MM-dd HH",
	"yyyy/MM", "yyyy-MM", "yyyyMM", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss", "yyyy_MM_dd", "dd-MM-yyyy", "yyyyMMdd/HH",
}

// Infer proposes the projection of a table whose folders have these texts of
// its keys; template is the storage.location.template that found them, "" for
// k=v folders. A range that reaches the present ends at NOW.
func Infer(t *catalog.Table, template string, folders [][]string, now time.Time) []Proposal {
	out := []Proposal{{Property: PropertyProjection, Value: "true"}}
	covered := make([]bool, len(folders))
	for i := range covered {
		covered[i] = true
	}
	for k := range t.PartitionKeys {
		counts := map[string]int64{}
		for _, f := range folders {
			counts[f[k]]++
		}
		props, has := inferKey(t, k, slices.Sorted(maps.Keys(counts)), now)
		var covers, misses int64
		for text, n := range counts {
			if has[text] {
				covers += n
			} else {
				misses += n
			}
		}
		for i, f := range folders {
			covered[i] = covered[i] && has[f[k]]
		}
		for _, p := range props {
			out = append(out, Proposal{p.Property, p.Value, covers, misses})
		}
	}
	whole := Proposal{Property: PropertyTemplate, Value: template}
	for _, ok := range covered {
		if ok {
			whole.Covers++
		} else {
			whole.Misses++
		}
	}
	out[0].Covers, out[0].Misses = whole.Covers, whole.Misses
	if template != "" {
		out = append(out, whole)
	}
	return out
}

// inferKey proposes the projection of one key from its distinct texts, and
// gives the texts that it makes.
func inferKey(t *catalog.Table, k int, texts []string, now time.Time) ([]Proposal, map[string]bool) {
	texts = slices.DeleteFunc(slices.Clone(texts), func(s string) bool { return s == catalog.HiveNull })
	typ := t.PartitionKeys[k].Type
	for _, props := range [][]string{inferDate(typ, texts, now), inferInteger(typ, texts), inferEnum(texts)} {
		if props == nil {
			continue
		}
		has := projectedTexts(t, k, props, now)
		missing := 0
		for _, text := range texts {
			if !has[text] {
				missing++
			}
		}
		if missing*20 <= len(texts) && has != nil {
			return named(t, k, props), has
		}
	}
	if !oneSpelling(typ) || typ.Kind == types.Date {
		return nil, nil
	}
	has := map[string]bool{}
	for _, text := range texts {
		has[text] = isPlainPath(text)
	}
	return named(t, k, []string{"type", "injected"}), has
}

// named makes proposals of a key's properties, given in turn with their values.
func named(t *catalog.Table, k int, props []string) []Proposal {
	var out []Proposal
	for i := 0; i < len(props); i += 2 {
		out = append(out, Proposal{Property: keyProps{col: t.PartitionKeys[k]}.name(props[i]), Value: props[i+1]})
	}
	return out
}

// projectedTexts gives the texts that a key's proposed projection makes, nil if
// it is none or makes too many.
func projectedTexts(t *catalog.Table, k int, props []string, now time.Time) map[string]bool {
	one := *t
	one.PartitionKeys = t.PartitionKeys[k : k+1]
	one.Parameters = map[string]string{}
	for _, p := range named(t, k, props) {
		one.Parameters[p.Property] = p.Value
	}
	p, err := ParseProjection(&one)
	if err != nil {
		return nil
	}
	list, err := p.candidates(0, nil, now.UTC().UnixMilli())
	if err != nil {
		return nil
	}
	has := make(map[string]bool, len(list))
	for _, c := range list {
		has[c.text] = true
	}
	return has
}

// inferDate finds the format that nearly all texts have.
func inferDate(typ types.Type, texts []string, now time.Time) []string {
	if len(texts) == 0 {
		return nil
	}
	for _, format := range datePatterns {
		p, err := parseDatePattern(format)
		if err != nil {
			continue
		}
		times := make([]int64, 0, len(texts))
		for _, text := range texts {
			ms, ok := p.parse(text)
			if ok && p.format(ms) == text && ms >= millisOf(1900) && ms < millisOf(2200) {
				times = append(times, ms)
			}
		}
		if (len(texts)-len(times))*20 > len(texts) || typ.IsInteger() && len(times) == 1 {
			continue
		}
		slices.Sort(times)
		return dateProperties(p, times, now)
	}
	return nil
}

func millisOf(year int) int64 { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli() }

// dateProperties describes ascending times: from the first to the last, or to
// the present if the last is not more than three steps ago.
func dateProperties(p *datePattern, times []int64, now time.Time) []string {
	step, unit := stepOf["DAY"], "DAYS"
	switch p.precision {
	case unitMonth:
		step, unit = stepOf["MONTH"], "MONTHS"
	case unitHour:
		step, unit = stepOf["HOUR"], "HOURS"
	case unitMinute, unitSecond:
		step, unit = stepOf["MINUTE"], "MINUTES"
	}
	interval := int64(0)
	for i := 1; i < len(times) && len(times) >= fewest; i++ {
		interval = gcd(interval, step.count(times[i-1], times[i])-1)
	}
	interval = max(interval, 1)
	last := times[len(times)-1]
	high := p.format(last)
	if recent, ok := step.add(last, 3*interval); ok && last <= now.UnixMilli() && recent >= now.UnixMilli() {
		high = "NOW"
	}
	return []string{"type", "date", "range", p.format(times[0]) + "," + high, "format", p.text,
		"interval", strconv.FormatInt(interval, 10), "interval.unit", unit}
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// inferInteger finds the range of texts that are all numbers, unless most of
// the range would be empty.
func inferInteger(typ types.Type, texts []string) []string {
	if len(texts) == 0 {
		return nil
	}
	var numbers []int64
	digits := 0 // of those with leading zeros
	for _, text := range texts {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || text[0] == '+' {
			return nil
		}
		if len(text) > 1 && text[0] == '0' {
			digits = len(text)
		}
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	low, high := numbers[0], numbers[len(numbers)-1]
	if uint64(high)-uint64(low) >= MaxProjected*100 {
		return nil
	}
	interval := int64(0)
	for i := 1; i < len(numbers) && len(numbers) >= fewest; i++ {
		interval = gcd(interval, numbers[i]-numbers[i-1])
	}
	interval = max(interval, 1)
	if made := (high-low)/interval + 1; made > 2*int64(len(texts)) && !(typ.IsInteger() && len(texts) > maxEnum) {
		return nil
	}
	props := []string{"type", "integer", "range", fmt.Sprintf("%d,%d", low, high)}
	if interval > 1 {
		props = append(props, "interval", strconv.FormatInt(interval, 10))
	}
	if digits > 0 {
		props = append(props, "digits", strconv.Itoa(digits))
	}
	return props
}

// inferEnum lists texts, if they are few and can be listed.
func inferEnum(texts []string) []string {
	if len(texts) == 0 || len(texts) > maxEnum || slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(s, ",") || s == "" }) {
		return nil
	}
	return []string{"type", "enum", "values", strings.Join(texts, ",")}
}

// TextKeys gives keys as text, for reading folders whatever they are called.
func TextKeys(keys []catalog.Column) []catalog.Column {
	out := slices.Clone(keys)
	for i := range out {
		out[i].Type = types.TVarchar
	}
	return out
}

// SplitFolders gives the keys' texts of plain folders: one level for each key,
// or with more levels than keys, one key over several, the one that makes dates
// of them if there is one. root is the location above. It gives the template
// that says so, and nothing where there are fewer levels than keys.
func SplitFolders(t *catalog.Table, root string, folders [][]string) (template string, texts [][]string) {
	n := len(t.PartitionKeys)
	if len(folders) == 0 || len(folders[0]) < n {
		return "", nil
	}
	span := len(folders[0]) - n + 1
	wide := n - 1
	best := -1
	for k := 0; k < n && span > 1; k++ {
		dates := 0
		for _, f := range folders[:min(len(folders), 1000)] {
			if isDatePath(strings.Join(f[k:k+span], "/")) {
				dates++
			}
		}
		if dates > best {
			wide, best = k, dates
		}
	}
	template = root
	for _, key := range t.PartitionKeys {
		template += "${" + key.Name + "}/"
	}
	for _, f := range folders {
		row := slices.Clone(f[:wide])
		row = append(row, strings.Join(f[wide:wide+span], "/"))
		texts = append(texts, append(row, f[wide+span:]...))
	}
	return template, texts
}

func isDatePath(s string) bool {
	for _, format := range datePatterns {
		if p, err := parseDatePattern(format); err == nil {
			if _, ok := p.parse(s); ok {
				return true
			}
		}
	}
	return false
}
