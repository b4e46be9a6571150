package athenaapi

import (
	"strings"

	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"
)

// kind is how Athena sorts a statement.
type kind struct {
	typ  athenatypes.StatementType
	sub  string
	form form
}

// form is what the result of a statement is kept as.
type form string

// The forms of results.
const (
	formCSV   form = "csv"   // rows with a header: <id>.csv
	formText  form = "txt"   // lines: <id>.txt
	formTable form = "table" // the same, in columns of one width
	formFiles form = "files" // rows that went into the lake: <id>-manifest.csv lists their files
)

// dmlWords are the first words of statements that are DML; what they are called
// where that is another word.
var dmlWords = map[string]string{"SELECT": "SELECT", "WITH": "SELECT", "VALUES": "SELECT", "TABLE": "SELECT", "(": "SELECT",
	"INSERT": "INSERT", "UPDATE": "UPDATE", "DELETE": "DELETE", "MERGE": "MERGE", "UNLOAD": "UNLOAD", "EXECUTE": "EXECUTE"}

// utilityWords are the first words of statements that are UTILITY.
var utilityWords = map[string]bool{"EXPLAIN": true, "SHOW": true, "DESCRIBE": true, "DESC": true}

// classify sorts a statement by its first words.
func classify(sql string) kind {
	w := words(sql, 256)
	if len(w) == 0 {
		return kind{typ: athenatypes.StatementTypeUtility, form: formText}
	}
	at := func(i int) string {
		if i < len(w) {
			return w[i]
		}
		return ""
	}
	if sub, ok := dmlWords[w[0]]; ok {
		k := kind{athenatypes.StatementTypeDml, sub, formCSV}
		if sub == "INSERT" || sub == "UNLOAD" {
			k.form = formFiles
		}
		return k
	}
	if utilityWords[w[0]] {
		sub := w[0]
		switch {
		case strings.HasPrefix(sub, "DESC"):
			return kind{typ: athenatypes.StatementTypeUtility, sub: "DESCRIBE", form: formTable}
		case sub == "SHOW" && at(1) != "":
			sub += "_" + at(1)
			if at(1) == "CREATE" {
				sub += "_" + at(2)
			}
		}
		return kind{typ: athenatypes.StatementTypeUtility, sub: sub, form: formText}
	}
	k := kind{typ: athenatypes.StatementTypeDdl, sub: w[0], form: formText}
	if k.sub == "MSCK" {
		return k
	}
	for _, x := range w[1:] {
		switch x {
		case "EXTERNAL", "OR", "REPLACE", "TEMPORARY", "TEMP":
			continue
		case "SCHEMA":
			x = "DATABASE"
		}
		k.sub += "_" + x
		break
	}
	if k.sub == "CREATE_TABLE" && createsAs(w) {
		k.sub, k.form = "CREATE_TABLE_AS_SELECT", formFiles
	}
	return k
}

// createsAs reports whether CREATE TABLE goes on with AS and a query.
func createsAs(w []string) bool {
	for i := 0; i+1 < len(w); i++ {
		if w[i] == "AS" {
			switch w[i+1] {
			case "SELECT", "WITH", "VALUES", "TABLE", "(":
				return true
			}
		}
	}
	return false
}

// words gives the first words and opening parentheses of a statement in upper case,
// without comments and without what is in quotes.
func words(sql string, most int) []string {
	var out []string
	for i := 0; i < len(sql) && len(out) < most; {
		switch c := sql[i]; {
		case strings.HasPrefix(sql[i:], "--"):
			i = behind(sql, i, "\n")
		case strings.HasPrefix(sql[i:], "/*"):
			i = behind(sql, i+2, "*/")
		case c == '\'' || c == '"' || c == '`':
			i = behind(sql, i+1, string(c))
			out = append(out, "")
		case c == '(':
			out = append(out, "(")
			i++
		case isWord(c):
			from := i
			for i < len(sql) && isWord(sql[i]) {
				i++
			}
			out = append(out, strings.ToUpper(sql[from:i]))
		default:
			i++
		}
	}
	return out
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// behind gives the place behind the next end from i on, or the text's end.
func behind(s string, i int, end string) int {
	if n := strings.Index(s[i:], end); n >= 0 {
		return i + n + len(end)
	}
	return len(s)
}
