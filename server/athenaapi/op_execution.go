package athenaapi

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/athena"
)

// getQuery implements GetQueryExecution.
func (s *Server) getQuery(ctx context.Context, in *athena.GetQueryExecutionInput) (*athena.GetQueryExecutionOutput, error) {
	e, err := s.find(ctx, in.QueryExecutionId)
	if err != nil {
		return nil, err
	}
	return &athena.GetQueryExecutionOutput{QueryExecution: &e.Query}, nil
}

// stopQuery implements StopQueryExecution; of an execution that has ended, too.
func (s *Server) stopQuery(ctx context.Context, in *athena.StopQueryExecutionInput) (*athena.StopQueryExecutionOutput, error) {
	e, err := s.find(ctx, in.QueryExecutionId)
	if err != nil {
		return nil, err
	}
	if r := s.runOf(e.id()); r != nil {
		r.cancel(cancelled())
	}
	return &athena.StopQueryExecutionOutput{}, nil
}
