package athenaapi

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"
	"github.com/google/uuid"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server/athenaerr"
	"github.com/glauxdb/glaux/server/awsapi"
	"github.com/glauxdb/glaux/server/workgroup"
)

// The limits of the API's model.
const (
	maxQuery     = 262_144
	maxParameter = 1024
)

// maxRuns bounds the executions that have not ended: each is a goroutine and a
// session. How many of them really run is the workgroups' business.
const maxRuns = 1000

// engineVersion is what Athena calls the engine whose SQL this is.
const engineVersion = "Athena engine version 3"

// startQuery implements StartQueryExecution.
func (s *Server) startQuery(ctx context.Context, in *athena.StartQueryExecutionInput) (*athena.StartQueryExecutionOutput, error) {
	if err := checkStart(in); err != nil {
		return nil, err
	}
	group, err := s.group(ctx, in.WorkGroup)
	if err != nil {
		return nil, err
	}
	if group.State == workgroup.Disabled {
		return nil, invalid("WorkGroup %s is disabled.", group.Name)
	}
	sql, err := s.statement(*in.QueryString)
	if err != nil {
		return nil, err
	}
	e, err := s.newExecution(ctx, in, group, sql)
	if err != nil {
		return nil, err
	}
	request := ""
	if in.ClientRequestToken != nil {
		e.Token = e.User + "/" + *in.ClientRequestToken
		request = requestScope(in)
		if id, err := s.earlier(ctx, e.Token, request); err != nil || id != "" {
			return &athena.StartQueryExecutionOutput{QueryExecutionId: &id}, err
		}
	}
	r, err := s.register(e)
	if err != nil {
		return nil, err
	}
	earlier, err := s.create(ctx, e, request)
	if err != nil || earlier != "" {
		s.unregister(e.id())
		s.active.Done()
		return &athena.StartQueryExecutionOutput{QueryExecutionId: &earlier}, err
	}
	addr, agent := awsapi.Client(ctx)
	go s.work(r, session{sql: sql, addr: addr, agent: agent})
	return &athena.StartQueryExecutionOutput{QueryExecutionId: e.Query.QueryExecutionId}, nil
}

// checkStart checks the members of a request.
func checkStart(in *athena.StartQueryExecutionInput) error {
	var c checks
	c.text("queryString", in.QueryString, 1, maxQuery)
	c.optional("clientRequestToken", in.ClientRequestToken, 32, 128)
	if in.ExecutionParameters != nil {
		c.Count("executionParameters", len(in.ExecutionParameters), 1, 1000)
	}
	for _, p := range in.ExecutionParameters {
		c.Length("executionParameters", p, 1, maxParameter)
	}
	if x := in.QueryExecutionContext; x != nil {
		c.optional("queryExecutionContext.database", x.Database, 1, 255)
		c.optional("queryExecutionContext.catalog", x.Catalog, 1, 256)
	}
	if x := in.ResultReuseConfiguration; x != nil && x.ResultReuseByAgeConfiguration != nil {
		c.Between("resultReuseConfiguration.resultReuseByAgeConfiguration.maxAgeInMinutes", x.ResultReuseByAgeConfiguration.MaxAgeInMinutes, 0, 10080, 60)
	}
	if x := in.QueryExecutionContext; x != nil && x.Catalog != nil && !ownCatalog(*x.Catalog) {
		return invalid("Catalog %s was not found.", awsapi.Clip(*x.Catalog))
	}
	return c.err()
}

// statement gives the one statement of a text. What does not parse is refused at
// once, as Athena does.
func (s *Server) statement(text string) (string, error) {
	list, err := s.engine.Parse(text)
	if err != nil {
		return "", badSyntax(err, text)
	}
	switch len(list) {
	case 0:
		return "", malformed("Query string is empty.")
	case 1:
		return list[0].SQL, nil
	}
	return "", malformed("Only one sql statement is allowed. Got: %s", awsapi.Clip(text))
}

// badSyntax makes the exception for a text that does not parse.
func badSyntax(err error, text string) error {
	f := fault.As(err)
	if f.Kind != fault.User {
		return err
	}
	out, hint := athenaerr.Message(f, text, "")
	if out = athenaerr.Place(f, text) + out; hint != "" {
		out += ". " + strings.TrimSuffix(hint, ".")
	}
	return malformed("%s", out)
}

// newExecution makes the execution that a request asks for.
func (s *Server) newExecution(ctx context.Context, in *athena.StartQueryExecutionInput, g *workgroup.Setting, sql string) (*execution, error) {
	k, err := s.kindOf(ctx, g.Name, sql)
	if err != nil {
		return nil, err
	}
	id := uuid.NewString()
	e := &execution{User: awsapi.User(ctx), Form: k.form}
	e.Query = athenatypes.QueryExecution{QueryExecutionId: &id, Query: in.QueryString, WorkGroup: aws.String(g.Name), StatementType: k.typ,
		QueryExecutionContext: in.QueryExecutionContext, ExecutionParameters: in.ExecutionParameters, ResultReuseConfiguration: in.ResultReuseConfiguration,
		Statistics:    &athenatypes.QueryExecutionStatistics{ResultReuseInformation: &athenatypes.ResultReuseInformation{}},
		Status:        &athenatypes.QueryExecutionStatus{State: athenatypes.QueryExecutionStateQueued, SubmissionDateTime: aws.Time(s.now().UTC())},
		EngineVersion: &athenatypes.EngineVersion{SelectedEngineVersion: aws.String("AUTO"), EffectiveEngineVersion: aws.String(engineVersion)}}
	if k.sub != "" {
		e.Query.SubstatementType = &k.sub
	}
	if e.Query.QueryExecutionContext == nil {
		e.Query.QueryExecutionContext = &athenatypes.QueryExecutionContext{}
	}
	e.Query.ResultConfiguration, e.Query.ManagedQueryResultsConfiguration, err = s.destination(ctx, in.ResultConfiguration, g, id, k)
	return e, err
}

// kindOf sorts a statement; EXECUTE is what the prepared statement is.
func (s *Server) kindOf(ctx context.Context, group, sql string) (kind, error) {
	if c := readPrepared(sql); c != nil && c.verb == "EXECUTE" {
		switch p, err := s.prepared(ctx, group, c.name); {
		case err == nil:
			return classify(*p.QueryStatement), nil
		case exceptionOf(err).Name == internalError:
			return kind{}, err
		} // one that is not there fails when it is run
	}
	return classify(sql), nil
}

// requestScope sums up what must be the same where a token is.
func requestScope(in *athena.StartQueryExecutionInput) string {
	parts := []string{aws.ToString(in.QueryString), aws.ToString(in.WorkGroup)}
	if x := in.QueryExecutionContext; x != nil {
		parts = append(parts, aws.ToString(x.Catalog), aws.ToString(x.Database))
	}
	if x := in.ResultConfiguration; x != nil {
		parts = append(parts, aws.ToString(x.OutputLocation))
	}
	return awsapi.Scope(append(parts, in.ExecutionParameters...)...)
}

// ownCatalog reports whether a name is one of the catalog that is served.
func ownCatalog(name string) bool {
	return strings.EqualFold(name, catalogName) || strings.EqualFold(name, exec.CatalogName)
}

// catalogName is what Athena calls the catalog of an account.
const catalogName = "AwsDataCatalog"
