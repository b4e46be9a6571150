package glueapi

import (
	"context"
	"sort"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/catalog/crawl"

	"github.com/glauxdb/glaux/server/awsapi"
)

func (s *Server) createClassifier(ctx context.Context, in *glue.CreateClassifierInput) (*glue.CreateClassifierOutput, error) {
	if s.crawlers == nil {
		return nil, errNoCrawlers
	}
	c := &crawl.Classifier{}
	n := 0
	if g := in.GrokClassifier; g != nil {
		n++
		c.Name = aws.ToString(g.Name)
		c.Grok = &crawl.GrokClassifier{Classification: aws.ToString(g.Classification), Pattern: aws.ToString(g.GrokPattern), CustomPatterns: aws.ToString(g.CustomPatterns)}
	}
	if x := in.XMLClassifier; x != nil {
		n++
		c.Name = aws.ToString(x.Name)
		c.XML = &crawl.XMLClassifier{Classification: aws.ToString(x.Classification), RowTag: aws.ToString(x.RowTag)}
	}
	if j := in.JsonClassifier; j != nil {
		n++
		c.Name = aws.ToString(j.Name)
		c.JSON = &crawl.JSONClassifier{Path: aws.ToString(j.JsonPath)}
	}
	if v := in.CsvClassifier; v != nil {
		n++
		c.Name = aws.ToString(v.Name)
		c.CSV = &crawl.CSVClassifier{KeepBlanks: true}
		fillCSV(c.CSV, (*gluetypes.UpdateCsvClassifierRequest)(v))
	}
	if n != 1 {
		return nil, errOneClassifier
	}
	if _, err := s.crawlers.CreateClassifier(ctx, c); err != nil {
		return nil, err
	}
	return &glue.CreateClassifierOutput{}, nil
}

var errOneClassifier = invalid("A request is about exactly one of GrokClassifier, XMLClassifier, JsonClassifier and CsvClassifier.")

// fillCSV sets what a request says and leaves the rest as it is.
func fillCSV(c *crawl.CSVClassifier, in *gluetypes.UpdateCsvClassifierRequest) {
	if in.Delimiter != nil {
		c.Delimiter = *in.Delimiter
	}
	if in.QuoteSymbol != nil {
		c.QuoteSymbol = *in.QuoteSymbol
	}
	if in.ContainsHeader != "" {
		c.Header = crawl.ContainsHeader(in.ContainsHeader)
	}
	if in.Header != nil {
		c.Names = in.Header
	}
	if in.DisableValueTrimming != nil {
		c.KeepBlanks = *in.DisableValueTrimming
	}
	if in.AllowSingleColumn != nil {
		c.AllowSingleColumn = *in.AllowSingleColumn
	}
	if in.CustomDatatypes != nil {
		c.Types = in.CustomDatatypes
	}
	if in.CustomDatatypeConfigured != nil && !*in.CustomDatatypeConfigured {
		c.Types = nil
	}
	if in.Serde != "" {
		c.SerDe = crawl.CSVSerDe(in.Serde)
	}
}

func (s *Server) updateClassifier(ctx context.Context, in *glue.UpdateClassifierInput) (*glue.UpdateClassifierOutput, error) {
	if s.crawlers == nil {
		return nil, errNoCrawlers
	}
	var name *string
	var kind string
	n := 0
	for _, x := range []struct {
		kind string
		set  bool
		name func() *string
	}{
		{"grok", in.GrokClassifier != nil, func() *string { return in.GrokClassifier.Name }},
		{"xml", in.XMLClassifier != nil, func() *string { return in.XMLClassifier.Name }},
		{"json", in.JsonClassifier != nil, func() *string { return in.JsonClassifier.Name }},
		{"csv", in.CsvClassifier != nil, func() *string { return in.CsvClassifier.Name }},
	} {
		if x.set {
			n, kind, name = n+1, x.kind, x.name()
		}
	}
	if n != 1 {
		return nil, errOneClassifier
	}
	if err := s.named("name", name); err != nil {
		return nil, err
	}
	_, err := s.crawlers.UpdateClassifier(ctx, *name, func(c *crawl.Classifier) error {
		if c.Kind() != kind {
			return invalid("Classifier %s is of the kind %s, not %s.", awsapi.Clip(*name), c.Kind(), kind)
		}
		change(c, in)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &glue.UpdateClassifierOutput{}, nil
}

// change sets what a request says of a classifier, whose kind is the request's.
// What it points to is shared and therefore copied.
func change(c *crawl.Classifier, in *glue.UpdateClassifierInput) {
	set := func(to *string, from *string) {
		if from != nil {
			*to = *from
		}
	}
	switch {
	case in.GrokClassifier != nil:
		g := *c.Grok
		set(&g.Classification, in.GrokClassifier.Classification)
		set(&g.Pattern, in.GrokClassifier.GrokPattern)
		set(&g.CustomPatterns, in.GrokClassifier.CustomPatterns)
		c.Grok = &g
	case in.XMLClassifier != nil:
		x := *c.XML
		set(&x.Classification, in.XMLClassifier.Classification)
		set(&x.RowTag, in.XMLClassifier.RowTag)
		c.XML = &x
	case in.JsonClassifier != nil:
		j := *c.JSON
		set(&j.Path, in.JsonClassifier.JsonPath)
		c.JSON = &j
	case in.CsvClassifier != nil:
		v := *c.CSV
		fillCSV(&v, in.CsvClassifier)
		c.CSV = &v
	}
}

// glueClassifier writes a classifier.
func glueClassifier(c *crawl.Classifier) *gluetypes.Classifier {
	name, created, updated := aws.String(c.Name), optionalTime(c.Created), optionalTime(c.Updated)
	switch {
	case c.Grok != nil:
		return &gluetypes.Classifier{GrokClassifier: &gluetypes.GrokClassifier{Name: name, CreationTime: created, LastUpdated: updated, Version: c.Version,
			Classification: aws.String(c.Grok.Classification), GrokPattern: aws.String(c.Grok.Pattern), CustomPatterns: optional(c.Grok.CustomPatterns)}}
	case c.XML != nil:
		return &gluetypes.Classifier{XMLClassifier: &gluetypes.XMLClassifier{Name: name, CreationTime: created, LastUpdated: updated, Version: c.Version,
			Classification: aws.String(c.XML.Classification), RowTag: optional(c.XML.RowTag)}}
	case c.JSON != nil:
		return &gluetypes.Classifier{JsonClassifier: &gluetypes.JsonClassifier{Name: name, CreationTime: created, LastUpdated: updated, Version: c.Version,
			JsonPath: aws.String(c.JSON.Path)}}
	}
	v := c.CSV
	return &gluetypes.Classifier{CsvClassifier: &gluetypes.CsvClassifier{Name: name, CreationTime: created, LastUpdated: updated, Version: c.Version,
		Delimiter: optional(v.Delimiter), QuoteSymbol: optional(v.QuoteSymbol), ContainsHeader: gluetypes.CsvHeaderOption(v.Header), Header: v.Names,
		DisableValueTrimming: aws.Bool(v.KeepBlanks), AllowSingleColumn: aws.Bool(v.AllowSingleColumn), CustomDatatypes: v.Types,
		CustomDatatypeConfigured: aws.Bool(len(v.Types) > 0), Serde: gluetypes.CsvSerdeOption(v.SerDe)}}
}

func (s *Server) getClassifier(ctx context.Context, in *glue.GetClassifierInput) (*glue.GetClassifierOutput, error) {
	if err := s.named("name", in.Name); err != nil {
		return nil, err
	}
	c, err := s.crawlers.Classifier(ctx, *in.Name)
	if err != nil {
		return nil, err
	}
	return &glue.GetClassifierOutput{Classifier: glueClassifier(c)}, nil
}

func (s *Server) getClassifiers(ctx context.Context, in *glue.GetClassifiersInput) (*glue.GetClassifiersOutput, error) {
	if s.crawlers == nil {
		return nil, errNoCrawlers
	}
	var c checks
	limit := c.Between("maxResults", in.MaxResults, 1, 1000, 100)
	if err := c.Err(); err != nil {
		return nil, err
	}
	scope := awsapi.Scope("GetClassifiers")
	after, err := resume(scope, in.NextToken, 1)
	if err != nil {
		return nil, err
	}
	all, err := s.crawlers.Classifiers(ctx)
	if err != nil {
		return nil, err
	}
	if after != nil {
		all = all[sort.Search(len(all), func(i int) bool { return all[i].Name > after[0] }):]
	}
	out := &glue.GetClassifiersOutput{Classifiers: []gluetypes.Classifier{}}
	if len(all) > limit {
		all = all[:limit]
		out.NextToken = awsapi.NextToken(scope, all[limit-1].Name)
	}
	for _, x := range all {
		out.Classifiers = append(out.Classifiers, *glueClassifier(x))
	}
	return out, nil
}

func (s *Server) deleteClassifier(ctx context.Context, in *glue.DeleteClassifierInput) (*glue.DeleteClassifierOutput, error) {
	if err := s.named("name", in.Name); err != nil {
		return nil, err
	}
	if err := s.crawlers.DeleteClassifier(ctx, *in.Name); err != nil {
		return nil, err
	}
	return &glue.DeleteClassifierOutput{}, nil
}
