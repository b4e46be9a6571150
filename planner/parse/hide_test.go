package parse

import (
	"strings"
	"testing"
)

func TestHideLiterals(t *testing.T) {
	for in, want := range map[string]string{
		"":         "",
		"SELECT 1": "SELECT ?",
		"select a, 'x''y', 1.5e3, X'1F', B'01', $1 from t -- card 4111": "select a, ?, ?, ?, ?, $1 from t",
		"select /* ssn 123 */ $$a'b$$, E'it\\'s', U&'x' from \"T 1\"":   "select ?, ?, ? from \"T 1\"",
		"SELECT *\n  FROM t2 WHERE dt = DATE '2026-01-01' LIMIT 10":     "SELECT *\n  FROM t2 WHERE dt = DATE ? LIMIT ?",
		// Hive's double quotes hold strings.
		"CREATE EXTERNAL TABLE t (a int) LOCATION \"s3://secret/\"":          "CREATE EXTERNAL TABLE t (a int) LOCATION ?",
		"CREATE TABLE t (a int) TBLPROPERTIES (\"k\" = \"v\")":               "CREATE TABLE t (a int) TBLPROPERTIES (? = ?)",
		"CREATE EXTERNAL TABLE t (a int); SELECT \"a\" FROM t WHERE a = 'b'": "CREATE EXTERNAL TABLE t (a int); SELECT \"a\" FROM t WHERE a = ?",
		// What does not parse ends before its first quote.
		"SELECT * FORM t WHERE a = 5 AND b = 'it\\'s secret' AND c": "SELECT * FORM t WHERE a = ? AND b = ...",
		"SELECT * FORM t WHERE a = \"secret\"":                      "SELECT * FORM t WHERE a = ...",
		"SELECT 'unterminated secret":                               "SELECT ...",
		"SELECT * FROM t WHERE a = 'x' AND b = 'y\\'z secret'":      "SELECT * FROM t WHERE a = ...",
		"SELECT 12ab":                           "SELECT ...",
		"'secret":                               "...",
		"SELECT \xff 'secret'":                  "...",
		"/* unterminated secret":                "...",
		"SELECT a FROM t WHERE b = 'x' -- it's": "SELECT a FROM t WHERE b = ?",
		"SELECT a FROM t WHERE b IN (1, 2) AND c LIKE '%5%' ESCAPE '\\'": "SELECT a FROM t WHERE b IN (?, ?) AND c LIKE ? ESCAPE ?",
	} {
		if got := HideLiterals(in); got != want {
			t.Errorf("%q:\n got %q\nwant %q", in, got, want)
		}
	}
}

// FuzzHideLiterals puts a mark into literals of every kind, with any text before
// them that opens no quote or comment and any text after them: the mark must not
// come out, nor a number.
func FuzzHideLiterals(f *testing.F) {
	f.Add("SELECT * FROM t WHERE a = ", " AND b = 5")
	f.Add("CREATE EXTERNAL TABLE t (a int) LOCATION ", "; SELECT '")
	f.Add("ALTER TABLE t SET TBLPROPERTIES ('a' = ", ")")
	f.Add("x", "'")
	f.Add("SELECT e", "\\' ; $$")
	f.Fuzz(func(t *testing.T, before, after string) {
		if len(before)+len(after) > 1000 || strings.ContainsAny(before, "'\"`$") || strings.Contains(before, "--") || strings.Contains(before, "/*") {
			return
		}
		const mark = "zqmark"
		for _, lit := range []string{"'" + mark + "'", "'x''" + mark + "'", "E'\\'" + mark + "'", "$$" + mark + "$$", "$q$'" + mark + "$q$",
			"U&'" + mark + "'", "X'" + mark + "'", "'" + mark, "/* " + mark + " */", "-- " + mark + "\n"} {
			if strings.Contains(strings.ToLower(before+after), mark) {
				return
			}
			got := HideLiterals(before + " " + lit + after)
			if strings.Contains(strings.ToLower(got), mark) {
				t.Fatalf("%q shows %q", before+" "+lit+after, got)
			}
			toks, _ := lex(got)
			for _, tok := range toks {
				if tok.kind == kNumber || tok.kind == kString {
					t.Fatalf("%q shows %q", before+" "+lit+after, got)
				}
			}
		}
	})
}

func TestFirstWord(t *testing.T) {
	for in, want := range map[string]string{"": "", "  SELECT 1": "select", "/* a */ -- b\n((With x": "with", "SHOW;": "show", "'a'": "", "/* open": "", "=": ""} {
		if got := FirstWord(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
