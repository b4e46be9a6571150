package athenaapi

import (
	"context"

	"github.com/glauxdb/glaux/server/awsapi"
)

// operation runs one operation of Athena: its request as JSON to its response.
type operation func(s *Server, ctx context.Context, body []byte) (any, error)

// handle makes an operation of a handler.
func handle[I, O any](f func(s *Server, ctx context.Context, in *I) (*O, error)) operation {
	return func(s *Server, ctx context.Context, body []byte) (any, error) {
		in := new(I)
		if err := s.codec.Decode(body, in); err != nil {
			return nil, err
		}
		out, err := f(s, ctx, in)
		if err != nil {
			return nil, err
		}
		return out, nil
	}
}

// operations is the list of all that is served.
func operations() map[string]operation {
	return map[string]operation{
		"StartQueryExecution": handle((*Server).startQuery),
		"StopQueryExecution":  handle((*Server).stopQuery),
		"GetQueryExecution":   handle((*Server).getQuery),
		"GetQueryResults":     handle((*Server).getResults),
	}
}

// unserved are the operations of Athena that exist and are not served: those of
// notebooks and of Spark.
var unserved = awsapi.Names(`
	CreateNotebook CreatePresignedNotebookUrl DeleteNotebook ExportNotebook GetCalculationExecution
	GetCalculationExecutionCode GetCalculationExecutionStatus GetNotebookMetadata GetResourceDashboard GetSession
	GetSessionEndpoint GetSessionStatus ImportNotebook ListApplicationDPUSizes ListCalculationExecutions ListExecutors
	ListNotebookMetadata ListNotebookSessions ListSessions StartCalculationExecution StartSession
	StopCalculationExecution TerminateSession UpdateNotebook UpdateNotebookMetadata`)
