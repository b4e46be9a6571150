package grok

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// The properties of Hive's RegexSerDe.
const (
	propertyRegex    = "input.regex"
	propertyFoldCase = "input.regex.case.insensitive"
)

// Regex gives the format of tables with Hive's RegexSerDe, which recognizes
// nothing by itself: the groups of input.regex are the columns in their order,
// and the expression must match whole lines.
func Regex() Format { return Format{name: "regex"} }

// maxRegex bounds an expression; those for load balancers' logs have about 1 KB.
const maxRegex = 64 << 10

// compileRegex makes a pattern of an expression in Java's syntax (see
// translator). Its groups are fields without names.
func compileRegex(expr string, fold bool) (*Pattern, error) {
	if len(expr) > maxRegex {
		return nil, badPattern("an expression of more than %d bytes", maxRegex)
	}
	var out strings.Builder
	e := &expander{custom: map[string]string{}, hidden: map[string]string{}, index: map[string]int{}, plain: true}
	t := translator{e: e, in: expr, out: &out}
	if err := t.run(); err != nil {
		return nil, err
	}
	flags := "^(?:"
	if fold {
		flags = "(?i)" + flags
	}
	text := flags + out.String() + ")$"
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, fault.Wrap(err, fault.CodeInvalidRegexp, "invalid regular expression: %v", err)
	}
	p := &Pattern{Text: expr, re: re, byPosition: true}
	if p.machine, err = newMachine(text); err != nil {
		return nil, fault.Wrap(err, fault.CodeInvalidRegexp, "invalid regular expression: %v", err)
	}
	for i := 1; i <= re.NumSubexp(); i++ {
		p.Fields = append(p.Fields, Field{Name: "col" + strconv.Itoa(i-1), Type: types.TVarchar, groups: []int{i}})
	}
	return p, nil
}

// checkGroups refuses a table with another number of columns than groups, as
// the SerDe does.
func (p *Pattern) checkGroups(columns int) error {
	if p.byPosition && len(p.Fields) != columns {
		return fault.New(fault.CodeInvalidParameter, "Number of matching groups doesn't match the number of columns: %d groups, %d columns",
			len(p.Fields), columns)
	}
	return nil
}
