package template

import (
	"regexp"
	"strings"
)

// keyKind is what a placeholder of a layout stands for.
type keyKind struct {
	name string
	// shape are the forms of the folders that it spans, one after the other: a
	// location that ends in the middle of a layout is understood by them.
	shape []*regexp.Regexp
	// format is Java's pattern of a date, "" for other keys.
	format  string
	unit    string // of the date's steps, as projections spell it
	comment string
}

var (
	anyName    = regexp.MustCompile(`^[^/]+$`)
	twoDigits  = regexp.MustCompile(`^[0-9]{2}$`)
	fourDigits = regexp.MustCompile(`^(19|20)[0-9]{2}$`)
)

// keyKinds are the placeholders that have a meaning of their own. Any other one
// takes any name.
var keyKinds = []keyKind{
	{name: "organization", shape: shapes(`o-[a-z0-9]{10,32}`), comment: "organization of AWS Organizations"},
	{name: "account", shape: shapes(`[0-9]{12}`), comment: "AWS account"},
	{name: "region", shape: shapes(`[a-z]{2,}(-[a-z]+)+-[0-9]{1,2}|aws-global|cloudfront`), comment: "AWS region"},
	{name: "aws_region", shape: shapes(`[a-z]{2,}(-[a-z]+)+-[0-9]{1,2}`), comment: "AWS region"}, // where logs have a column region
	{name: "day", shape: []*regexp.Regexp{fourDigits, twoDigits, twoDigits}, format: "yyyy/MM/dd", unit: "DAYS",
		comment: "day of the folder (UTC), as yyyy/MM/dd"},
	{name: "datehour", shape: []*regexp.Regexp{fourDigits, twoDigits, twoDigits, twoDigits}, format: "yyyy/MM/dd/HH", unit: "HOURS",
		comment: "hour of the folder (UTC), as yyyy/MM/dd/HH"},
}

func shapes(expr string) []*regexp.Regexp {
	return []*regexp.Regexp{regexp.MustCompile("^(?:" + expr + ")$")}
}

func kindOf(name string) keyKind {
	for _, k := range keyKinds {
		if k.name == name {
			return k
		}
	}
	return keyKind{name: name, shape: []*regexp.Regexp{anyName}, comment: strings.ReplaceAll(name, "_", " ") + " of the folder"}
}
