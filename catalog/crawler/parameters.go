package crawler

import (
	"encoding/json"
	"maps"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/lake"
)

// described gives the table of a finding as this job writes it: in its
// database, with the parameters that Glue's crawlers set.
func (j *job) described(f *crawl.Found) *catalog.Table {
	t := *f.Table
	t.Database = j.crawler.Database
	t.Parameters = clone(f.Table.Parameters)
	t.Storage.SerDeParams = maps.Clone(f.Table.Storage.SerDeParams)
	p := t.Parameters
	p["CrawlerSchemaSerializerVersion"] = "1.0"
	p["CrawlerSchemaDeserializerVersion"] = "1.0"
	p[paramMaker], p[paramRun] = j.maker, j.run
	if len(t.PartitionKeys) > 0 && j.conf.CreatePartitionIndex {
		p["partition_filtering.enabled"] = "true"
	}
	if t.Format == "csv" {
		p["columnsOrdered"] = "true"
		p["areColumnsQuoted"] = "false"
		if t.Storage.SerDe == lake.OpenCSVSerDe {
			p["areColumnsQuoted"] = "true"
		}
	}
	if ex := j.exclusions(t.Storage.Location); ex != "" {
		p["exclusions"] = ex
	}
	return &t
}

// exclusions gives the globs of the target in which a location lies, as Glue
// writes them: a JSON list of URLs; "": none.
func (j *job) exclusions(location string) string {
	for _, target := range j.crawler.Targets {
		if len(target.Exclusions) == 0 || !below(location, target.Location) {
			continue
		}
		globs := make([]string, len(target.Exclusions))
		for i, g := range target.Exclusions {
			globs[i] = crawl.Normalize(target.Location) + "/" + g
		}
		text, err := json.Marshal(globs)
		if err != nil { // strings always marshal
			panic("crawler: exclusions do not marshal: " + err.Error())
		}
		return string(text)
	}
	return ""
}
