package athenaerr

import (
	"strings"
	"unicode"

	"github.com/glauxdb/glaux/catalog/fault"
)

// wording is how Athena puts what the engine says. DB is the database of names without
// one, NAME the name that the error's position points at; class is that of the message
// where the SQLSTATE has another one.
type wording struct {
	code   fault.Code
	ours   pattern
	theirs string
	class  Class
}

func say(code fault.Code, ours, theirs string) wording {
	return wording{code: code, ours: lazily(ours), theirs: theirs}
}

// as gives a wording a class of its own.
func (w wording) as(word string, typ int32) wording {
	w.class = Class{word, typ}
	return w
}

// wordings are the messages in which clients look for words, the first that fits
// decides.
var wordings = []wording{
	// names
	say(fault.CodeUndefinedTable, `^relation "([^.]+)" does not exist$`, "Table 'awsdatacatalog.DB.$1' does not exist"),
	say(fault.CodeUndefinedTable, `^relation "(.+)" does not exist$`, "Table 'awsdatacatalog.$1' does not exist"),
	say(fault.CodeUndefinedTable, `^table "(.+)" does not exist in database "(.+)"$`, "Table 'awsdatacatalog.$2.$1' does not exist"),
	say(fault.CodeUndefinedTable, `^missing FROM-clause entry for table ".*"$`, "Column 'NAME' cannot be resolved or requester is not authorized to access requested resources").as("COLUMN_NOT_FOUND", 1006),
	say(fault.CodeUndefinedColumn, `^column "?([^" ]+)"? does not exist$`, "Column '$1' cannot be resolved or requester is not authorized to access requested resources"),
	say(fault.CodeUndefinedColumn, `^field "(.+)" not found in .*$`, "Column '$1' cannot be resolved or requester is not authorized to access requested resources"),
	say(fault.CodeUndefinedColumn, `^column "(.+)" specified in USING clause does not exist in (\w+) table$`, "Column '$1' is missing from $2 side of join"),
	say(fault.CodeAmbiguousColumn, `^column reference "(.+)" is ambiguous$`, "Column '$1' is ambiguous"),
	say(fault.CodeInvalidSchemaName, `^(?:schema|database) "(.+)" does not exist$`, "Schema '$1' does not exist"),
	say(fault.CodeFeatureNotSupported, `^cross-database references are not implemented: "([^.]+)\..*$`, "Catalog '$1' does not exist").as("CATALOG_NOT_FOUND", 1300),
	say(fault.CodeUndefinedObject, `^type "(.+)" does not exist$`, "Unknown type: $1").as("TYPE_NOT_FOUND", 1300),
	say(fault.CodeUndefinedObject, `^unrecognized configuration parameter "(.+)"$`, "Session property '$1' does not exist").as("INVALID_SESSION_PROPERTY", 1100),
	say(fault.CodeUndefinedObject, `^window "(.+)" does not exist$`, "Cannot resolve WINDOW name $1").as("INVALID_WINDOW_REFERENCE", 1006),
	say(fault.CodeInvalidStatementName, `^prepared statement "(.+)" does not exist$`, "Prepared statement not found: $1").as("NOT_FOUND", 1300),
	say(fault.CodeDuplicateTable, `^relation "([^.]+)" already exists$`, "Destination table 'awsdatacatalog.DB.$1' already exists"),
	say(fault.CodeDuplicateTable, `^relation "([^.]+)" already exists and is not a view$`, "Table already exists: 'awsdatacatalog.DB.$1'"),
	say(fault.CodeDuplicateAlias, `^WITH query name "(.+)" specified more than once$`, "WITH query name '$1' specified more than once").as("DUPLICATE_NAMED_QUERY", 1006),
	say(fault.CodeInvalidColumnRef, `^WITH query "(.+)" has (\d+) columns available but (\d+) columns specified$`, "Column alias list has $3 entries but relation '$1' has $2 columns").as("MISMATCHED_COLUMN_ALIASES", 1006),
	say(fault.CodeInvalidColumnRef, `^((?:GROUP|ORDER) BY position .*)$`, "$1").as("INVALID_COLUMN_REFERENCE", 1006),
	say(fault.CodeInvalidColumnRef, `^for SELECT DISTINCT, (.*)$`, "For SELECT DISTINCT, $1").as("EXPRESSION_NOT_IN_DISTINCT", 1006),
	say(fault.CodeObjectNotReady, `^view (\S+)\.(\S+) is stale; it must be re-created$`, "View 'awsdatacatalog.$1.$2' is stale; it must be re-created").as("VIEW_IS_STALE", 1107),
	// functions and operators
	say(fault.CodeUndefinedFunction, `^function unnest\((.*)\) does not exist$`, "Cannot unnest type: $1").as("INVALID_FUNCTION_ARGUMENT", 1106),
	say(fault.CodeUndefinedFunction, `^function (\w+)\(.*\) does not exist$`, "Function '$1' not registered"),
	say(fault.CodeUndefinedFunction, `^operator does not exist: (.+)$`, "Cannot apply operator: $1").as("TYPE_MISMATCH", 1006),
	// grouping and windows
	say(fault.CodeGrouping, `^column "(.+)" must appear in the GROUP BY clause.*$`, "'$1' must be an aggregate expression or appear in GROUP BY clause"),
	say(fault.CodeGrouping, `^aggregate functions are not allowed in (.+)$`, "$1 clause cannot contain aggregations, window functions or grouping operations").as("EXPRESSION_NOT_SCALAR", 1006),
	say(fault.CodeGrouping, `^aggregate function calls cannot be nested$`, "Cannot nest aggregations inside aggregation").as("NESTED_AGGREGATION", 1006),
	say(fault.CodeWindowing, `^window functions are not allowed in (.+)$`, "$1 clause cannot contain aggregations, window functions or grouping operations").as("EXPRESSION_NOT_SCALAR", 1006),
	say(fault.CodeWindowing, `^window function (.+) requires an OVER clause$`, "Window function $1 requires an OVER clause").as("MISSING_OVER", 1006),
	say(fault.CodeWindowing, `^window function calls cannot be nested$`, "Cannot nest window functions inside window function").as("NESTED_WINDOW", 1006),
	say(fault.CodeWindowing, `^(frame .*)$`, "Window $1").as("INVALID_WINDOW_FRAME", 1006),
	// types
	say(fault.CodeDatatypeMismatch, `^argument of (WHERE|HAVING) must be type boolean, not type (.+)$`, "$1 clause must evaluate to a boolean: actual type $2"),
	say(fault.CodeDatatypeMismatch, `^argument of JOIN/ON must be type boolean, not type (.+)$`, "JOIN ON clause must evaluate to a boolean: actual type $1"),
	say(fault.CodeDatatypeMismatch, `^argument of NOT must be type boolean, not type (.+)$`, "Value of logical NOT expression must evaluate to a boolean (actual: $1)"),
	say(fault.CodeDatatypeMismatch, `^argument of (?:AND|OR) must be type boolean, not type (.+)$`, "Logical expression term must evaluate to a boolean (actual: $1)"),
	say(fault.CodeDatatypeMismatch, `^CASE types (.+) and (.+) cannot be matched$`, "All CASE results must be the same type or coercible to a common type. Cannot find common type between $1 and $2"),
	say(fault.CodeDatatypeMismatch, `^(COALESCE|GREATEST|LEAST) types (.+) and (.+) cannot be matched$`, "All $1 operands must be the same type or coercible to a common type. Cannot find common type between $2 and $3"),
	say(fault.CodeDatatypeMismatch, `^(UNION|INTERSECT|EXCEPT) types (.+) and (.+) cannot be matched$`, "column in $1 query has incompatible types: $2, $3"),
	say(fault.CodeSyntax, `^each (\w+) query must have the same number of columns$`, "$1 query has different number of fields").as("TYPE_MISMATCH", 1006),
	say(fault.CodeCannotCoerce, `^cannot cast type (.+) to (.+)$`, "Cannot cast $1 to $2"),
	// values
	say(fault.CodeInvalidText, `^invalid input syntax for type integer: "(.*)"$`, "Cannot cast '$1' to INT"),
	say(fault.CodeInvalidText, `^invalid input syntax for type (bigint|smallint|tinyint|boolean|uuid|ipaddress): "(.*)"$`, "Cannot cast '$2' to $1"),
	say(fault.CodeInvalidText, `^invalid input syntax for type double(?: precision)?: "(.*)"$`, "Cannot cast '$1' to DOUBLE"),
	say(fault.CodeInvalidText, `^invalid input syntax for type real: "(.*)"$`, "Cannot cast '$1' to REAL"),
	say(fault.CodeInvalidText, `^invalid input syntax for type (?:numeric|decimal): "(.*)"$`, "Cannot cast VARCHAR '$1' to DECIMAL. Value is not a number."),
	say(fault.CodeInvalidText, `^invalid input syntax for type json$`, "Cannot convert value to JSON").as("INVALID_FUNCTION_ARGUMENT", 1106),
	say(fault.CodeInvalidDatetime, `^invalid input syntax for type (date|timestamp|time)\b.*: "(.*)"$`, "Value cannot be cast to $1: $2"),
	say(fault.CodeInvalidDatetime, `^(text ".*" does not match the date format ".*")$`, "Invalid format: $1").as("INVALID_FUNCTION_ARGUMENT", 1106),
	say(fault.CodeDatetimeOverflow, `^date/time field value out of range: "(.*)"$`, "Value cannot be cast to a date or timestamp: $1").as("INVALID_CAST_ARGUMENT", 1100),
	say(fault.CodeArraySubscript, `^array subscript (\d+) is out of bounds of an array of (\d+)$`, "Array subscript must be less than or equal to array length: $1 > $2"),
	say(fault.CodeInvalidParameter, `^key not present in map: (.*)$`, "Key not present in map: $1"),
	say(fault.CodeInvalidParameter, `^duplicate map key: (.*)$`, "Duplicate map keys ($1) are not allowed"),
	say(fault.CodeInvalidParameter, `^unit "(.*)" not recognized$`, "'$1' is not a valid field"),
	say(fault.CodeInvalidParameter, `^invalid JSON path: "(.*)"$`, "Invalid JSON path: '$1'"),
	say(fault.CodeInvalidParameter, `^time zone "(.*)" not recognized$`, "'$1' is not a valid time zone"),
	say(fault.CodeInvalidEscape, `^invalid escape string$`, "Escape string must be a single character"),
	say(fault.CodeDivisionByZero, `^division by zero$`, "Division by zero"),
	say(fault.CodeCardinality, `^more than one row returned by a subquery.*$`, "Scalar sub-query has returned multiple rows"),
	// resources and files
	say(fault.CodeOutOfMemory, `^(out of memory.*)$`, "Query exhausted resources at this scale factor: $1"),
	say(fault.CodeUndefinedFile, `^(the location of table \S+ does not exist): (.*)$`, "Error opening Hive split $2: $1"),
}

// wordingOf finds the wording of an error, nil if it has none.
func wordingOf(f *fault.Error) *wording {
	for i := range wordings {
		if w := &wordings[i]; w.code == f.Code && w.ours().MatchString(f.Message) {
			return w
		}
	}
	return nil
}

// nameAt reads the name at a position: words and quoted words with dots between.
func nameAt(sql string, pos int) string {
	text := []rune(sql)
	if pos <= 0 || pos > len(text) {
		return ""
	}
	text = text[pos-1:]
	end, quoted := 0, false
	for ; end < len(text); end++ {
		switch r := text[end]; {
		case r == '"':
			quoted = !quoted
			continue
		case quoted, r == '.', r == '_', unicode.IsLetter(r), unicode.IsDigit(r):
			continue
		}
		break
	}
	return strings.ReplaceAll(string(text[:end]), `"`, "")
}
