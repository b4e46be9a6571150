package glueapi

import (
	"context"
	"slices"
	"sort"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/glue/model"

	"github.com/glauxdb/glaux/server/awsapi"
)

// database finds a database as clients name it.
func (s *Server) database(ctx context.Context, name string) (*catalog.Database, error) {
	d, err := s.cat.Database(ctx, strings.ToLower(name))
	if fault.Is(err, fault.CodeInvalidSchemaName) {
		return nil, notFound("%s", hinted("Database "+awsapi.Clip(name)+" not found.", err))
	}
	return d, err
}

// hinted adds the hint of a fault to a message of Glue's.
func hinted(message string, err error) string {
	if f := fault.As(err); f.Hint != "" {
		return message + " " + f.Hint
	}
	return message
}

// maxLinks bounds how many resource links are followed: they may point at each
// other.
const maxLinks = 4

// target gives the name of the database that holds the tables of the one called
// name: another one if that is a resource link.
func (s *Server) target(ctx context.Context, name string) (string, error) {
	first := name
	for range maxLinks {
		d, err := s.database(ctx, name)
		if err != nil {
			return "", err
		}
		to, ok := model.DatabaseLink(d)
		if !ok {
			return d.Name, nil
		}
		name = to
	}
	return "", invalid("Database %s is a resource link that leads back to itself.", awsapi.Clip(first))
}

func (s *Server) glueDatabase(d *catalog.Database) *gluetypes.Database {
	g := model.ToDatabase(d)
	g.CatalogId = aws.String(s.catalogID)
	return g
}

func (s *Server) createDatabase(ctx context.Context, in *glue.CreateDatabaseInput) (*glue.CreateDatabaseOutput, error) {
	var c checks
	c.databaseInput(in.DatabaseInput)
	c.tags("tags", in.Tags)
	if err := c.Err(); err != nil {
		return nil, err
	}
	d, err := s.cat.CreateDatabase(ctx, model.DatabaseFromInput(in.DatabaseInput))
	if fault.Is(err, fault.CodeDuplicateSchema) {
		return nil, awsapi.NewException(model.AlreadyExists, "Database already exists.")
	}
	if err != nil {
		return nil, err
	}
	return &glue.CreateDatabaseOutput{}, s.setTags(ctx, resource("database", d.Name), in.Tags)
}

// namedDatabase finds the database of a request that says no more than its name.
func (s *Server) namedDatabase(ctx context.Context, name *string) (*catalog.Database, error) {
	var c checks
	c.name("name", name)
	if err := c.Err(); err != nil {
		return nil, err
	}
	return s.database(ctx, *name)
}

func (s *Server) getDatabase(ctx context.Context, in *glue.GetDatabaseInput) (*glue.GetDatabaseOutput, error) {
	d, err := s.namedDatabase(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	return &glue.GetDatabaseOutput{Database: s.glueDatabase(d)}, nil
}

func (s *Server) getDatabases(ctx context.Context, in *glue.GetDatabasesInput) (*glue.GetDatabasesOutput, error) {
	var c checks
	limit := c.Between("maxResults", in.MaxResults, 1, 100, 100)
	awsapi.OneOf(&c.Checks, "resourceShareType", in.ResourceShareType, gluetypes.ResourceShareTypeAll.Values())
	for _, a := range in.AttributesToGet {
		awsapi.OneOf(&c.Checks, "attributesToGet", a, a.Values())
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	scope := awsapi.Scope("GetDatabases", string(in.ResourceShareType))
	after, err := resume(scope, in.NextToken, 1)
	if err != nil {
		return nil, err
	}
	out := &glue.GetDatabasesOutput{DatabaseList: []gluetypes.Database{}}
	if t := in.ResourceShareType; t == gluetypes.ResourceShareTypeForeign || t == gluetypes.ResourceShareTypeFederated {
		return out, nil // nothing is shared with this catalog
	}
	dbs, err := s.cat.Databases(ctx)
	if err != nil {
		return nil, err
	}
	if after != nil {
		dbs = dbs[sort.Search(len(dbs), func(i int) bool { return dbs[i].Name > after[0] }):]
	}
	if len(dbs) > limit {
		dbs = dbs[:limit]
		out.NextToken = awsapi.NextToken(scope, dbs[limit-1].Name)
	}
	onlyName := slices.Equal(in.AttributesToGet, []gluetypes.DatabaseAttributes{gluetypes.DatabaseAttributesName})
	for _, d := range dbs {
		if onlyName {
			d = &catalog.Database{Name: d.Name}
		}
		out.DatabaseList = append(out.DatabaseList, *s.glueDatabase(d))
	}
	return out, nil
}

func (s *Server) updateDatabase(ctx context.Context, in *glue.UpdateDatabaseInput) (*glue.UpdateDatabaseOutput, error) {
	var c checks
	c.name("name", in.Name)
	c.databaseInput(in.DatabaseInput)
	if err := c.Err(); err != nil {
		return nil, err
	}
	old, err := s.database(ctx, *in.Name)
	if err != nil {
		return nil, err
	}
	d := model.DatabaseFromInput(in.DatabaseInput)
	d.ID, d.Created = old.ID, old.Created
	if d.Name != old.Name {
		return nil, invalid("The name of a database cannot be changed: %s is not %s.", d.Name, old.Name)
	}
	if _, err := s.cat.UpdateDatabase(ctx, d); err != nil {
		return nil, err
	}
	return &glue.UpdateDatabaseOutput{}, nil
}

// deleteDatabase drops a database with all that is in it, as Glue does.
func (s *Server) deleteDatabase(ctx context.Context, in *glue.DeleteDatabaseInput) (*glue.DeleteDatabaseOutput, error) {
	d, err := s.namedDatabase(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	if err := s.cat.DropDatabase(ctx, d.Name, true); err != nil {
		return nil, err
	}
	if err := s.dropFunctions(ctx, d.ID); err != nil {
		return nil, err
	}
	return &glue.DeleteDatabaseOutput{}, s.dropTags(ctx, resource("database", d.Name))
}
