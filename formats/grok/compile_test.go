package grok

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
)

// fieldsOf matches a line and gives the fields as name=value, those that take
// no part left out; nil if it does not match.
func fieldsOf(p *Pattern, line string) []string {
	m := p.re.FindStringSubmatchIndex(line)
	if m == nil {
		return nil
	}
	out := []string{}
	for _, f := range p.Fields {
		for _, g := range f.groups {
			if m[2*g] >= 0 {
				out = append(out, f.Name+"="+line[m[2*g]:m[2*g+1]])
				break
			}
		}
	}
	return out
}

func TestCompile(t *testing.T) {
	tests := []struct {
		name, pattern, custom, line string
		want                        []string // nil: no match
		types                       string
	}{
		{"a field", "%{NUMBER:n}", "", "x 1.5 y", []string{"n=1.5"}, "varchar"},
		{"types", "%{INT:a:byte} %{WORD:b:boolean} %{NUMBER:c:double} %{INT:d:short} %{INT:e:int} %{INT:f:long} %{NUMBER:g:float} %{DATA:h:string}$", "",
			"1 true 2.5 3 4 5 6.5 x y", []string{"a=1", "b=true", "c=2.5", "d=3", "e=4", "f=5", "g=6.5", "h=x y"},
			"tinyint boolean double smallint integer bigint real varchar"},
		{"custom patterns", `%{QUEUEID:id}: %{REST:msg}`, "QUEUEID [0-9A-F]{10,11}\n# a comment\n\nREST\t.*%{END}\r\nEND \\.", "BEF25A72965: done.",
			[]string{"id=BEF25A72965", "msg=done."}, "varchar varchar"},
		{"custom before library", "%{INT:x}", "INT [a-c]+", "12abc", []string{"x=abc"}, "varchar"},
		{"named group", `(?<user>\w+)@(?P<host>\w+)`, "", "ann@home", []string{"user=ann", "host=home"}, "varchar varchar"},
		{"unnamed groups and branches", `(a|b)(?:%{INT:n}|%{NOTSPACE:n})`, "", "bxyz", []string{"n=xyz"}, "varchar"},
		{"possessive and atomic", `^(?>a++)b*+c?+d{1,2}+%{INT:n}`, "", "aabcdd7", []string{"n=7"}, "varchar"},
		{"sets", `[[:alpha:]]+[]x]%{INT:n}[^]\h]`, "", "ab]5;", []string{"n=5"}, "varchar"},
		{"escapes", `^\h*\u0041\/%{INT:n}\Z`, "", " \tA/5", []string{"n=5"}, "varchar"},
		{"plus behind a literal brace", `\}+%{INT:n}`, "", "}}5", []string{"n=5"}, "varchar"},
		{"no match", "^%{IP:ip}$", "", "300.1.2.3", nil, "varchar"},
		{"nested names", "%{SYSLOGBASE} %{GREEDYDATA:m}", "", "Mar  1 10:00:00 web01 sshd[42]: hi", []string{"timestamp=Mar  1 10:00:00",
			"logsource=web01", "program=sshd", "pid=42", "m=hi"}, "varchar varchar varchar varchar varchar varchar varchar"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Compile(tt.pattern, tt.custom)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, fieldsOf(p, tt.line)); diff != "" {
				t.Error(diff)
			}
			var types []string
			for _, f := range p.Fields {
				types = append(types, f.Type.String())
			}
			if got := strings.Join(types, " "); got != tt.types {
				t.Errorf("types %s, want %s", got, tt.types)
			}
		})
	}
}

func TestCompileErrors(t *testing.T) {
	tests := []struct {
		name, pattern, custom string
		code                  fault.Code
		text                  string
	}{
		{"empty", "", "", fault.CodeInvalidRegexp, "empty"},
		{"unknown name", "%{NUMBR:x}", "", fault.CodeInvalidRegexp, `"NUMBR"`},
		{"unknown type", "%{INT:x:date}", "", fault.CodeInvalidRegexp, `"date"`},
		{"two types", "%{INT:x:int}%{INT:x:long}", "", fault.CodeInvalidRegexp, "two types"},
		{"no field name", "%{INT:}", "", fault.CodeInvalidRegexp, "without a name"},
		{"open brace", "%{INT", "", fault.CodeInvalidRegexp, "closing brace"},
		{"look-ahead", "a(?=b)", "", fault.CodeFeatureNotSupported, "look-ahead"},
		{"look-behind", "(?<!a)b", "", fault.CodeFeatureNotSupported, "negative look-behind"},
		{"back-reference", `(a)\1`, "", fault.CodeFeatureNotSupported, "back-reference"},
		{"intersection", "[a-z&&[^b]]", "", fault.CodeFeatureNotSupported, "intersection"},
		{"union", "[a[b]]", "", fault.CodeFeatureNotSupported, "set inside a set"},
		{"open set", "[ab", "", fault.CodeInvalidRegexp, "without ]"},
		{"open group", "(ab", "", fault.CodeInvalidRegexp, "missing closing"},
		{"recursion", "%{A:x}", "A b%{A}", fault.CodeInvalidRegexp, "deeper"},
		{"growth", "%{A:x}", "A %{B}%{B}%{B}%{B}%{B}%{B}\nB %{C}%{C}%{C}%{C}%{C}%{C}\nC %{D}%{D}%{D}%{D}%{D}%{D}\nD %{E}%{E}%{E}%{E}%{E}%{E}\nE %{F}%{F}%{F}%{F}%{F}%{F}\nF " +
			strings.Repeat("x", 500), fault.CodeInvalidRegexp, "written out"},
		{"bad custom line", "%{A:x}", "A", fault.CodeInvalidRegexp, "custom pattern"},
		{"too long", strings.Repeat("a", MaxPattern+1), "", fault.CodeInvalidRegexp, "at most"},
		{"backslash at the end", `a\`, "", fault.CodeInvalidRegexp, "backslash"},
	}
	for _, tt := range tests {
		_, err := Compile(tt.pattern, tt.custom)
		if !fault.Is(err, tt.code) || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if _, err := Compile("%{NUMBR:x}", ""); fault.As(err).Hint != "Did you mean NUMBER?" {
		t.Errorf("hint %q", fault.As(err).Hint)
	}
}

// TestLibrary compiles every pattern and tries some.
func TestLibrary(t *testing.T) {
	for name := range library {
		if _, err := Compile("%{"+name+":x}", ""); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, tt := range []struct{ name, yes, no string }{
		{"IPV4", "192.168.0.255", "192.168.0.256"},
		{"IPV6", "2001:db8::1", "2001:db8:1"}, {"IPV6", "::1", ":1"}, {"IPV6", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7"}, {"IPV6", "::ffff:1.2.3.4", "::ffff:1.2.3"},
		{"IPV6", "fe80::1%eth0", "fe80"}, {"IPV6", "::", ":"},
		{"NUMBER", "-1.50", "1."}, {"INT", "+5", "5.0"}, {"POSINT", "10", "0"}, {"BASE16NUM", "0xFf", "0xg"},
		{"UUID", "0b8f2a8e-33f1-4a3c-9d9f-0a1b2c3d4e5f", "0b8f2a8e-33f1-4a3c-9d9f-0a1b2c3d4e5"},
		{"MAC", "00:1b:63:84:45:e6", "00:1b:63:84:45"}, {"MAC", "001b.6384.45e6", "001b.6384"},
		{"HOSTNAME", "www.example.org", "-www"}, {"HOSTPORT", "localhost:80", "localhost"}, {"EMAILADDRESS", "a.b+c@example.org", "a.example.org"},
		{"QS", `"say \"hi\""`, `"open`}, {"QS", `'it'`, `it`},
		{"URI", "https://user:pw@example.org:8080/a/b?x=1&y=2", "example.org/a"}, {"URIPATHPARAM", "/a/b?c=d", "a/b"},
		{"UNIXPATH", "/usr/local/bin", "usr/local"}, {"WINPATH", `C:\Windows\x.txt`, "C:"}, {"PATH", "/tmp", "tmp"},
		{"MONTH", "September", "Septembe"}, {"DAY", "Tue", "Tuesda"}, {"HOUR", "23", "24"}, {"MINUTE", "59", "60"}, {"SECOND", "59.123", "61"}, {"YEAR", "2024", "202"},
		{"TIMESTAMP_ISO8601", "2024-01-02T03:04:05.678Z", "2024-01-02"}, {"TIMESTAMP_ISO8601", "2024-01-02 03:04:05,678+02:00", "2024-1"},
		{"HTTPDATE", "10/Oct/2000:13:55:36 -0700", "10/10/2000:13:55:36 -0700"}, {"SYSLOGTIMESTAMP", "Mar  1 10:00:00", "Mar 10:00:00"},
		{"DATE_US", "12/31/2024", "31/12/2024"}, {"DATE_EU", "31.12.2024", "12.31.2024"}, {"DATESTAMP_RFC822", "Mon Jan 01 2024 10:00:00 UTC", "Mon Jan 2024"},
		{"DATESTAMP_EVENTLOG", "20240102030405", "2024"}, {"LOGLEVEL", "WARNING", "WARNIN"}, {"JAVACLASS", "org.example.Main", ".Main"},
		{"JAVASTACKTRACEPART", "  at org.x.Y.run(Y.java:42)", "at org.x.Y"}, {"URN", "urn:isbn:0451450523", "isbn:0451450523"},
	} {
		p, err := Compile("^%{"+tt.name+":x}$", "")
		if err != nil {
			t.Fatal(err)
		}
		if !p.re.MatchString(tt.yes) {
			t.Errorf("%s does not match %q", tt.name, tt.yes)
		}
		if p.re.MatchString(tt.no) {
			t.Errorf("%s matches %q", tt.name, tt.no)
		}
	}
}

// FuzzCompile: no pattern panics, and what compiles can be matched.
func FuzzCompile(f *testing.F) {
	f.Add(`%{IP:client} (?<a>[^]x]*+)\h%{NUMBER:b:long}`, "A (?>x)+", "1.2.3.4  5")
	f.Add(`%{COMBINEDAPACHELOG}`, "", `1.1.1.1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" 200 5 "-" "x"`)
	f.Add(`(?P<>[[:x:]`, "B %{B}", "")
	f.Fuzz(func(t *testing.T, pattern, custom, line string) {
		p, err := Compile(pattern, custom)
		if err != nil {
			if fault.As(err).Code == fault.CodeInternal {
				t.Fatal(err)
			}
			return
		}
		fieldsOf(p, line)
	})
}
