// Package cleanse is what becomes of values that a file holds and its table
// cannot: one policy, read from a table's properties as Redshift Spectrum has
// them, for all formats.
//
//	properties ── Parse ──> Policy ── By[Trigger] ──> Action
//
// It holds no loops: formats find what triggers an action where they read it,
// and tell of it in formats.Rejects.
package cleanse

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// Trigger is what is wrong with a value or row.
type Trigger uint8

// The triggers.
const (
	Malformed   Trigger = iota // a value cannot be read as its column is declared
	InvalidChar                // a text is not valid UTF-8
	Overflow                   // a number is out of its column's range
	Surplus                    // a text is longer than varchar(n) or char(n) allows
	ColumnCount                // a row has more or fewer fields than its table has columns
	NumTriggers
)

// String gives the name as "t$errors" has it.
func (t Trigger) String() string {
	return [...]string{"MALFORMED", "INVALID_CHAR", "NUMERIC_OVERFLOW", "SURPLUS_CHAR", "COLUMN_COUNT"}[t]
}

// TriggerOf tells what is wrong with a text that is no value of a type, because of
// err.
func TriggerOf(err error, t types.Type) Trigger {
	if errors.Is(err, types.ErrRange) && (t.IsInteger() || t.IsFloat() || t.Kind == types.Decimal) {
		return Overflow
	}
	return Malformed
}

// Action is what is done about it.
type Action uint8

// The actions. Disabled is what the format does by itself.
const (
	Disabled Action = iota
	Fail            // the query ends with an error
	SetNull         // the value is NULL; of a row with a wrong count its missing fields are
	DropRow         // the row is left out of every query, whatever columns that reads
	Truncate        // a text is cut to what its type allows
	Replace         // the invalid bytes of a text are replaced
	NumActions
)

var actionNames = [NumActions]string{"DISABLED", "FAIL", "SET_TO_NULL", "DROP_ROW", "TRUNCATE", "REPLACE"}

// String gives the name as properties spell it.
func (a Action) String() string { return actionNames[a] }

// The properties, in lower case.
const (
	PropertyEnabled     = "data_cleansing_enabled"
	PropertyReplacement = "replacement_char"
)

// handling are the properties that choose an action, and which ones they take.
var handling = []struct {
	property string
	trigger  Trigger
	allowed  []Action
}{
	{"invalid_char_handling", InvalidChar, []Action{Disabled, Fail, SetNull, DropRow, Replace}},
	{"numeric_overflow_handling", Overflow, []Action{Disabled, Fail, SetNull, DropRow}},
	{"surplus_char_handling", Surplus, []Action{Disabled, Fail, SetNull, DropRow, Truncate}},
	{"column_count_mismatch_handling", ColumnCount, []Action{Disabled, Fail, SetNull, DropRow}},
	// Of varbyte(n), which no column is: the value is checked, nothing else.
	{"surplus_bytes_handling", NumTriggers, []Action{Disabled, Fail, SetNull, DropRow, Truncate}},
}

// Policy says what is done about each trigger. The zero Policy does nothing.
type Policy struct {
	By          [NumTriggers]Action
	Replacement string // of an invalid byte
	// Quiet are the triggers whose action nobody asked for: the SerDe is known for
	// it, and no warning is given.
	Quiet [NumTriggers]bool
}

// Parse reads the policy from properties with keys in lower case; By[Malformed]
// is not among them. The handling properties count unless data_cleansing_enabled
// is false. Where that is true, surplus characters are set to NULL by default, as
// in Spectrum.
func Parse(props map[string]string) (Policy, error) {
	p := Policy{Replacement: string(utf8.RuneError)}
	on, given := true, false
	switch v := props[PropertyEnabled]; strings.ToLower(strings.TrimSpace(v)) {
	case "":
	case "true":
		given = true
	case "false":
		on = false
	default:
		return p, badProperty(PropertyEnabled, v, "true or false")
	}
	if given {
		p.By[Surplus] = SetNull
	}
	for _, h := range handling {
		v, set := props[h.property]
		if !set {
			continue
		}
		a, err := parseAction(h.property, v, h.allowed)
		if err != nil {
			return p, err
		}
		if h.trigger < NumTriggers {
			p.By[h.trigger] = a
		}
	}
	if v, set := props[PropertyReplacement]; set {
		if !utf8.ValidString(v) || utf8.RuneCountInString(v) != 1 {
			return p, badProperty(PropertyReplacement, v, "one character")
		}
		p.Replacement = v
	}
	if !on {
		p.By = [NumTriggers]Action{}
	}
	return p, nil
}

func parseAction(property, v string, allowed []Action) (Action, error) {
	names := make([]string, len(allowed))
	for i, a := range allowed {
		if names[i] = a.String(); strings.EqualFold(strings.TrimSpace(v), names[i]) {
			return a, nil
		}
	}
	last := len(names) - 1
	return Disabled, badProperty(property, v, strings.Join(names[:last], ", ")+" or "+names[last])
}

func badProperty(key, value, want string) error {
	return fault.New(fault.CodeInvalidParameter, "property %q is %q: expected %s", key, value, want)
}

// IsZero reports whether nothing but By[Malformed] is set.
func (p *Policy) IsZero() bool {
	rest := p.By
	rest[Malformed] = Disabled
	return rest == [NumTriggers]Action{}
}

// Refuse is the error of a format that cannot do what the properties ask for beyond
// By[Malformed]; nil if they ask for nothing. what names the format's files.
func Refuse(props map[string]string, what string) error {
	p, err := Parse(props)
	if err != nil || p.IsZero() {
		return err
	}
	for _, h := range handling {
		if _, set := props[h.property]; set && h.trigger < NumTriggers && p.By[h.trigger] != Disabled {
			return fault.New(fault.CodeFeatureNotSupported, "property %q is not supported for %s", h.property, what).
				WithHint("'malformed.values' = 'null' or 'reject' is.")
		}
	}
	return nil // the default of data_cleansing_enabled, which cuts nothing here
}

// With gives the policy of a text format that does a about values that cannot be
// read, and unless the table says otherwise about numbers out of range. quiet says
// that nobody asked for it.
func (p Policy) With(a Action, quiet bool) Policy {
	p.By[Malformed], p.Quiet[Malformed] = a, quiet
	if p.By[Overflow] == Disabled {
		p.By[Overflow], p.Quiet[Overflow] = a, quiet
	}
	return p
}

// Drops reports whether a row may be left out.
func (p *Policy) Drops() bool {
	for _, a := range p.By {
		if a == DropRow {
			return true
		}
	}
	return false
}

// DropsBy reports whether a row may be left out because of a value of a type, at
// any depth of it.
func (p *Policy) DropsBy(t types.Type) bool {
	for _, f := range t.Fields {
		if p.DropsBy(f.Type) {
			return true
		}
	}
	switch {
	case t.IsString():
		return p.By[InvalidChar] == DropRow || p.By[Surplus] == DropRow && t.P > 0
	case len(t.Fields) == 0 && (t.IsInteger() || t.IsFloat() || t.Kind == types.Decimal):
		return p.By[Malformed] == DropRow || p.By[Overflow] == DropRow
	}
	return p.By[Malformed] == DropRow
}

// Clean appends a text with its invalid bytes replaced.
func (p *Policy) Clean(dst, s []byte) []byte {
	for len(s) > 0 {
		r, w := utf8.DecodeRune(s)
		if r == utf8.RuneError && w == 1 {
			dst = append(dst, p.Replacement...)
		} else {
			dst = append(dst, s[:w]...)
		}
		s = s[w:]
	}
	return dst
}
