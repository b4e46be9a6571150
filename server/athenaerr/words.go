// Package athenaerr words errors as Amazon Athena does: the class before the
// message, where in the statement, and the sentences in which clients look for
// words. Sessions of the athena dialect see errors so whatever they came by; the
// SQLSTATE stays what it is.
package athenaerr

import (
	"fmt"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Class is how Athena names an error: the word before the message, and the
// type in AthenaError (Athena user guide, "Athena error catalog").
type Class struct {
	Word string
	Type int32 // of AthenaError
}

// classes are the SQLSTATEs that have a word of their own in Trino.
var classes = map[fault.Code]Class{
	fault.CodeSyntax:              {"SYNTAX_ERROR", 1006},
	fault.CodeUndefinedTable:      {"TABLE_NOT_FOUND", 1110},
	fault.CodeUndefinedColumn:     {"COLUMN_NOT_FOUND", 1006},
	fault.CodeUndefinedFunction:   {"FUNCTION_NOT_FOUND", 1006},
	fault.CodeInvalidSchemaName:   {"SCHEMA_NOT_FOUND", 1301},
	fault.CodeInvalidCatalogName:  {"SCHEMA_NOT_FOUND", 1301},
	fault.CodeAmbiguousColumn:     {"AMBIGUOUS_NAME", 1006},
	fault.CodeGrouping:            {"EXPRESSION_NOT_AGGREGATE", 1006},
	fault.CodeDatatypeMismatch:    {"TYPE_MISMATCH", 1006},
	fault.CodeCannotCoerce:        {"TYPE_MISMATCH", 1006},
	fault.CodeIndeterminateType:   {"TYPE_MISMATCH", 1006},
	fault.CodeDuplicateTable:      {"TABLE_ALREADY_EXISTS", 1100},
	fault.CodeDuplicateSchema:     {"SCHEMA_ALREADY_EXISTS", 1100},
	fault.CodeDivisionByZero:      {"DIVISION_BY_ZERO", 1100},
	fault.CodeNumericOutOfRange:   {"NUMERIC_VALUE_OUT_OF_RANGE", 1100},
	fault.CodeInvalidText:         {"INVALID_CAST_ARGUMENT", 1100},
	fault.CodeInvalidDatetime:     {"INVALID_CAST_ARGUMENT", 1100},
	fault.CodeInvalidParameter:    {"INVALID_FUNCTION_ARGUMENT", 1106},
	fault.CodeInvalidRegexp:       {"INVALID_FUNCTION_ARGUMENT", 1106},
	fault.CodeArraySubscript:      {"INVALID_FUNCTION_ARGUMENT", 1106},
	fault.CodeInvalidEscape:       {"INVALID_FUNCTION_ARGUMENT", 1106},
	fault.CodeTooManyArguments:    {"TOO_MANY_ARGUMENTS", 1006},
	fault.CodeStatementTooComplex: {"STACK_OVERFLOW", 1006},
	fault.CodeDuplicateColumn:     {"DUPLICATE_COLUMN_NAME", 1006},
	fault.CodeDuplicateAlias:      {"SYNTAX_ERROR", 1006},
	fault.CodeWindowing:           {"SYNTAX_ERROR", 1006},
	fault.CodeWrongObjectType:     {"SYNTAX_ERROR", 1006},
	fault.CodeInvalidColumnRef:    {"SYNTAX_ERROR", 1006},
	fault.CodeInvalidRecursion:    {"INVALID_RECURSIVE_REFERENCE", 1006},
	fault.CodeUndefinedParameter:  {"INVALID_PARAMETER_USAGE", 1006},
	fault.CodeInvalidSample:       {"INVALID_FUNCTION_ARGUMENT", 1106},
	fault.CodeUndefinedObject:     {"NOT_FOUND", 1300},
	fault.CodeCardinality:         {"SUBQUERY_MULTIPLE_ROWS", 1100},
	fault.CodeFeatureNotSupported: {"NOT_SUPPORTED", 1200},
	fault.CodeInsufficientPriv:    {"PERMISSION_DENIED", 1500},
	fault.CodeUndefinedFile:       {"HIVE_CANNOT_OPEN_SPLIT", 1109},
	fault.CodeDataCorrupted:       {"HIVE_BAD_DATA", 1001},
	fault.CodeObjectNotReady:      {"HIVE_FILESYSTEM_ERROR", 1002},
	fault.CodeOutOfMemory:         {"EXCEEDED_LOCAL_MEMORY_LIMIT", 1},
}

// MissingParameters begins the message for a statement with other parameters than were
// given, a fault of the protocol elsewhere.
const MissingParameters = "statement needs "

// ownWord begins messages about data, whose class the readers of files know best.
var ownWord = lazily(`^([A-Z]+(?:_[A-Z]+)+): `)

// ownClasses are the classes that messages begin with.
var ownClasses = map[string]Class{
	"HIVE_BAD_DATA":                  {"HIVE_BAD_DATA", 1001},
	"HIVE_PARTITION_SCHEMA_MISMATCH": {"HIVE_PARTITION_SCHEMA_MISMATCH", 1004},
}

// ClassOf gives the class of an error: of its SQLSTATE, or what its message is about.
func ClassOf(f *fault.Error) (Class, bool) {
	switch {
	case ownWord().MatchString(f.Message):
		c, ok := ownClasses[ownWord().FindStringSubmatch(f.Message)[1]]
		return c, ok
	case f.Object != "" && f.Kind == fault.User && strings.HasPrefix(string(f.Code), "22"):
		return ownClasses["HIVE_BAD_DATA"], true
	case strings.HasPrefix(f.Message, MissingParameters):
		return Class{"INVALID_PARAMETER_USAGE", 1006}, true
	case strings.HasPrefix(f.Message, "in view "):
		return Class{"INVALID_VIEW", 1107}, true
	}
	if w := wordingOf(f); w != nil && w.class.Word != "" {
		return w.class, true
	}
	if f.Code == fault.CodeObjectNotReady && f.Object == "" {
		return Class{}, false // of a session, not of a file
	}
	c, ok := classes[f.Code]
	if !ok && f.Kind == fault.User && strings.HasPrefix(string(f.Code), "22") {
		return Class{"INVALID_FUNCTION_ARGUMENT", 1106}, true
	}
	return c, ok
}

// Type is the ErrorType of AthenaError, 0 where there is none of its own.
func Type(f *fault.Error, sql, database string) int32 {
	if _, ok := hive(f, sql, database); ok {
		return ddlType
	}
	c, _ := ClassOf(f)
	return c.Type
}

// Reason writes the whole message as Athena does: WORD: line 1:8: message. The
// refusals of workgroups begin with their own words. sql is the statement that the
// error's position is in, database where names without one are looked for.
func Reason(f *fault.Error, sql, database string) string {
	text, hint := Message(f, sql, database)
	text = prefix(f, sql, text) + text
	for _, more := range []string{f.Detail, hint} {
		if more != "" {
			text += ". " + strings.TrimSuffix(more, ".")
		}
	}
	return text
}

// prefix is what stands before a message: its class and place.
func prefix(f *fault.Error, sql, text string) string {
	class, ok := ClassOf(f)
	switch {
	case strings.HasPrefix(text, "FAILED: "):
		return ""
	case f.Code == fault.CodeLimitExceeded || f.Kind == fault.Canceled || f.Code == fault.CodeAdminShutdown:
		return Place(f, sql)
	case ok:
		return class.Word + ": " + Place(f, sql)
	case f.Kind == fault.Internal:
		return "GENERIC_INTERNAL_ERROR: " + Place(f, sql)
	case f.Kind == fault.User:
		return "GENERIC_USER_ERROR: " + Place(f, sql)
	}
	return Place(f, sql)
}

// Worded is an error as a session of the athena dialect shows it: Athena's message,
// and the rest as it was: SQLSTATE, position, detail, and the hint that the message
// does not repeat. Errors of the protocol and of transactions, of which Athena has none,
// stay as they are.
func Worded(f *fault.Error, sql, database string) *fault.Error {
	text, hint := Message(f, sql, database)
	p := prefix(f, sql, text)
	if strings.HasPrefix(p, "GENERIC_USER_ERROR") && text == f.Error() {
		return f
	}
	e := *f
	e.Message, e.Hint = p+text, hint
	e.Object, e.RowGroup, e.Column, e.Line = "", 0, "", 0 // the message names them
	return &e
}

// Place writes where in the statement the error is: line 1:8.
func Place(f *fault.Error, sql string) string {
	if f.Pos <= 0 {
		return ""
	}
	line, column, at := 1, 1, 1
	for _, r := range sql {
		if at == f.Pos {
			break
		}
		if at, column = at+1, column+1; r == '\n' {
			line, column = line+1, 1
		}
	}
	return fmt.Sprintf("line %d:%d: ", line, column)
}

var (
	noOverload = lazily(`^function (\w+)\((.*)\) does not exist$`)
	nearWord   = lazily(`(?s)^syntax error at or near "(.*)"$`)
)

// respelled is what Athena makes of an error whose hint belongs to its text: of syntax,
// and of a function that has other parameters.
func respelled(f *fault.Error) (string, bool) {
	if m := noOverload().FindStringSubmatch(f.Message); m != nil && f.Code == fault.CodeUndefinedFunction {
		_, candidates, ok := strings.Cut(f.Hint, "Candidates are: ")
		return fmt.Sprintf("Unexpected parameters (%s) for function %s. Expected: %s", m[2], m[1], expected(m[1], strings.TrimSuffix(candidates, "."))), ok
	}
	if f.Code != fault.CodeSyntax {
		return "", false
	}
	text := ""
	if m := nearWord().FindStringSubmatch(f.Message); m != nil {
		text = "mismatched input '" + m[1] + "'"
	} else if f.Message == "syntax error at end of input" {
		text = "mismatched input '<EOF>'"
	}
	if text == "" {
		return "", false
	}
	switch list, ok := strings.CutPrefix(f.Hint, "Expected "); {
	case ok:
		text += ". Expecting: " + expecting(strings.TrimSuffix(list, "."))
	case f.Hint != "":
		text += ". " + strings.TrimSuffix(f.Hint, ".")
	}
	return text, true
}

// expected writes overloads as Trino does: under the name that was called, without
// results.
func expected(name, candidates string) string {
	var out []string
	for _, sig := range strings.Split(candidates, "; ") {
		open, depth := max(strings.IndexByte(sig, '('), 0), 0
		for i := open; i < len(sig); i++ {
			switch sig[i] {
			case '(':
				depth++
			case ')':
				depth--
			}
			if depth == 0 {
				sig = name + sig[open:i+1]
				break
			}
		}
		if !slices.Contains(out, sig) {
			out = append(out, sig)
		}
	}
	return strings.Join(out, ", ")
}

// expecting writes what a parser would have taken: words in quotes, descriptions as
// they are.
func expecting(list string) string {
	items := strings.Split(strings.ReplaceAll(list, " or ", ", "), ", ")
	for i, it := range items {
		if word := strings.Trim(it, `"`); word != it || word == strings.ToUpper(word) {
			items[i] = "'" + word + "'"
		}
	}
	return strings.Join(items, ", ")
}

// inFile matches what readers say of a value that is not of its column's type.
var inFile = lazily(`^(invalid input syntax for type [a-z ]+|.* out of range[a-z ]*): "(.*)"`)

// Message is the fault's and its hint, or Athena's own words where clients look for
// them.
func Message(f *fault.Error, sql, database string) (text, hint string) {
	if f.Kind == fault.Internal {
		return "an internal error occurred", f.Hint
	}
	if text, ok := hive(f, sql, database); ok {
		return text, f.Hint
	}
	if text, ok := respelled(f); ok {
		return text, ""
	}
	if f.Object != "" {
		return ofData(f), f.Hint
	}
	if w := wordingOf(f); w != nil {
		hint = f.Hint
		if strings.HasPrefix(hint, "No operator matches") || strings.HasPrefix(hint, "No function matches") || f.Code == fault.CodeInvalidEscape {
			hint = "" // the words above say it
		}
		theirs := strings.Replace(inDatabase(w.theirs, database), "NAME", strings.ReplaceAll(nameAt(sql, f.Pos), "$", "$$"), 1)
		return w.ours().ReplaceAllString(f.Message, theirs), hint
	}
	return f.Error(), f.Hint
}

// ofData words what is said of a file; its class stands before it already.
func ofData(f *fault.Error) string {
	e := *f
	e.Message = ownWord().ReplaceAllString(f.Message, "")
	switch m := inFile().FindStringSubmatch(e.Message); {
	case m != nil && f.Column != "":
		e.Message = fmt.Sprintf("Error parsing field value '%s' for field %s: %s", m[2], f.Column, m[1])
	case f.Code == fault.CodeUndefinedFile:
		e.Message = "Error opening Hive split " + f.Object + ": " + e.Message
	case f.Code == fault.CodeObjectNotReady:
		e.Message = "Incorrect fileSize for file " + f.Object + ": " + e.Message
	}
	return e.Error()
}
