package athenaapi

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/server/workgroup"
)

// The categories of AthenaError.
const (
	categorySystem int32 = 1
	categoryUser   int32 = 2
	categoryOther  int32 = 3
)

// failureClass is how Athena names an error: the word before the message, and the
// type in AthenaError (Athena user guide, "Athena error catalog").
type failureClass struct {
	word string
	typ  int32
}

// failureClasses are the SQLSTATEs that have a word of their own in Trino.
var failureClasses = map[fault.Code]failureClass{
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

// failure says how an execution that ended with err looks: its state, why, and
// Athena's own error. sql is the statement that the error's position is in, database
// where names without one are looked for.
func failure(err error, sql, database string) (athenatypes.QueryExecutionState, string, *athenatypes.AthenaError) {
	f := fault.As(err)
	text, state := reason(f, sql, database), athenatypes.QueryExecutionStateFailed
	ae := &athenatypes.AthenaError{ErrorCategory: aws.Int32(categoryUser), ErrorType: aws.Int32(1000), ErrorMessage: &text}
	if c, ok := classOf(f); ok {
		ae.ErrorType = aws.Int32(c.typ)
	}
	switch {
	case f.Code == fault.CodeLimitExceeded && strings.HasPrefix(f.Message, workgroup.Refusal):
		state, ae.ErrorType, ae.ErrorCategory = athenatypes.QueryExecutionStateCancelled, aws.Int32(1008), aws.Int32(categoryOther)
	case f.Code == fault.CodeAdminShutdown:
		ae.ErrorCategory, ae.ErrorType, ae.Retryable = aws.Int32(categorySystem), aws.Int32(100), true
	case f.Kind == fault.Canceled:
		state, ae.ErrorType, ae.ErrorCategory = athenatypes.QueryExecutionStateCancelled, aws.Int32(1014), aws.Int32(categoryUser)
	case strings.HasPrefix(f.Message, missingParameters), f.Code == fault.CodeTooManyArguments, f.Code == fault.CodeStatementTooComplex, f.Code == fault.CodeTooManyColumns:
		// The statement's fault, though elsewhere the protocol's or a machine's.
	case f.Kind == fault.Resource:
		ae.ErrorCategory, ae.Retryable = aws.Int32(categorySystem), true
	case f.Kind == fault.Internal:
		ae.ErrorCategory, ae.ErrorType = aws.Int32(categorySystem), aws.Int32(9999)
	case f.Kind == fault.External:
		ae.ErrorCategory = aws.Int32(categoryOther)
	}
	return state, text, ae
}

// missingParameters begins the message for a statement with other parameters than were
// given, a fault of the protocol elsewhere.
const missingParameters = "statement needs "

// classOf gives the class of an error: of its SQLSTATE, or what is said of a view.
func classOf(f *fault.Error) (failureClass, bool) {
	switch {
	case strings.HasPrefix(f.Message, missingParameters):
		return failureClass{"INVALID_PARAMETER_USAGE", 1006}, true
	case f.Code == fault.CodeUndefinedFunction && strings.HasPrefix(f.Message, "operator "):
		return failureClass{"TYPE_MISMATCH", 1006}, true
	case f.Code == fault.CodeGrouping && strings.HasPrefix(f.Message, "aggregate functions are not allowed"):
		return failureClass{"EXPRESSION_NOT_SCALAR", 1006}, true
	case f.Code == fault.CodeObjectNotReady && strings.HasSuffix(f.Message, "is stale; it must be re-created"):
		return failureClass{"VIEW_IS_STALE", 1107}, true
	case strings.HasPrefix(f.Message, "in view "):
		return failureClass{"INVALID_VIEW", 1107}, true
	}
	c, ok := failureClasses[f.Code]
	return c, ok
}

// reason writes the message as Athena does: WORD: line 1:8: message. The refusals
// of workgroups begin with their own words.
func reason(f *fault.Error, sql, database string) string {
	var b strings.Builder
	class, ok := classOf(f)
	switch {
	case f.Code == fault.CodeLimitExceeded || f.Kind == fault.Canceled || f.Code == fault.CodeAdminShutdown:
	case ok:
		b.WriteString(class.word + ": ")
	case f.Kind == fault.Internal:
		b.WriteString("GENERIC_INTERNAL_ERROR: ")
	case f.Kind == fault.User:
		b.WriteString("GENERIC_USER_ERROR: ")
	}
	b.WriteString(place(f, sql))
	text, hint := message(f, database)
	b.WriteString(text)
	for _, more := range []string{f.Detail, hint} {
		if more != "" {
			b.WriteString(". " + strings.TrimSuffix(more, "."))
		}
	}
	return b.String()
}

// place writes where in the statement the error is: line 1:8.
func place(f *fault.Error, sql string) string {
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

// wordings are the messages in which clients look for words: what the engine says,
// and how Athena puts it. DB is the database of names without one.
var wordings = []struct {
	code   fault.Code
	ours   *regexp.Regexp
	theirs string
}{
	{fault.CodeUndefinedTable, regexp.MustCompile(`^relation "([^.]+)" does not exist$`), "Table 'awsdatacatalog.DB.$1' does not exist"},
	{fault.CodeUndefinedTable, regexp.MustCompile(`^relation "(.+)" does not exist$`), "Table 'awsdatacatalog.$1' does not exist"},
	{fault.CodeUndefinedTable, regexp.MustCompile(`^table "(.+)" does not exist in database "(.+)"$`), "Table 'awsdatacatalog.$2.$1' does not exist"},
	{fault.CodeUndefinedColumn, regexp.MustCompile(`^column "?([^" ]+)"? does not exist$`), "Column '$1' cannot be resolved or requester is not authorized to access requested resources"},
	{fault.CodeUndefinedFunction, regexp.MustCompile(`^function (\w+)\(.*\) does not exist$`), "Function '$1' not registered"},
	{fault.CodeUndefinedFunction, regexp.MustCompile(`^operator does not exist: (.+)$`), "Cannot apply operator: $1"},
	{fault.CodeObjectNotReady, regexp.MustCompile(`^view (\S+)\.(\S+) is stale; it must be re-created$`), "View 'awsdatacatalog.$1.$2' is stale; it must be re-created"},
	{fault.CodeAmbiguousColumn, regexp.MustCompile(`^column reference "(.+)" is ambiguous$`), "Column '$1' is ambiguous"},
	{fault.CodeGrouping, regexp.MustCompile(`^column "(.+)" must appear in the GROUP BY clause.*$`), "'$1' must be an aggregate expression or appear in GROUP BY clause"},
	{fault.CodeGrouping, regexp.MustCompile(`^aggregate functions are not allowed in (.+)$`), "$1 clause cannot contain aggregations, window functions or grouping operations"},
	{fault.CodeDivisionByZero, regexp.MustCompile(`^division by zero$`), "Division by zero"},
	{fault.CodeCardinality, regexp.MustCompile(`^more than one row returned by a subquery.*$`), "Scalar sub-query has returned multiple rows"},
	{fault.CodeCannotCoerce, regexp.MustCompile(`^cannot cast type (.+) to (.+)$`), "Cannot cast $1 to $2"},
	{fault.CodeInvalidText, regexp.MustCompile(`^invalid input syntax for type integer: "(.*)"$`), "Cannot cast '$1' to INT"},
	{fault.CodeInvalidText, regexp.MustCompile(`^invalid input syntax for type (bigint|smallint|tinyint|double|boolean): "(.*)"$`), "Cannot cast '$2' to $1"},
	{fault.CodeInvalidDatetime, regexp.MustCompile(`^invalid input syntax for type (date|timestamp|time)\b.*: "(.*)"$`), "Value cannot be cast to $1: $2"},
	{fault.CodeArraySubscript, regexp.MustCompile(`^array subscript (\d+) is out of bounds of an array of (\d+)$`), "Array subscript must be less than or equal to array length: $1 > $2"},
	{fault.CodeInvalidEscape, regexp.MustCompile(`^invalid escape string$`), "Escape string must be a single character"},
	{fault.CodeInvalidSchemaName, regexp.MustCompile(`^(?:schema|database) "(.+)" does not exist$`), "Schema '$1' does not exist"},
}

var (
	noOverload = regexp.MustCompile(`^function (\w+)\((.*)\) does not exist$`)
	nearWord   = regexp.MustCompile(`(?s)^syntax error at or near "(.*)"$`)
)

// respelled is what Athena makes of an error whose hint belongs to its text: of syntax,
// and of a function that has other parameters.
func respelled(f *fault.Error) (string, bool) {
	if m := noOverload.FindStringSubmatch(f.Message); m != nil && f.Code == fault.CodeUndefinedFunction {
		candidates, ok := strings.CutPrefix(f.Hint, "Candidates are: ")
		return fmt.Sprintf("Unexpected parameters (%s) for function %s. Expected: %s", m[2], m[1], strings.ReplaceAll(strings.TrimSuffix(candidates, "."), "; ", ", ")), ok
	}
	if f.Code != fault.CodeSyntax {
		return "", false
	}
	text := ""
	if m := nearWord.FindStringSubmatch(f.Message); m != nil {
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

// message is the fault's and its hint, or Athena's own words where clients look for
// them.
func message(f *fault.Error, database string) (text, hint string) {
	if f.Kind == fault.Internal {
		return "an internal error occurred", f.Hint
	}
	if text, ok := respelled(f); ok {
		return text, ""
	}
	for _, w := range wordings {
		if w.code == f.Code && w.ours.MatchString(f.Message) {
			text := w.theirs
			if database != "" {
				text = strings.Replace(text, "DB", strings.ReplaceAll(database, "$", "$$"), 1)
			} else {
				text = strings.Replace(text, "awsdatacatalog.DB.", "", 1)
			}
			hint = f.Hint
			if strings.HasPrefix(hint, "No operator matches") || w.code == fault.CodeInvalidEscape {
				hint = "" // the words above say it
			}
			return w.ours.ReplaceAllString(f.Message, text), hint
		}
	}
	return f.Error(), f.Hint
}
