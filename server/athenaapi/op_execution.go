package athenaapi

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"

	"github.com/glauxdb/glaux/catalog/users"
	"github.com/glauxdb/glaux/server/awsapi"
)

// maxBatch is how many objects a BatchGet may ask for.
const maxBatch = 50

// getQuery implements GetQueryExecution.
func (s *Server) getQuery(ctx context.Context, in *athena.GetQueryExecutionInput) (*athena.GetQueryExecutionOutput, error) {
	e, err := s.find(ctx, in.QueryExecutionId)
	if err != nil {
		return nil, err
	}
	q, err := s.shown(ctx, e)
	if err != nil {
		return nil, err
	}
	return &athena.GetQueryExecutionOutput{QueryExecution: q}, nil
}

// getQueries implements BatchGetQueryExecution.
func (s *Server) getQueries(ctx context.Context, in *athena.BatchGetQueryExecutionInput) (*athena.BatchGetQueryExecutionOutput, error) {
	var c checks
	c.Count("queryExecutionIds", len(in.QueryExecutionIds), 1, maxBatch)
	if err := c.err(); err != nil {
		return nil, err
	}
	out := &athena.BatchGetQueryExecutionOutput{QueryExecutions: []athenatypes.QueryExecution{}, UnprocessedQueryExecutionIds: []athenatypes.UnprocessedQueryExecutionId{}}
	for _, id := range in.QueryExecutionIds {
		e, err := s.find(ctx, &id)
		if err != nil {
			x := exceptionOf(err)
			if x.Name == internalError {
				return nil, err
			}
			out.UnprocessedQueryExecutionIds = append(out.UnprocessedQueryExecutionIds,
				athenatypes.UnprocessedQueryExecutionId{QueryExecutionId: aws.String(id), ErrorCode: aws.String(codeInvalidInput), ErrorMessage: &x.Message})
			continue
		}
		q, err := s.shown(ctx, e)
		if err != nil {
			return nil, err
		}
		out.QueryExecutions = append(out.QueryExecutions, *q)
	}
	return out, nil
}

// stopQuery implements StopQueryExecution; of an execution that has ended, too.
func (s *Server) stopQuery(ctx context.Context, in *athena.StopQueryExecutionInput) (*athena.StopQueryExecutionOutput, error) {
	e, err := s.find(ctx, in.QueryExecutionId)
	if err != nil {
		return nil, err
	}
	if err := s.mayDo(ctx, "StopQueryExecution", e, users.SignalBackend); err != nil {
		return nil, err
	}
	if r := s.runOf(e.id()); r != nil {
		r.cancel(cancelled())
	}
	return &athena.StopQueryExecutionOutput{}, nil
}

// listQueries implements ListQueryExecutions: the newest first.
func (s *Server) listQueries(ctx context.Context, in *athena.ListQueryExecutionsInput) (*athena.ListQueryExecutionsOutput, error) {
	var c checks
	most := c.Between("maxResults", in.MaxResults, 0, maxBatch, maxBatch)
	if err := c.err(); err != nil {
		return nil, err
	}
	g, err := s.group(ctx, in.WorkGroup)
	if err != nil {
		return nil, err
	}
	keys, next, err := s.keysAfter(ctx, spaceRecent, g.Name+"/", awsapi.Scope("ListQueryExecutions", g.Name), in.NextToken, most)
	if err != nil {
		return nil, err
	}
	out := &athena.ListQueryExecutionsOutput{QueryExecutionIds: make([]string, len(keys)), NextToken: next}
	for i, k := range keys {
		out.QueryExecutionIds[i] = k[strings.LastIndexByte(k, '/')+1:]
	}
	return out, nil
}

// keysAfter gives a page of the keys of documents that begin with prefix. most 0 is
// as many as a page may have.
func (s *Server) keysAfter(ctx context.Context, space, prefix, scope string, token *string, most int) (keys []string, next *string, err error) {
	if most == 0 {
		most = maxBatch
	}
	after, ok := awsapi.Resume(scope, token, 1)
	if !ok {
		return nil, nil, badToken()
	}
	from := ""
	if after != nil {
		from = after[0]
	}
	ds, err := s.cat.DocumentsAfter(ctx, space, prefix, from, most+1)
	if err != nil {
		return nil, nil, err
	}
	for i, d := range ds {
		if i == most {
			return keys, awsapi.NextToken(scope, keys[most-1]), nil
		}
		keys = append(keys, d.Key)
	}
	return keys, nil, nil
}

// getStatistics implements GetQueryRuntimeStatistics.
func (s *Server) getStatistics(ctx context.Context, in *athena.GetQueryRuntimeStatisticsInput) (*athena.GetQueryRuntimeStatisticsOutput, error) {
	e, err := s.find(ctx, in.QueryExecutionId)
	if err != nil {
		return nil, err
	}
	st := e.Query.Statistics
	if e.state() == athenatypes.QueryExecutionStateQueued || e.state() == athenatypes.QueryExecutionStateRunning {
		return nil, invalid("Query has not yet finished. Current state: %s", e.state())
	}
	bytes := aws.Int64(aws.ToInt64(st.DataScannedInBytes))
	out := &athenatypes.QueryRuntimeStatistics{
		Timeline: &athenatypes.QueryRuntimeStatisticsTimeline{EngineExecutionTimeInMillis: st.EngineExecutionTimeInMillis, QueryPlanningTimeInMillis: st.QueryPlanningTimeInMillis,
			QueryQueueTimeInMillis: st.QueryQueueTimeInMillis, ServicePreProcessingTimeInMillis: st.ServicePreProcessingTimeInMillis,
			ServiceProcessingTimeInMillis: st.ServiceProcessingTimeInMillis, TotalExecutionTimeInMillis: st.TotalExecutionTimeInMillis},
		Rows: &athenatypes.QueryRuntimeStatisticsRows{InputRows: &e.InputRows, InputBytes: bytes, OutputRows: &e.OutputRows, OutputBytes: &e.OutputBytes}}
	if e.state() == athenatypes.QueryExecutionStateSucceeded && e.Query.StatementType == athenatypes.StatementTypeDml {
		// One stage: this engine does not cut a query into stages that run on other machines.
		out.OutputStage = &athenatypes.QueryStage{StageId: aws.Int64(0), State: aws.String("FINISHED"), ExecutionTime: st.EngineExecutionTimeInMillis,
			InputRows: &e.InputRows, InputBytes: bytes, OutputRows: &e.OutputRows, OutputBytes: &e.OutputBytes}
	}
	return &athena.GetQueryRuntimeStatisticsOutput{QueryRuntimeStatistics: out}, nil
}
