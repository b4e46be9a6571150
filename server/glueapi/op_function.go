package glueapi

import (
	"context"
	"fmt"
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

// User-defined functions of Spark, Hive and Trino are kept for those engines;
// Glaux does not run them.

var errNoFunction = func(name string) error { return notFound("Function %s not found.", awsapi.Clip(name)) }

func functionKey(database int64, name string) string {
	return idText(database) + "/" + strings.ToLower(name)
}

func (c *checks) function(in *gluetypes.UserDefinedFunctionInput) {
	if !c.Present("functionInput", in) {
		return
	}
	c.name("functionInput.functionName", in.FunctionName)
	c.optionalName("functionInput.className", in.ClassName)
	c.optionalName("functionInput.ownerName", in.OwnerName)
	awsapi.OneOf(&c.Checks, "functionInput.ownerType", in.OwnerType, in.OwnerType.Values())
	awsapi.OneOf(&c.Checks, "functionInput.functionType", in.FunctionType, in.FunctionType.Values())
	c.Count("functionInput.resourceUris", len(in.ResourceUris), 0, 1000)
	for i, r := range in.ResourceUris {
		at := fmt.Sprintf("functionInput.resourceUris.%d.member", i+1)
		awsapi.OneOf(&c.Checks, at+".resourceType", r.ResourceType, r.ResourceType.Values())
		if r.Uri != nil {
			c.Length(at+".uri", *r.Uri, 1, maxURI)
		}
	}
}

// functionOf makes what is kept of a function.
func functionOf(d *catalog.Database, in *gluetypes.UserDefinedFunctionInput) *gluetypes.UserDefinedFunction {
	return &gluetypes.UserDefinedFunction{DatabaseName: aws.String(d.Name), FunctionName: aws.String(strings.ToLower(*in.FunctionName)),
		ClassName: in.ClassName, OwnerName: in.OwnerName, OwnerType: in.OwnerType, FunctionType: in.FunctionType, ResourceUris: in.ResourceUris}
}

func (s *Server) createFunction(ctx context.Context, in *glue.CreateUserDefinedFunctionInput) (*glue.CreateUserDefinedFunctionOutput, error) {
	var c checks
	c.name("databaseName", in.DatabaseName)
	c.function(in.FunctionInput)
	if err := c.Err(); err != nil {
		return nil, err
	}
	d, err := s.database(ctx, *in.DatabaseName)
	if err != nil {
		return nil, err
	}
	f := functionOf(d, in.FunctionInput)
	f.CreateTime = aws.Time(s.now())
	err = s.docs.Put(ctx, s.docs.Make(spaceFunctions, functionKey(d.ID, *f.FunctionName), 0, 0, f))
	if fault.Is(err, fault.CodeDuplicateObject) {
		return nil, awsapi.NewException(model.AlreadyExists, "Function already exists.")
	}
	if err != nil {
		return nil, err
	}
	return &glue.CreateUserDefinedFunctionOutput{}, nil
}

func (s *Server) getFunction(ctx context.Context, in *glue.GetUserDefinedFunctionInput) (*glue.GetUserDefinedFunctionOutput, error) {
	d, name, err := s.functionNamed(ctx, in.DatabaseName, in.FunctionName)
	if err != nil {
		return nil, err
	}
	var f gluetypes.UserDefinedFunction
	doc, err := s.docs.Read(ctx, spaceFunctions, functionKey(d.ID, name), &f)
	if err != nil {
		return nil, err
	}
	if doc == nil {
		return nil, errNoFunction(name)
	}
	return &glue.GetUserDefinedFunctionOutput{UserDefinedFunction: s.shown(d, &f)}, nil
}

// functionNamed checks the two names and finds the database.
func (s *Server) functionNamed(ctx context.Context, database, function *string) (*catalog.Database, string, error) {
	var c checks
	c.name("databaseName", database)
	c.name("functionName", function)
	if err := c.Err(); err != nil {
		return nil, "", err
	}
	d, err := s.database(ctx, *database)
	return d, *function, err
}

// shown completes a function with what is not kept with it.
func (s *Server) shown(d *catalog.Database, f *gluetypes.UserDefinedFunction) *gluetypes.UserDefinedFunction {
	f.CatalogId, f.DatabaseName = aws.String(s.catalogID), aws.String(d.Name)
	if f.ResourceUris == nil {
		f.ResourceUris = []gluetypes.ResourceUri{}
	}
	return f
}

func (s *Server) updateFunction(ctx context.Context, in *glue.UpdateUserDefinedFunctionInput) (*glue.UpdateUserDefinedFunctionOutput, error) {
	var c checks
	c.function(in.FunctionInput)
	if err := c.Err(); err != nil {
		return nil, err
	}
	d, name, err := s.functionNamed(ctx, in.DatabaseName, in.FunctionName)
	if err != nil {
		return nil, err
	}
	if !strings.EqualFold(name, *in.FunctionInput.FunctionName) {
		return nil, invalid("The name of a function cannot be changed: %s is not %s.", awsapi.Clip(*in.FunctionInput.FunctionName), awsapi.Clip(name))
	}
	var old gluetypes.UserDefinedFunction
	doc, err := s.docs.Read(ctx, spaceFunctions, functionKey(d.ID, name), &old)
	if err != nil {
		return nil, err
	}
	if doc == nil {
		return nil, errNoFunction(name)
	}
	f := functionOf(d, in.FunctionInput)
	f.CreateTime = old.CreateTime
	err = s.docs.Put(ctx, s.docs.Make(spaceFunctions, doc.Key, 0, doc.Version, f))
	if fault.Is(err, fault.CodeUndefinedObject) {
		return nil, errNoFunction(name)
	}
	if err != nil {
		return nil, err
	}
	return &glue.UpdateUserDefinedFunctionOutput{}, nil
}

func (s *Server) deleteFunction(ctx context.Context, in *glue.DeleteUserDefinedFunctionInput) (*glue.DeleteUserDefinedFunctionOutput, error) {
	d, name, err := s.functionNamed(ctx, in.DatabaseName, in.FunctionName)
	if err != nil {
		return nil, err
	}
	doc, err := s.cat.Document(ctx, spaceFunctions, functionKey(d.ID, name))
	if err != nil {
		return nil, err
	}
	if doc == nil {
		return nil, errNoFunction(name)
	}
	if err := s.docs.Drop(ctx, spaceFunctions, doc.Key); err != nil {
		return nil, err
	}
	return &glue.DeleteUserDefinedFunctionOutput{}, nil
}

func (s *Server) dropFunctions(ctx context.Context, database int64) error {
	return s.docs.DropAll(ctx, spaceFunctions, idText(database)+"/")
}

// getFunctions gives the functions of a database, or of all, whose names match.
// Spark asks at the start of every session.
func (s *Server) getFunctions(ctx context.Context, in *glue.GetUserDefinedFunctionsInput) (*glue.GetUserDefinedFunctionsOutput, error) {
	var c checks
	c.name("pattern", in.Pattern)
	c.optionalName("databaseName", in.DatabaseName)
	limit := c.Between("maxResults", in.MaxResults, 1, 100, 100)
	awsapi.OneOf(&c.Checks, "functionType", in.FunctionType, in.FunctionType.Values())
	if err := c.Err(); err != nil {
		return nil, err
	}
	re, err := pattern("pattern", *in.Pattern)
	if err != nil {
		return nil, err
	}
	scope := awsapi.Scope("GetUserDefinedFunctions", aws.ToString(in.DatabaseName), *in.Pattern, string(in.FunctionType))
	after, err := resume(scope, in.NextToken, 2)
	if err != nil {
		return nil, err
	}
	dbs, err := s.functionDatabases(ctx, in.DatabaseName)
	if err != nil {
		return nil, err
	}
	out := &glue.GetUserDefinedFunctionsOutput{UserDefinedFunctions: []gluetypes.UserDefinedFunction{}}
	behind := ""
	if after != nil {
		dbs = dbs[sort.Search(len(dbs), func(i int) bool { return dbs[i].Name >= after[0] }):]
		if len(dbs) > 0 && dbs[0].Name == after[0] {
			behind = functionKey(dbs[0].ID, after[1])
		}
	}
	for _, d := range dbs {
		ds, err := s.cat.DocumentsAfter(ctx, spaceFunctions, idText(d.ID)+"/", behind, 0)
		if err != nil {
			return nil, err
		}
		behind = ""
		for i := range ds {
			var f gluetypes.UserDefinedFunction
			if err := s.docs.Decode(&ds[i], &f); err != nil {
				return nil, err
			}
			if !matches(re, aws.ToString(f.FunctionName)) || in.FunctionType != "" && f.FunctionType != in.FunctionType {
				continue
			}
			if n := len(out.UserDefinedFunctions); n == limit {
				last := out.UserDefinedFunctions[n-1]
				out.NextToken = awsapi.NextToken(scope, *last.DatabaseName, *last.FunctionName)
				return out, nil
			}
			out.UserDefinedFunctions = append(out.UserDefinedFunctions, *s.shown(d, &f))
		}
	}
	return out, nil
}

func (s *Server) functionDatabases(ctx context.Context, name *string) ([]*catalog.Database, error) {
	if name == nil {
		return s.cat.Databases(ctx)
	}
	d, err := s.database(ctx, *name)
	return []*catalog.Database{d}, err
}
