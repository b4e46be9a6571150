package athenaapi

import (
	"context"
	"maps"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/server/awsapi"
	"github.com/glauxdb/glaux/server/workgroup"
)

// spaceTags has the tags of the data catalog; a workgroup's are among its settings,
// where budgets look at them.
const spaceTags = "athena.tags"

// tagSet is the document of a resource's tags.
type tagSet struct{ Tags map[string]string }

// tagged finds the resource of an ARN such as
// arn:aws:athena:us-east-1:123456789012:workgroup/primary. group is nil for the data
// catalog.
func (s *Server) tagged(ctx context.Context, arn *string) (group *workgroup.Setting, err error) {
	var c checks
	c.text("resourceARN", arn, 1, 1011)
	if err := c.err(); err != nil {
		return nil, err
	}
	parts := strings.SplitN(*arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || parts[2] != "athena" {
		return nil, invalid("%s is not the ARN of a resource of Amazon Athena.", awsapi.Clip(*arn))
	}
	kind, name, _ := strings.Cut(parts[5], "/")
	switch {
	case kind == "workgroup" && s.setting(name) != nil:
		return s.group(ctx, &name)
	case kind == "datacatalog" && ownCatalog(name):
		return nil, nil
	}
	return nil, notFound(*arn, "Resource %s was not found", awsapi.Clip(*arn))
}

// listTags implements ListTagsForResource.
func (s *Server) listTags(ctx context.Context, in *athena.ListTagsForResourceInput) (*athena.ListTagsForResourceOutput, error) {
	var c checks
	most := c.Between("maxResults", in.MaxResults, 75, 1<<31-1, 75)
	if err := c.err(); err != nil {
		return nil, err
	}
	g, err := s.tagged(ctx, in.ResourceARN)
	if err != nil {
		return nil, err
	}
	var set tagSet
	if g != nil {
		set.Tags = g.Tags
	} else if _, err := s.docs.Read(ctx, spaceTags, catalogName, &set); err != nil {
		return nil, err
	}
	page, next, err := pageOf(tagsOf(set.Tags), func(t athenatypes.Tag) string { return *t.Key }, awsapi.Scope("ListTagsForResource", *in.ResourceARN), in.NextToken, most)
	if err != nil {
		return nil, err
	}
	return &athena.ListTagsForResourceOutput{Tags: page, NextToken: next}, nil
}

// tagResource implements TagResource.
func (s *Server) tagResource(ctx context.Context, in *athena.TagResourceInput) (*athena.TagResourceOutput, error) {
	var c checks
	c.Present("tags", in.Tags)
	for _, t := range in.Tags {
		c.text("tags.key", t.Key, 1, 128)
		c.optional("tags.value", t.Value, 0, 256)
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	return &athena.TagResourceOutput{}, s.changeTags(ctx, in.ResourceARN, func(tags map[string]string) {
		for _, t := range in.Tags {
			tags[*t.Key] = aws.ToString(t.Value)
		}
	})
}

// untagResource implements UntagResource.
func (s *Server) untagResource(ctx context.Context, in *athena.UntagResourceInput) (*athena.UntagResourceOutput, error) {
	var c checks
	c.Present("tagKeys", in.TagKeys)
	if err := c.err(); err != nil {
		return nil, err
	}
	return &athena.UntagResourceOutput{}, s.changeTags(ctx, in.ResourceARN, func(tags map[string]string) {
		for _, k := range in.TagKeys {
			delete(tags, k)
		}
	})
}

// maxTags is how many tags a resource may have.
const maxTags = 50

// changeTags changes the tags of a resource.
func (s *Server) changeTags(ctx context.Context, arn *string, f func(tags map[string]string)) error {
	g, err := s.tagged(ctx, arn)
	if err != nil {
		return err
	}
	if err := s.mayAdminister(ctx); err != nil {
		return err
	}
	if g != nil {
		return s.groups.Change(ctx, func(e *workgroup.Edit) error {
			now, err := e.Workgroup(g.Name)
			if err != nil {
				return err
			}
			changed := *now
			if changed.Tags = maps.Clone(now.Tags); changed.Tags == nil {
				changed.Tags = map[string]string{}
			}
			f(changed.Tags)
			if err := changed.Validate(); err != nil {
				return err
			}
			e.PutWorkgroup(&changed)
			return nil
		})
	}
	set := tagSet{}
	if _, err := s.docs.Read(ctx, spaceTags, catalogName, &set); err != nil {
		return err
	}
	if set.Tags == nil {
		set.Tags = map[string]string{}
	}
	if f(set.Tags); len(set.Tags) > maxTags {
		return invalid("A resource may have at most %d tags.", maxTags)
	}
	return s.docs.Put(ctx, s.docs.Make(spaceTags, catalogName, 0, catalog.AnyVersion, &set))
}
