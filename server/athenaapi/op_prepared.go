package athenaapi

import (
	"context"
	"regexp"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/server/awsapi"
	"github.com/glauxdb/glaux/server/workgroup"
)

// spacePrepared has the prepared statements of workgroups: workgroup / name.
const spacePrepared = workgroup.SpacePrepared

// maxPrepared is how many prepared statements a workgroup may have.
const maxPrepared = 1000

// statementName is Athena's rule for the names of prepared statements.
var statementName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_@:]{0,255}$`) })

func (c *checks) statementName(member string, v *string) {
	if c.Present(member, v) && !statementName().MatchString(*v) {
		c.Fail(member, "'"+awsapi.Clip(*v)+"'", "Member must satisfy regular expression pattern: [a-zA-Z_][a-zA-Z0-9_@:]{1,256}")
	}
}

// createPrepared implements CreatePreparedStatement.
func (s *Server) createPrepared(ctx context.Context, in *athena.CreatePreparedStatementInput) (*athena.CreatePreparedStatementOutput, error) {
	group, err := s.checkPrepared(ctx, in.WorkGroup, in.StatementName, in.QueryStatement, in.Description)
	if err != nil {
		return nil, err
	}
	return &athena.CreatePreparedStatementOutput{}, s.putPrepared(ctx, group, 0, &athenatypes.PreparedStatement{
		StatementName: in.StatementName, QueryStatement: in.QueryStatement, Description: in.Description})
}

// checkPrepared checks a new definition and gives its workgroup's name.
func (s *Server) checkPrepared(ctx context.Context, group, name, query, description *string) (string, error) {
	var c checks
	c.text("workGroup", group, 1, 128)
	c.statementName("statementName", name)
	c.text("queryStatement", query, 1, maxQuery)
	c.optional("description", description, 1, 1024)
	if err := c.err(); err != nil {
		return "", err
	}
	g, err := s.group(ctx, group)
	if err != nil {
		return "", err
	}
	_, err = s.statement(*query)
	return g.Name, err
}

// putPrepared writes a prepared statement: a new one with version 0.
func (s *Server) putPrepared(ctx context.Context, group string, version int64, p *athenatypes.PreparedStatement) error {
	if version == 0 {
		have, err := s.cat.DocumentsAfter(ctx, spacePrepared, group+"/", "", maxPrepared)
		if err != nil {
			return err
		}
		if len(have) >= maxPrepared {
			return invalid("WorkGroup %s has %d prepared statements, and may not have more.", group, len(have))
		}
	}
	p.WorkGroupName, p.LastModifiedTime = &group, aws.Time(s.now().UTC())
	_, err := s.cat.PutDocuments(ctx, s.docs.Make(spacePrepared, group+"/"+*p.StatementName, 0, version, p))
	if fault.Is(err, fault.CodeDuplicateObject) {
		return invalid("PreparedStatement %s already exists in WorkGroup %s", *p.StatementName, group)
	}
	return err
}

// prepared finds a prepared statement; name is checked.
func (s *Server) prepared(ctx context.Context, group, name string) (*athenatypes.PreparedStatement, error) {
	p := &athenatypes.PreparedStatement{}
	d, err := s.docs.Read(ctx, spacePrepared, group+"/"+name, p)
	if err == nil && d == nil {
		err = notFound(name, "PreparedStatement %s was not found in WorkGroup %s", awsapi.Clip(name), group)
	}
	return p, err
}

// findPrepared finds the prepared statement of a request.
func (s *Server) findPrepared(ctx context.Context, group, name *string) (*athenatypes.PreparedStatement, error) {
	var c checks
	c.text("workGroup", group, 1, 128)
	c.statementName("statementName", name)
	if err := c.err(); err != nil {
		return nil, err
	}
	g, err := s.group(ctx, group)
	if err != nil {
		return nil, err
	}
	return s.prepared(ctx, g.Name, *name)
}

// getPrepared implements GetPreparedStatement.
func (s *Server) getPrepared(ctx context.Context, in *athena.GetPreparedStatementInput) (*athena.GetPreparedStatementOutput, error) {
	p, err := s.findPrepared(ctx, in.WorkGroup, in.StatementName)
	if err != nil {
		return nil, err
	}
	return &athena.GetPreparedStatementOutput{PreparedStatement: p}, nil
}

// getSeveralPrepared implements BatchGetPreparedStatement.
func (s *Server) getSeveralPrepared(ctx context.Context, in *athena.BatchGetPreparedStatementInput) (*athena.BatchGetPreparedStatementOutput, error) {
	var c checks
	c.text("workGroup", in.WorkGroup, 1, 128)
	c.Count("preparedStatementNames", len(in.PreparedStatementNames), 1, maxBatch)
	if err := c.err(); err != nil {
		return nil, err
	}
	g, err := s.group(ctx, in.WorkGroup)
	if err != nil {
		return nil, err
	}
	out := &athena.BatchGetPreparedStatementOutput{PreparedStatements: []athenatypes.PreparedStatement{},
		UnprocessedPreparedStatementNames: []athenatypes.UnprocessedPreparedStatementName{}}
	for _, name := range in.PreparedStatementNames {
		p, err := s.prepared(ctx, g.Name, name)
		if err != nil {
			x := exceptionOf(err)
			if x.Name == internalError {
				return nil, err
			}
			out.UnprocessedPreparedStatementNames = append(out.UnprocessedPreparedStatementNames, athenatypes.UnprocessedPreparedStatementName{
				StatementName: aws.String(name), ErrorCode: aws.String("STATEMENT_NOT_FOUND"), ErrorMessage: &x.Message})
			continue
		}
		out.PreparedStatements = append(out.PreparedStatements, *p)
	}
	return out, nil
}

// listPrepared implements ListPreparedStatements.
func (s *Server) listPrepared(ctx context.Context, in *athena.ListPreparedStatementsInput) (*athena.ListPreparedStatementsOutput, error) {
	var c checks
	c.text("workGroup", in.WorkGroup, 1, 128)
	most := c.Between("maxResults", in.MaxResults, 1, maxBatch, maxBatch)
	if err := c.err(); err != nil {
		return nil, err
	}
	g, err := s.group(ctx, in.WorkGroup)
	if err != nil {
		return nil, err
	}
	prefix := g.Name + "/"
	keys, next, err := s.keysAfter(ctx, spacePrepared, prefix, awsapi.Scope("ListPreparedStatements", g.Name), in.NextToken, most)
	if err != nil {
		return nil, err
	}
	out := &athena.ListPreparedStatementsOutput{PreparedStatements: []athenatypes.PreparedStatementSummary{}, NextToken: next}
	for _, k := range keys {
		p, err := s.prepared(ctx, g.Name, k[len(prefix):])
		if err != nil {
			continue // it has just been deleted
		}
		out.PreparedStatements = append(out.PreparedStatements, athenatypes.PreparedStatementSummary{StatementName: p.StatementName, LastModifiedTime: p.LastModifiedTime})
	}
	return out, nil
}

// updatePrepared implements UpdatePreparedStatement.
func (s *Server) updatePrepared(ctx context.Context, in *athena.UpdatePreparedStatementInput) (*athena.UpdatePreparedStatementOutput, error) {
	group, err := s.checkPrepared(ctx, in.WorkGroup, in.StatementName, in.QueryStatement, in.Description)
	if err != nil {
		return nil, err
	}
	p, err := s.prepared(ctx, group, *in.StatementName)
	if err != nil {
		return nil, err
	}
	p.QueryStatement = in.QueryStatement
	if in.Description != nil {
		p.Description = in.Description
	}
	return &athena.UpdatePreparedStatementOutput{}, s.putPrepared(ctx, group, catalog.AnyVersion, p)
}

// deletePrepared implements DeletePreparedStatement.
func (s *Server) deletePrepared(ctx context.Context, in *athena.DeletePreparedStatementInput) (*athena.DeletePreparedStatementOutput, error) {
	p, err := s.findPrepared(ctx, in.WorkGroup, in.StatementName)
	if err != nil {
		return nil, err
	}
	return &athena.DeletePreparedStatementOutput{}, s.docs.Drop(ctx, spacePrepared, *p.WorkGroupName+"/"+*p.StatementName)
}

// preparedCommand is a PREPARE, EXECUTE or DEALLOCATE of SQL, which in Athena are
// about the workgroup's prepared statements.
type preparedCommand struct {
	verb string // PREPARE, EXECUTE, DEALLOCATE
	name string
	rest string // of PREPARE: the statement; of EXECUTE: USING and what follows, or ""
}

var preparedForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?is)^\s*(?:(PREPARE)\s+("[^"]+"|[\w@:]+)\s+FROM\s+(.*)|(EXECUTE)\s+("[^"]+"|[\w@:]+)\s*(.*)|(DEALLOCATE)\s+PREPARE\s+("[^"]+"|[\w@:]+)\s*)$`)
})

// readPrepared reads such a statement; nil for others.
func readPrepared(sql string) *preparedCommand {
	m := preparedForm().FindStringSubmatch(sql)
	if m == nil {
		return nil
	}
	for i := 1; i < len(m); i += 3 {
		if m[i] == "" {
			continue
		}
		c := &preparedCommand{verb: strings.ToUpper(m[i]), name: strings.Trim(m[i+1], `"`)}
		if i+2 < len(m) {
			c.rest = strings.TrimSpace(m[i+2])
		}
		return c
	}
	return nil
}

// changePrepared runs PREPARE and DEALLOCATE PREPARE.
func (s *Server) changePrepared(ctx context.Context, group string, c *preparedCommand) error {
	if !statementName().MatchString(c.name) {
		return fault.New(fault.CodeInvalidName, "invalid name of a prepared statement: %q", c.name)
	}
	if c.verb == "DEALLOCATE" {
		if _, err := s.prepared(ctx, group, c.name); err != nil {
			return fault.New(fault.CodeInvalidStatementName, "prepared statement %q does not exist in workgroup %q", c.name, group)
		}
		return s.docs.Drop(ctx, spacePrepared, group+"/"+c.name)
	}
	p := &athenatypes.PreparedStatement{StatementName: &c.name, QueryStatement: &c.rest}
	err := s.putPrepared(ctx, group, 0, p)
	if x := (*awsapi.Exception)(nil); err != nil && asException(err, &x) {
		return fault.New(fault.CodeDuplicateStatement, "%s", x.Message)
	}
	return err
}
