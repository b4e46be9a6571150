package athenaapi

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"
	"github.com/google/uuid"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/server/awsapi"
	"github.com/glauxdb/glaux/server/workgroup"
)

// The spaces of documents about named queries.
const (
	spaceNamed       = workgroup.SpaceNamed      // ID
	spaceNamedGroups = workgroup.SpaceNamedLists // workgroup / ID
	spaceNamedTokens = "athena.named.token"      // user / ClientRequestToken
)

func (c *checks) namedQuery(name, description, query *string) {
	c.text("name", name, 1, 128)
	c.optional("description", description, 1, 1024)
	c.text("queryString", query, 1, maxQuery)
}

// createNamed implements CreateNamedQuery. The text need not be a statement.
func (s *Server) createNamed(ctx context.Context, in *athena.CreateNamedQueryInput) (*athena.CreateNamedQueryOutput, error) {
	var c checks
	c.namedQuery(in.Name, in.Description, in.QueryString)
	c.text("database", in.Database, 1, 255)
	c.optional("clientRequestToken", in.ClientRequestToken, 32, 128)
	if err := c.err(); err != nil {
		return nil, err
	}
	g, err := s.group(ctx, in.WorkGroup)
	if err != nil {
		return nil, err
	}
	q := &athenatypes.NamedQuery{NamedQueryId: aws.String(uuid.NewString()), Name: in.Name, Description: in.Description, Database: in.Database,
		QueryString: in.QueryString, WorkGroup: aws.String(g.Name)}
	ds := []catalog.Document{s.docs.Make(spaceNamed, *q.NamedQueryId, 0, 0, q), s.docs.Make(spaceNamedGroups, g.Name+"/"+*q.NamedQueryId, 0, 0, &struct{}{})}
	if in.ClientRequestToken == nil {
		_, err := s.cat.PutDocuments(ctx, ds...)
		return &athena.CreateNamedQueryOutput{NamedQueryId: q.NamedQueryId}, err
	}
	token := awsapi.User(ctx) + "/" + *in.ClientRequestToken
	used := requestToken{ID: *q.NamedQueryId, Request: awsapi.Scope(*in.Name, *in.Database, *in.QueryString, g.Name)}
	_, err = s.cat.PutDocuments(ctx, append(ds, s.docs.Make(spaceNamedTokens, token, 0, 0, &used))...)
	if !fault.Is(err, fault.CodeDuplicateObject) {
		return &athena.CreateNamedQueryOutput{NamedQueryId: q.NamedQueryId}, err
	}
	var before requestToken
	if _, err := s.docs.Read(ctx, spaceNamedTokens, token, &before); err != nil {
		return nil, err
	}
	if before.Request != used.Request {
		return nil, invalid("Idempotent parameters do not match")
	}
	return &athena.CreateNamedQueryOutput{NamedQueryId: &before.ID}, nil
}

// named finds a named query that the caller may see.
func (s *Server) named(ctx context.Context, id *string) (*athenatypes.NamedQuery, error) {
	var c checks
	c.text("namedQueryId", id, 1, 128)
	if err := c.err(); err != nil {
		return nil, err
	}
	q := &athenatypes.NamedQuery{}
	d, err := s.docs.Read(ctx, spaceNamed, *id, q)
	if err != nil {
		return nil, err
	}
	if d == nil {
		return nil, invalid("NamedQuery %s was not found", awsapi.Clip(*id))
	}
	return q, s.mayUse(ctx, *q.WorkGroup)
}

// getNamed implements GetNamedQuery.
func (s *Server) getNamed(ctx context.Context, in *athena.GetNamedQueryInput) (*athena.GetNamedQueryOutput, error) {
	q, err := s.named(ctx, in.NamedQueryId)
	if err != nil {
		return nil, err
	}
	return &athena.GetNamedQueryOutput{NamedQuery: q}, nil
}

// getSeveralNamed implements BatchGetNamedQuery.
func (s *Server) getSeveralNamed(ctx context.Context, in *athena.BatchGetNamedQueryInput) (*athena.BatchGetNamedQueryOutput, error) {
	var c checks
	c.Count("namedQueryIds", len(in.NamedQueryIds), 1, maxBatch)
	if err := c.err(); err != nil {
		return nil, err
	}
	out := &athena.BatchGetNamedQueryOutput{NamedQueries: []athenatypes.NamedQuery{}, UnprocessedNamedQueryIds: []athenatypes.UnprocessedNamedQueryId{}}
	for _, id := range in.NamedQueryIds {
		q, err := s.named(ctx, &id)
		if err != nil {
			x := exceptionOf(err)
			if x.Name == internalError {
				return nil, err
			}
			out.UnprocessedNamedQueryIds = append(out.UnprocessedNamedQueryIds,
				athenatypes.UnprocessedNamedQueryId{NamedQueryId: aws.String(id), ErrorCode: aws.String(codeInvalidInput), ErrorMessage: &x.Message})
			continue
		}
		out.NamedQueries = append(out.NamedQueries, *q)
	}
	return out, nil
}

// listNamed implements ListNamedQueries.
func (s *Server) listNamed(ctx context.Context, in *athena.ListNamedQueriesInput) (*athena.ListNamedQueriesOutput, error) {
	var c checks
	most := c.Between("maxResults", in.MaxResults, 0, maxBatch, maxBatch)
	if err := c.err(); err != nil {
		return nil, err
	}
	g, err := s.group(ctx, in.WorkGroup)
	if err != nil {
		return nil, err
	}
	prefix := g.Name + "/"
	keys, next, err := s.keysAfter(ctx, spaceNamedGroups, prefix, awsapi.Scope("ListNamedQueries", g.Name), in.NextToken, most)
	if err != nil {
		return nil, err
	}
	out := &athena.ListNamedQueriesOutput{NamedQueryIds: make([]string, len(keys)), NextToken: next}
	for i, k := range keys {
		out.NamedQueryIds[i] = k[len(prefix):]
	}
	return out, nil
}

// updateNamed implements UpdateNamedQuery.
func (s *Server) updateNamed(ctx context.Context, in *athena.UpdateNamedQueryInput) (*athena.UpdateNamedQueryOutput, error) {
	var c checks
	c.namedQuery(in.Name, in.Description, in.QueryString)
	if err := c.err(); err != nil {
		return nil, err
	}
	q, err := s.named(ctx, in.NamedQueryId)
	if err != nil {
		return nil, err
	}
	q.Name, q.Description, q.QueryString = in.Name, in.Description, in.QueryString
	return &athena.UpdateNamedQueryOutput{}, s.docs.Put(ctx, s.docs.Make(spaceNamed, *q.NamedQueryId, 0, catalog.AnyVersion, q))
}

// deleteNamed implements DeleteNamedQuery.
func (s *Server) deleteNamed(ctx context.Context, in *athena.DeleteNamedQueryInput) (*athena.DeleteNamedQueryOutput, error) {
	q, err := s.named(ctx, in.NamedQueryId)
	if err != nil {
		return nil, err
	}
	_, err = s.cat.PutDocuments(ctx, catalog.Document{Space: spaceNamed, Key: *q.NamedQueryId, Version: catalog.AnyVersion},
		catalog.Document{Space: spaceNamedGroups, Key: *q.WorkGroup + "/" + *q.NamedQueryId, Version: catalog.AnyVersion})
	return &athena.DeleteNamedQueryOutput{}, err
}
