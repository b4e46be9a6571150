package textval

import (
	"strings"

	"github.com/glauxdb/glaux/formats/cleanse"
)

// PropertyMalformed names the table property that says what becomes of values
// that cannot be read as their columns are declared.
const PropertyMalformed = "malformed.values"

// Malformed is what becomes of such a value.
type Malformed uint8

// The choices. Rejected rows are left out of every query, whatever columns it
// reads, counted, and told of in a warning.
const (
	MalformedError Malformed = iota
	MalformedNull
	MalformedReject
)

// Action gives the choice as an action of data cleansing.
func (m Malformed) Action() cleanse.Action {
	return [...]cleanse.Action{MalformedError: cleanse.Fail, MalformedNull: cleanse.SetNull, MalformedReject: cleanse.DropRow}[m]
}

// ParseMalformed reads the property; false if it is none of error, null,
// reject. Empty is the format's own choice.
func ParseMalformed(v string, own Malformed) (Malformed, bool) {
	switch strings.ToLower(strings.TrimSpace(v)) {
	case "":
		return own, true
	case "error":
		return MalformedError, true
	case "null":
		return MalformedNull, true
	case "reject":
		return MalformedReject, true
	}
	return own, false
}

// HintEncoding is the hint of errors about bytes that are no UTF-8.
const HintEncoding = "If the files are in another encoding, say so with the table property 'serialization.encoding', for example 'windows-1252'."
