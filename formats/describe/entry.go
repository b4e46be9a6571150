package describe

import (
	"strings"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/builtin"
)

// entry is one row of the tables: a format, or several that differ in their
// pattern only.
type entry struct {
	name   string // the registry's, of the format that is probed
	title  string // what the tables call it
	props  map[string]string
	text   bool   // made for a probe by sample.in; else files of testdata
	suffix string // of such files
}

// textEntries are the formats whose files a probe makes. Every other format of
// the registry is one with files in its testdata, *.NAME.
var textEntries = map[string]entry{
	"csv":   {title: "csv", text: true, props: map[string]string{"field.delim": "|"}},
	"json":  {title: "json", text: true},
	"xml":   {title: "xml", text: true, props: map[string]string{"rowtag": "r"}},
	"ion":   {title: "ion", text: true},
	"bson":  {title: "bson", text: true},
	"grok":  {title: "grok and the logs", text: true, props: map[string]string{"input.format": "%{GREEDYDATA:c}"}},
	"regex": {title: "regex", text: true, props: map[string]string{"input.regex": "(.*)"}},
}

// logs are grok under the names of Glue's built-in patterns: the row of grok
// speaks for them.
var logs = map[string]bool{"combined_apache": true, "apache": true, "linux_kernel": true, "microsoft_log": true, "ruby_logger": true,
	"squid": true, "redismonlog": true, "redislog": true}

// entries gives the rows of the tables: formats with a schema of their own
// first, in the order of the registry.
func entries() []entry {
	var columnar, text []entry
	for _, f := range builtin.Registry().All() {
		if logs[f.Name()] {
			continue
		}
		if e, ok := textEntries[f.Name()]; ok {
			e.name = f.Name()
			text = append(text, e)
			continue
		}
		columnar = append(columnar, entry{name: f.Name(), title: f.Name(), suffix: "." + f.Name()})
	}
	return append(columnar, text...)
}

// files gives the samples that show what a format can do.
func (e *entry) files(p *prober) ([]input, error) {
	if !e.text {
		return p.testdata(e.name, "*"+e.suffix)
	}
	return []input{e.large()}, nil
}

// large is a file of text of more than a megabyte, so that it could be split.
func (e *entry) large() input {
	in := input{format: e.name, name: "sample." + e.name, opt: e.options(samples[4])}
	row := samples[4].in(e.name)
	const size = 1 << 20
	if e.name != "xml" {
		in.data = []byte(strings.Repeat(string(row), size/len(row)+1))
		return in
	}
	inner := strings.TrimSuffix(strings.TrimPrefix(string(row), "<rows>"), "</rows>\n")
	in.data = []byte("<rows>" + strings.Repeat(inner+"\n", size/len(inner)) + "</rows>\n")
	return in
}

// options declare one column c of the sample's type.
func (e *entry) options(s sample) formats.Options {
	return formats.Options{Schema: schemaOf("c", s.typ), Properties: e.props}
}
