package glueapi

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"

	"github.com/glauxdb/glaux/server/awsapi"
)

// maxTags is how many tags a resource may have.
const maxTags = 50

// resource names what can have tags, as the end of its ARN does.
func resource(kind string, names ...string) string { return kind + "/" + strings.Join(names, "/") }

// userARN names who sent a request.
func (s *Server) userARN(ctx context.Context) string {
	return fmt.Sprintf("arn:aws:iam::%s:user/%s", s.catalogID, awsapi.User(ctx))
}

func (c *checks) tags(member string, tags map[string]string) {
	if len(tags) > maxTags {
		c.Fail(member, fmt.Sprintf("'{%d items}'", len(tags)), fmt.Sprintf("Member must have length less than or equal to %d", maxTags))
	}
	for k, v := range tags {
		if n := utf8.RuneCountInString(k); n < 1 || n > 128 {
			c.Fail(member, "'"+awsapi.Clip(k)+"'", "Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1]")
		}
		if utf8.RuneCountInString(v) > 256 {
			c.Fail(member, "'"+awsapi.Clip(v)+"'", "Map value must satisfy constraint: [Member must have length less than or equal to 256]")
		}
	}
}

// tagSet is the document of a resource's tags.
type tagSet struct{ Tags map[string]string }

// setTags gives a new resource its tags.
func (s *Server) setTags(ctx context.Context, resource string, tags map[string]string) error {
	if len(tags) == 0 {
		return s.dropTags(ctx, resource)
	}
	return s.docs.Put(ctx, s.docs.Make(spaceTags, resource, 0, catalog.AnyVersion, &tagSet{tags}))
}

func (s *Server) dropTags(ctx context.Context, resource string) error {
	return s.docs.Drop(ctx, spaceTags, resource)
}

// tagged finds the resource of an ARN such as
// arn:aws:glue:us-east-1:123456789012:table/db/name.
func (s *Server) tagged(ctx context.Context, arn *string) (string, error) {
	var c checks
	if c.Present("resourceArn", arn) {
		c.Length("resourceArn", *arn, 1, 10_240)
	}
	if err := c.Err(); err != nil {
		return "", err
	}
	parts := strings.SplitN(*arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || parts[2] != "glue" {
		return "", invalid("%s is not the ARN of a resource of AWS Glue.", awsapi.Clip(*arn))
	}
	kind, name, _ := strings.Cut(parts[5], "/")
	switch kind {
	case "catalog":
		return resource(kind), nil
	case "database":
		d, err := s.database(ctx, name)
		if err != nil {
			return "", err
		}
		return resource(kind, d.Name), nil
	case "table":
		database, table, _ := strings.Cut(name, "/")
		t, err := s.table(ctx, database, table)
		if err != nil {
			return "", err
		}
		return resource(kind, t.Database, t.Name), nil
	case "crawler":
		if _, err := s.crawler(ctx, name); err != nil {
			return "", err
		}
		return resource(kind, name), nil
	}
	return "", notFound("Resource %s not found.", awsapi.Clip(*arn))
}

func (s *Server) getTags(ctx context.Context, in *glue.GetTagsInput) (*glue.GetTagsOutput, error) {
	res, err := s.tagged(ctx, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	set := tagSet{Tags: map[string]string{}}
	if _, err := s.docs.Read(ctx, spaceTags, res, &set); err != nil {
		return nil, err
	}
	return &glue.GetTagsOutput{Tags: set.Tags}, nil
}

func (s *Server) tagResource(ctx context.Context, in *glue.TagResourceInput) (*glue.TagResourceOutput, error) {
	var c checks
	if c.Present("tagsToAdd", in.TagsToAdd) {
		c.tags("tagsToAdd", in.TagsToAdd)
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	err := s.changeTags(ctx, in.ResourceArn, func(tags map[string]string) { maps.Copy(tags, in.TagsToAdd) })
	if err != nil {
		return nil, err
	}
	return &glue.TagResourceOutput{}, nil
}

func (s *Server) untagResource(ctx context.Context, in *glue.UntagResourceInput) (*glue.UntagResourceOutput, error) {
	var c checks
	if c.Present("tagsToRemove", in.TagsToRemove) {
		c.Count("tagsToRemove", len(in.TagsToRemove), 0, maxTags)
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	err := s.changeTags(ctx, in.ResourceArn, func(tags map[string]string) {
		for _, k := range in.TagsToRemove {
			delete(tags, k)
		}
	})
	if err != nil {
		return nil, err
	}
	return &glue.UntagResourceOutput{}, nil
}

// changeTags changes the tags of a resource; who is faster is not overwritten.
func (s *Server) changeTags(ctx context.Context, arn *string, change func(map[string]string)) error {
	res, err := s.tagged(ctx, arn)
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		set := tagSet{Tags: map[string]string{}}
		version := int64(0)
		d, err := s.docs.Read(ctx, spaceTags, res, &set)
		if err != nil {
			return err
		}
		if d != nil {
			version = d.Version
		}
		change(set.Tags)
		if len(set.Tags) > maxTags {
			return invalid("%s would have %d tags; %d is the limit.", aws.ToString(arn), len(set.Tags), maxTags)
		}
		err = s.docs.Put(ctx, s.docs.Make(spaceTags, res, 0, version, &set))
		raced := fault.Is(err, fault.CodeDuplicateObject) || fault.Is(err, fault.CodeObjectNotReady) || fault.Is(err, fault.CodeUndefinedObject)
		if !raced || try == updateTries {
			return err
		}
	}
}
