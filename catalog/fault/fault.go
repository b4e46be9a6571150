// Package fault is the one error type of Glaux. An error that a user may see
// carries a SQLSTATE, a kind, the place it happened in (a position in the
// statement, or an object key with its row group, column or line) and a hint.
//
// Packages below the wire create or wrap faults; the wire (server/pg, the
// command line) translates them exactly once. Anything that reaches the wire
// and is not a fault is a bug and becomes XX000.
package fault

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Kind says whose move it is after an error.
type Kind uint8

// The kinds of errors.
const (
	Internal Kind = iota // a bug of ours: logged with its stack
	User                 // the statement or the request is wrong
	Resource             // a limit (memory, bytes scanned, time) was reached
	External             // a store, a file or a peer failed or holds bad data
	Canceled             // the client or the server asked to stop
)

// Code is a five-character SQLSTATE as PostgreSQL 15 (appendix A) defines it.
type Code string

// The SQLSTATEs that Glaux raises.
const (
	CodeSuccess              Code = "00000"
	CodeWarning              Code = "01000"
	CodeConnectionFailure    Code = "08006"
	CodeProtocolViolation    Code = "08P01"
	CodeFeatureNotSupported  Code = "0A000"
	CodeInvalidGrant         Code = "0LP01"
	CodeInvalidSavepoint     Code = "3B001"
	CodeStringTruncation     Code = "22001"
	CodeNumericOutOfRange    Code = "22003"
	CodeDatetimeOverflow     Code = "22008"
	CodeDivisionByZero       Code = "22012"
	CodeInvalidSubstring     Code = "22011"
	CodeInvalidRegexp        Code = "2201B"
	CodeInvalidEscape        Code = "22025"
	CodeInvalidDatetime      Code = "22007"
	CodeInvalidParameter     Code = "22023"
	CodeInvalidText          Code = "22P02"
	CodeInvalidBinary        Code = "22P03"
	CodeInvalidJSON          Code = "22032"
	CodeArraySubscript       Code = "2202E"
	CodeInvalidSampleRepeat  Code = "2202G"
	CodeInvalidSample        Code = "2202H"
	CodeInvalidRowCount      Code = "2201W"
	CodeCardinality          Code = "21000"
	CodeBadCopyFormat        Code = "22P04"
	CodeBadEncoding          Code = "22021"
	CodeNotNullViolation     Code = "23502"
	CodeUniqueViolation      Code = "23505"
	CodeCheckViolation       Code = "23514"
	CodeInTransaction        Code = "25001"
	CodeReadOnlyTransaction  Code = "25006"
	CodeNoTransaction        Code = "25P01"
	CodeFailedTransaction    Code = "25P02"
	CodeIdleTransaction      Code = "25P03"
	CodeInvalidAuth          Code = "28000"
	CodeInvalidPassword      Code = "28P01"
	CodeInvalidCursorName    Code = "34000"
	CodeInvalidStatementName Code = "26000"
	CodeInvalidCatalogName   Code = "3D000"
	CodeExternalRoutine      Code = "38000" // a user's function failed
	CodeExternalInvocation   Code = "39000" // it broke the rules of how it is called
	CodeInvalidSchemaName    Code = "3F000"
	CodeInsufficientPriv     Code = "42501"
	CodeDeadlock             Code = "40P01"
	CodeSyntax               Code = "42601"
	CodeInvalidName          Code = "42602"
	CodeGeneratedAlways      Code = "428C9"
	CodeInvalidTableDef      Code = "42P16"
	CodeAmbiguousColumn      Code = "42702"
	CodeUndefinedColumn      Code = "42703"
	CodeUndefinedObject      Code = "42704"
	CodeDuplicateAlias       Code = "42712"
	CodeDuplicateColumn      Code = "42701"
	CodeAmbiguousFunction    Code = "42725"
	CodeGrouping             Code = "42803"
	CodeDatatypeMismatch     Code = "42804"
	CodeWrongObjectType      Code = "42809"
	CodeCannotCoerce         Code = "42846"
	CodeUndefinedFunction    Code = "42883"
	CodeDuplicateFunction    Code = "42723"
	CodeInvalidFunctionDef   Code = "42P13"
	CodeUndefinedTable       Code = "42P01"
	CodeUndefinedParameter   Code = "42P02"
	CodeDuplicateCursor      Code = "42P03"
	CodeInvalidCursorDef     Code = "42P11"
	CodeDuplicateDatabase    Code = "42P04"
	CodeDuplicateStatement   Code = "42P05"
	CodeDuplicateSchema      Code = "42P06"
	CodeDuplicateTable       Code = "42P07"
	CodeDuplicateObject      Code = "42710"
	CodeReservedName         Code = "42939"
	CodeInvalidColumnRef     Code = "42P10"
	CodeIndeterminateType    Code = "42P18"
	CodeWindowing            Code = "42P20"
	CodeInvalidRecursion     Code = "42P19"
	CodeDependentObjects     Code = "2BP01"
	CodeOutOfMemory          Code = "53200"
	CodeDiskFull             Code = "53100"
	CodeTooManyConnections   Code = "53300"
	CodeLimitExceeded        Code = "53400"
	CodeProgramLimit         Code = "54000"
	CodeStatementTooComplex  Code = "54001"
	CodeTooManyColumns       Code = "54011"
	CodeTooManyArguments     Code = "54023"
	CodeObjectNotReady       Code = "55000"
	CodeObjectInUse          Code = "55006"
	CodeCantChangeParam      Code = "55P02"
	CodeLockNotAvailable     Code = "55P03"
	CodeQueryCanceled        Code = "57014"
	CodeAdminShutdown        Code = "57P01"
	CodeIdleSession          Code = "57P05"
	CodeIO                   Code = "58030"
	CodeUndefinedFile        Code = "58P01"
	CodeDuplicateFile        Code = "58P02"
	CodeExternal             Code = "58000"
	CodeForeignData          Code = "HV000"
	CodeInternal             Code = "XX000"
	CodeDataCorrupted        Code = "XX001"
)

// Error is the one error type. The zero value of every place field means
// "does not apply". An Error is immutable once it has been returned, except
// by the With methods, which are for the place that creates it.
type Error struct {
	Code    Code
	Kind    Kind
	Message string // primary message: one line, lower case start, no period
	Detail  string
	Hint    string

	Pos int // 1-based character (rune) position in the statement; 0: none

	Object   string // object key or path of the file at fault
	Column   string // column in that file
	RowGroup int    // 1-based row group or stripe; 0: none
	Line     int64  // 1-based line in a text file; 0: none

	Schema, Table string // for the protocol's s and t fields
	Constraint    string // for its n field
	// Context says what the server was doing, as PostgreSQL's WHERE field does:
	// COPY t, line 3, column x: "abc".
	Context string

	cause error
}

// Error prints the primary message followed by the place in the data, if any.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Message)
	inMessage := e.RowGroup == 0 && e.Column == "" && e.Line == 0 && strings.Contains(e.Message, e.Object)
	if e.Object != "" && !inMessage {
		fmt.Fprintf(&b, " (file %s", e.Object)
		if e.RowGroup > 0 {
			fmt.Fprintf(&b, ", row group %d", e.RowGroup)
		}
		if e.Column != "" {
			fmt.Fprintf(&b, ", column %q", e.Column)
		}
		if e.Line > 0 {
			fmt.Fprintf(&b, ", line %d", e.Line)
		}
		b.WriteByte(')')
	}
	return b.String()
}

// Unwrap gives the cause, for errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.cause }

// New makes an error of the kind that its code implies.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Kind: kindOf(code), Message: fmt.Sprintf(format, args...)}
}

// Wrap makes an error with a cause. The cause's text is not repeated in the
// message: put what the user needs into format.
func Wrap(cause error, code Code, format string, args ...any) *Error {
	e := New(code, format, args...)
	e.cause = cause
	return e
}

// At sets the 1-based rune position in the statement, unless one is set.
func (e *Error) At(pos int) *Error {
	if e.Pos == 0 {
		e.Pos = pos
	}
	return e
}

// WithHint sets the hint.
func (e *Error) WithHint(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

// WithDetail sets the detail.
func (e *Error) WithDetail(format string, args ...any) *Error {
	e.Detail = fmt.Sprintf(format, args...)
	return e
}

// In sets the object (file) the error is about, unless one is set.
func (e *Error) In(object string) *Error {
	if e.Object == "" {
		e.Object = object
	}
	return e
}

// InColumn sets the column of the file the error is about, unless one is set.
func (e *Error) InColumn(column string) *Error {
	if e.Column == "" {
		e.Column = column
	}
	return e
}

// Corrupt makes the error for a file whose bytes do not follow its format.
func Corrupt(object, format string, args ...any) *Error {
	return New(CodeDataCorrupted, format, args...).In(object)
}

// As finds the fault in err's chain. Context errors become 57014; anything
// else becomes an XX000 that wraps err. As(nil) is nil.
func As(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	if errors.Is(err, context.Canceled) {
		return Wrap(err, CodeQueryCanceled, "canceling statement due to user request")
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return Wrap(err, CodeQueryCanceled, "canceling statement due to statement timeout")
	}
	return Wrap(err, CodeInternal, "internal error: %v", err)
}

// Is reports whether err's chain holds a fault with this code.
func Is(err error, code Code) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == code
}

func kindOf(c Code) Kind {
	if len(c) < 2 {
		return Internal
	}
	switch c {
	case CodeQueryCanceled, CodeAdminShutdown:
		return Canceled
	case CodeDataCorrupted:
		return External
	}
	switch c[:2] {
	case "53", "54":
		return Resource
	case "58", "08", "HV":
		return External
	case "XX":
		return Internal
	}
	return User
}

// Nearest gives the candidate closest to name by edit distance, ignoring
// case, or "" if none is close enough to be what the user meant.
func Nearest(name string, candidates []string) string {
	best, bestD := "", 1+len(name)/3
	if bestD > 4 {
		bestD = 4
	}
	lower := strings.ToLower(name)
	for _, c := range candidates {
		if d := distance(lower, strings.ToLower(c), bestD); d < bestD || d == bestD && best == "" {
			best, bestD = c, d
		}
	}
	return best
}

// distance is the optimal string alignment distance (edits and transpositions
// of neighbours), or limit+1 as soon as it must exceed limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	prev2 := make([]int, len(b)+1)
	prev := make([]int, len(b)+1)
	cur := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		least := cur[0]
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, prev2[j-2]+1)
			}
			cur[j] = d
			least = min(least, d)
		}
		if least > limit {
			return limit + 1
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}
