package grok

import (
	"bytes"
	"strings"
	"sync"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
)

// logs are the log formats that Glue's classifiers know by name, in its order.
// Whole lines must match, so that a richer format is not taken for a poorer.
// Fields are told apart by what stands between them rather than by their exact
// forms: that is what makes an expression small, and small ones fast.
var logs = []struct{ name, pattern string }{
	{"combined_apache", `^%{NOTSPACE:clientip} %{NOTSPACE:ident} %{NOTSPACE:auth} \[%{LOGDATE:timestamp}\] "(?:%{WORD:verb} %{NOTSPACE:request}(?: HTTP/%{NUMBER:httpversion})?|%{DATA:rawrequest})" %{INT:response:int} (?:%{INT:bytes:long}|-) "%{DATA:referrer}" "%{DATA:agent}"$`},
	{"apache", `^%{NOTSPACE:clientip} %{NOTSPACE:ident} %{NOTSPACE:auth} \[%{LOGDATE:timestamp}\] "(?:%{WORD:verb} %{NOTSPACE:request}(?: HTTP/%{NUMBER:httpversion})?|%{DATA:rawrequest})" %{INT:response:int} (?:%{INT:bytes:long}|-)$`},
	{"linux_kernel", `^(?:%{SYSLOGTIMESTAMP:timestamp} (?:%{SYSLOGFACILITY} )?%{NOTSPACE:host} %{PROG:program}(?:\[%{POSINT:pid:int}\])?: (?:\[ *%{UPTIME:uptime:double}\] )?|\[ *%{UPTIME:uptime:double}\] )%{GREEDYDATA:message}$`},
	{"microsoft_log", ""}, // its own first lines tell
	{"ruby_logger", `^[DFEWIA], \[%{TIMESTAMP_ISO8601:timestamp} *#%{POSINT:pid:int}\] +%{RUBY_LOGLEVEL:loglevel} -- %{DATA:progname}: %{GREEDYDATA:message}$`},
	{"squid", `^ *%{NUMBER:timestamp:double} +%{INT:duration:int} %{NOTSPACE:client_address} %{WORD:cache_result}/%{INT:status_code:int} %{INT:bytes:long} %{NOTSPACE:request_method} %{NOTSPACE:url} %{NOTSPACE:user} %{WORD:hierarchy_code}/%{NOTSPACE:server} %{NOTSPACE:content_type}$`},
	{"redismonlog", `^%{NUMBER:timestamp:double} \[%{INT:database:int} %{NOTSPACE:client}\] "%{DATA:command}"(?: %{GREEDYDATA:params})?$`},
	{"redislog", `^\[?%{POSINT:pid:int}(?:\]|:%{REDISROLE:role}) %{REDISTIMESTAMP:timestamp} %{REDISLEVEL:level} %{GREEDYDATA:message}$`},
}

// Logs gives the log formats that Glue's classifiers know, in its order.
func Logs() []formats.Format {
	out := make([]formats.Format, len(logs))
	for i, l := range logs {
		f := Format{name: l.name, w3c: l.pattern == ""}
		if !f.w3c {
			f.compile = sync.OnceValues(func() (*Pattern, error) { return Compile(l.pattern, "") })
		}
		out[i] = f
	}
	return out
}

// w3cTypes are the types of fields that have others than text in W3C's
// extended log format (https://www.w3.org/TR/WD-logfile) as IIS and CloudFront
// write it. Dates and times stay text: they are a field each.
var w3cTypes = map[string]string{
	"s-port": "int", "sc-status": "int", "sc-substatus": "int", "sc-win32-status": "long", "sc-bytes": "long",
	"cs-bytes": "long", "time-taken": "double", "c-port": "int",
}

// w3cSettings makes the pattern of an extended log of its #Fields line. A - is
// a missing value; lines that begin with # are no records, wherever they stand.
func w3cSettings(head []byte) (s settings, err error) {
	var fields []string
	tabs := false
	for line := range bytes.Lines(head) {
		line = bytes.TrimRight(line, "\r\n")
		if rest, ok := bytes.CutPrefix(line, []byte("#Fields:")); ok {
			fields = strings.Fields(string(rest))
			continue
		}
		if len(line) > 0 && line[0] != '#' {
			tabs = bytes.IndexByte(line, '\t') >= 0
			break
		}
	}
	if len(fields) < 2 {
		return s, fault.New(fault.CodeInvalidText, "the log has no #Fields line")
	}
	var b strings.Builder
	for i, f := range fields {
		switch {
		case i == 0:
			b.WriteString("^")
		case tabs:
			b.WriteString(`\t`)
		default:
			b.WriteString(" ")
		}
		pattern := "NOTSPACE"
		if tabs {
			pattern = "NOTTAB"
		}
		b.WriteString("%{" + pattern + ":" + w3cName(f))
		if t := w3cTypes[strings.ToLower(f)]; t != "" {
			b.WriteString(":" + t)
		}
		b.WriteString("}")
	}
	b.WriteString("$")
	s = settings{comment: []byte("#"), null: []byte("-"), hasNull: true}
	s.pattern, err = Compile(b.String(), "")
	return s, err
}

// w3cName makes a column's name of a field such as cs(User-Agent).
func w3cName(f string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, f)
	if name = strings.Trim(name, "_"); name == "" {
		return "field"
	}
	return name
}
