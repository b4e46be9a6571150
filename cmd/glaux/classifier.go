package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/fault"
)

// classifierCmd is "glaux classifier".
type classifierCmd struct {
	Create classifierCreateCmd `cmd:"" help:"Define a custom classifier."`
	Ls     classifierLsCmd     `cmd:"" help:"List custom classifiers."`
	Show   classifierShowCmd   `cmd:"" help:"Print a custom classifier."`
	Delete classifierDeleteCmd `cmd:"" help:"Delete a custom classifier that no crawler uses."`
}

// Help is shown by --help after the commands.
func (classifierCmd) Help() string {
	return `A custom classifier recognizes files before the built-in ones do, in crawlers that name it.

Examples:
  glaux classifier create applog --grok '%{TIMESTAMP_ISO8601:at} %{LOGLEVEL:level} %{GREEDYDATA:text}' --classification applog
  glaux classifier create trail --json-path '$.Records[*]'
  glaux classifier create orders --xml-row-tag order --classification orders
  glaux classifier create pipes --csv --delimiter '|' --header absent --names id,name --types long,string
  glaux crawler update logs --classifier applog`
}

// classifierCreateCmd is "glaux classifier create".
type classifierCreateCmd struct {
	dataFlags
	Name           string `arg:"" help:"Name of the classifier."`
	Grok           string `group:"One of" xor:"kind" required:"" placeholder:"PATTERN" help:"Lines that match a pattern: %{NAME:column:type} and text between."`
	JSONPath       string `group:"One of" xor:"kind" required:"" name:"json-path" placeholder:"PATH" help:"Rows of JSON that a path finds: $[*], $.records[*]."`
	XMLRowTag      string `group:"One of" xor:"kind" required:"" name:"xml-row-tag" placeholder:"TAG" help:"Rows that are XML elements of this name."`
	CSV            bool   `group:"One of" xor:"kind" required:"" name:"csv" help:"Delimited text."`
	Classification string `help:"Grok, XML: what the tables' format is called."`
	Patterns       string `type:"existingfile" placeholder:"FILE" help:"Grok: lines of NAME EXPRESSION for the pattern to use."`

	Delimiter    string   `group:"With --csv" help:"One character; by default found. Write tab for a tab."`
	Quote        string   `group:"With --csv" help:"One character; by default found."`
	Header       string   `group:"With --csv" enum:"unknown,present,absent" default:"unknown" help:"The first line names the columns: unknown, present, absent."`
	Names        []string `group:"With --csv" help:"Names of the columns."`
	Types        []string `group:"With --csv" help:"Types of the columns: binary, boolean, date, decimal, double, float, int, long, short, string, timestamp."`
	Trim         bool     `group:"With --csv" help:"Blanks around values do not count."`
	SingleColumn bool     `group:"With --csv" help:"Files of one column are taken."`
	Serde        string   `group:"With --csv" enum:"none,opencsv,lazysimple" default:"none" help:"SerDe of the tables: none (found), opencsv, lazysimple."`
}

// definition is what the flags say.
func (c *classifierCreateCmd) definition() (*crawler.Classifier, error) {
	def := &crawler.Classifier{Name: c.Name}
	switch {
	case c.Grok != "":
		def.Grok = &crawl.GrokClassifier{Classification: c.Classification, Pattern: c.Grok}
		if c.Patterns != "" {
			text, err := os.ReadFile(c.Patterns)
			if err != nil {
				return nil, fault.Wrap(err, fault.CodeUndefinedFile, "cannot read %s: %v", c.Patterns, err)
			}
			def.Grok.CustomPatterns = string(text)
		}
	case c.JSONPath != "":
		def.JSON = &crawl.JSONClassifier{Path: c.JSONPath}
	case c.XMLRowTag != "":
		def.XML = &crawl.XMLClassifier{Classification: c.Classification, RowTag: c.XMLRowTag}
	default:
		if c.Delimiter == "tab" || c.Delimiter == `\t` {
			c.Delimiter = "\t"
		}
		def.CSV = &crawl.CSVClassifier{Delimiter: c.Delimiter, QuoteSymbol: c.Quote, Header: crawl.ContainsHeader(strings.ToUpper(c.Header)),
			Names: c.Names, KeepBlanks: !c.Trim, AllowSingleColumn: c.SingleColumn,
			SerDe: map[string]crawl.CSVSerDe{"none": crawl.SerDeNone, "opencsv": crawl.SerDeOpenCSV, "lazysimple": crawl.SerDeLazySimple}[c.Serde]}
		for _, t := range c.Types {
			def.CSV.Types = append(def.CSV.Types, strings.ToUpper(t))
		}
	}
	return def, nil
}

// Run defines the classifier.
func (c *classifierCreateCmd) Run(ctx context.Context, t *terminal) error {
	return withCrawlers(ctx, c.dataFlags, func(s *crawler.Service) error {
		def, err := c.definition()
		if err != nil {
			return err
		}
		_, err = s.CreateClassifier(ctx, def)
		return err
	})
}

// classifierLsCmd is "glaux classifier ls".
type classifierLsCmd struct {
	dataFlags
	JSON bool `name:"json" help:"Print them as JSON."`
}

// Run lists the classifiers.
func (c *classifierLsCmd) Run(ctx context.Context, t *terminal) error {
	return withCrawlers(ctx, c.dataFlags, func(s *crawler.Service) error {
		all, err := s.Classifiers(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t, all)
		}
		if len(all) == 0 {
			fmt.Fprintln(t.out, "There are no custom classifiers. Try: glaux classifier create --help")
			return nil
		}
		rows := [][]string{{"classifier", "kind", "definition"}}
		for _, def := range all {
			rows = append(rows, []string{def.Name, def.Kind(), classifierText(def)})
		}
		printGrid(t, rows)
		return nil
	})
}

// classifierText is a definition in one line.
func classifierText(def *crawler.Classifier) string {
	switch {
	case def.Grok != nil:
		return def.Grok.Classification + ": " + def.Grok.Pattern
	case def.JSON != nil:
		return def.JSON.Path
	case def.XML != nil:
		return def.XML.Classification + ": <" + def.XML.RowTag + ">"
	}
	v := def.CSV
	parts := []string{"header " + strings.ToLower(string(v.Header))}
	if v.Delimiter != "" {
		parts = append(parts, fmt.Sprintf("delimiter %q", v.Delimiter))
	}
	if v.QuoteSymbol != "" {
		parts = append(parts, fmt.Sprintf("quote %q", v.QuoteSymbol))
	}
	if len(v.Names) > 0 {
		parts = append(parts, "columns "+oneLine(v.Names, 5))
	}
	return strings.Join(parts, ", ")
}

// classifierShowCmd is "glaux classifier show".
type classifierShowCmd struct {
	dataFlags
	Name string `arg:"" help:"Name of the classifier."`
}

// Run prints the definition.
func (c *classifierShowCmd) Run(ctx context.Context, t *terminal) error {
	return withCrawlers(ctx, c.dataFlags, func(s *crawler.Service) error {
		def, err := s.Classifier(ctx, c.Name)
		if err != nil {
			return err
		}
		return printJSON(t, def)
	})
}

// classifierDeleteCmd is "glaux classifier delete".
type classifierDeleteCmd struct {
	dataFlags
	Name string `arg:"" help:"Name of the classifier."`
}

// Run deletes the classifier.
func (c *classifierDeleteCmd) Run(ctx context.Context) error {
	return withCrawlers(ctx, c.dataFlags, func(s *crawler.Service) error { return s.DeleteClassifier(ctx, c.Name) })
}
