package glueapi

import (
	"fmt"
	"regexp"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/server/awsapi"
)

// The limits of Glue's API model that several operations share.
const (
	maxName        = 255
	maxDescription = 2048
	maxLocation    = 2056
	maxURI         = 1024
	maxType        = 131_072
	maxParameter   = 512_000
	maxViewText    = 409_600
	maxValue       = 1024
	maxExpression  = 2048
	maxColumns     = 10_000
)

// checks collects what is wrong with a request, in Glue's words.
type checks struct{ awsapi.Checks }

// name checks a name that must be there: 1 to 255 characters on one line.
func (c *checks) name(member string, v *string) {
	if c.Present(member, v) {
		c.Length(member, *v, 1, maxName)
		c.Printable(member, *v, "")
	}
}

// table checks the names of a request about the partitions, the indexes or the
// statistics of a table.
func (c *checks) table(database, name *string) {
	c.name("databaseName", database)
	c.name("tableName", name)
}

// optionalName checks a name that may be missing.
func (c *checks) optionalName(member string, v *string) {
	if v != nil {
		c.name(member, v)
	}
}

// text checks a text that may be missing and may have several lines.
func (c *checks) text(member string, v *string, most int) {
	if v != nil {
		c.Length(member, *v, 0, most)
		c.Printable(member, *v, "\r\n\t")
	}
}

func (c *checks) parameters(member string, m map[string]string) {
	for k, v := range m {
		if n := utf8.RuneCountInString(k); n < 1 || n > maxName {
			c.Fail(member, "'"+awsapi.Clip(k)+"'", "Map keys must satisfy constraint: [Member must have length less than or equal to 255, Member must have length greater than or equal to 1]")
		}
		if utf8.RuneCountInString(v) > maxParameter {
			c.Fail(member, "'"+awsapi.Clip(v)+"'", fmt.Sprintf("Map value must satisfy constraint: [Member must have length less than or equal to %d]", maxParameter))
		}
	}
}

func (c *checks) columns(member string, cols []gluetypes.Column) {
	c.Count(member, len(cols), 0, maxColumns)
	for i := range cols {
		at := fmt.Sprintf("%s.%d.member", member, i+1)
		c.name(at+".name", cols[i].Name)
		c.text(at+".type", cols[i].Type, maxType)
		c.text(at+".comment", cols[i].Comment, maxName)
		c.parameters(at+".parameters", cols[i].Parameters)
	}
}

func (c *checks) storage(member string, sd *gluetypes.StorageDescriptor) {
	if sd == nil {
		return
	}
	c.columns(member+".columns", sd.Columns)
	c.text(member+".location", sd.Location, maxLocation)
	c.text(member+".inputFormat", sd.InputFormat, 128)
	c.text(member+".outputFormat", sd.OutputFormat, 128)
	c.parameters(member+".parameters", sd.Parameters)
	if sd.SerdeInfo != nil {
		c.parameters(member+".serdeInfo.parameters", sd.SerdeInfo.Parameters)
	}
	for i, o := range sd.SortColumns {
		at := fmt.Sprintf("%s.sortColumns.%d.member", member, i+1)
		c.name(at+".column", o.Column)
		c.Between(at+".sortOrder", aws.Int32(o.SortOrder), 0, 1, 0)
	}
}

func (c *checks) tableInput(in *gluetypes.TableInput) {
	if !c.Present("tableInput", in) {
		return
	}
	c.name("tableInput.name", in.Name)
	c.text("tableInput.description", in.Description, maxDescription)
	c.optionalName("tableInput.owner", in.Owner)
	c.columns("tableInput.partitionKeys", in.PartitionKeys)
	c.storage("tableInput.storageDescriptor", in.StorageDescriptor)
	c.parameters("tableInput.parameters", in.Parameters)
	if in.ViewOriginalText != nil {
		c.Length("tableInput.viewOriginalText", *in.ViewOriginalText, 0, maxViewText)
	}
	if in.ViewExpandedText != nil {
		c.Length("tableInput.viewExpandedText", *in.ViewExpandedText, 0, maxViewText)
	}
	c.Between("tableInput.retention", &in.Retention, 0, 1<<31-1, 0)
}

func (c *checks) databaseInput(in *gluetypes.DatabaseInput) {
	if !c.Present("databaseInput", in) {
		return
	}
	c.name("databaseInput.name", in.Name)
	c.text("databaseInput.description", in.Description, maxDescription)
	if in.LocationUri != nil {
		c.Length("databaseInput.locationUri", *in.LocationUri, 1, maxURI)
	}
	c.parameters("databaseInput.parameters", in.Parameters)
}

func (c *checks) values(member string, vs []string) {
	for _, v := range vs {
		c.Length(member, v, 0, maxValue)
	}
}

func (c *checks) partitionInput(in *gluetypes.PartitionInput) {
	if !c.Present("partitionInput", in) {
		return
	}
	c.values("partitionInput.values", in.Values)
	c.storage("partitionInput.storageDescriptor", in.StorageDescriptor)
	c.parameters("partitionInput.parameters", in.Parameters)
}

// pattern compiles a client's pattern of names; nil passes everything.
func pattern(member, expr string) (*regexp.Regexp, error) {
	var c checks
	if c.Length(member, expr, 0, maxExpression); c.Err() != nil {
		return nil, c.Err()
	}
	re, err := awsapi.Pattern(expr)
	if err != nil {
		return nil, invalid("%s is not a regular expression that Glaux reads: %v", member, err)
	}
	return re, nil
}

func matches(re *regexp.Regexp, name string) bool { return re == nil || re.MatchString(name) }
