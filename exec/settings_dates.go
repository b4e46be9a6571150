package exec

import (
	"slices"
	"strings"
)

// The words of DateStyle: a format, an order, or both.
var (
	dateFormatWords = map[string]string{"ISO": "ISO", "SQL": "SQL", "POSTGRES": "Postgres", "POSTGRESQL": "Postgres", "GERMAN": "German"}
	dateOrderWords  = map[string]string{"MDY": "MDY", "US": "MDY", "NONEUROPEAN": "MDY", "NONEURO": "MDY", "DMY": "DMY", "EUROPEAN": "DMY",
		"EURO": "DMY", "YMD": "YMD"}
)

// dateStyle checks the words of DateStyle.
func dateStyle(name, value string) (string, error) {
	var formats, orders []string
	for _, w := range dateStyleWords(value) {
		switch {
		case dateFormatWords[w] != "":
			formats = append(formats, dateFormatWords[w])
		case dateOrderWords[w] != "":
			orders = append(orders, dateOrderWords[w])
		case w == "DEFAULT":
		default:
			return "", badValue(name, value).WithDetail("Unrecognized key word: %q.", strings.ToLower(w))
		}
	}
	if len(slices.Compact(formats)) > 1 || len(slices.Compact(orders)) > 1 {
		return "", badValue(name, value).WithDetail("Conflicting \"datestyle\" specifications.")
	}
	return dateStyleOver("ISO, MDY", value), nil
}

func dateStyleWords(value string) []string {
	return strings.FieldsFunc(strings.ToUpper(value), func(r rune) bool { return r == ',' || r == ' ' || r == '"' })
}

// dateStyleOver gives the setting that words make of the current one. German
// dates begin with the day unless the words say otherwise.
func dateStyleOver(current, words string) string {
	format, order, _ := strings.Cut(current, ", ")
	ordered := false
	for _, w := range dateStyleWords(words) {
		if o := dateOrderWords[w]; o != "" {
			order, ordered = o, true
		}
	}
	for _, w := range dateStyleWords(words) {
		f := dateFormatWords[w]
		if w == "DEFAULT" {
			format, order, ordered = "ISO", "MDY", true
		}
		if f != "" {
			format = f
		}
		if f == "German" && !ordered {
			order = "DMY"
		}
	}
	return format + ", " + order
}
