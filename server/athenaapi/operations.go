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
		"StartQueryExecution":       handle((*Server).startQuery),
		"StopQueryExecution":        handle((*Server).stopQuery),
		"GetQueryExecution":         handle((*Server).getQuery),
		"BatchGetQueryExecution":    handle((*Server).getQueries),
		"ListQueryExecutions":       handle((*Server).listQueries),
		"GetQueryResults":           handle((*Server).getResults),
		"GetQueryRuntimeStatistics": handle((*Server).getStatistics),

		"CreateWorkGroup": handle((*Server).createGroup),
		"GetWorkGroup":    handle((*Server).getGroup),
		"ListWorkGroups":  handle((*Server).listGroups),
		"UpdateWorkGroup": handle((*Server).updateGroup),
		"DeleteWorkGroup": handle((*Server).deleteGroup),

		"CreateNamedQuery":   handle((*Server).createNamed),
		"GetNamedQuery":      handle((*Server).getNamed),
		"BatchGetNamedQuery": handle((*Server).getSeveralNamed),
		"ListNamedQueries":   handle((*Server).listNamed),
		"UpdateNamedQuery":   handle((*Server).updateNamed),
		"DeleteNamedQuery":   handle((*Server).deleteNamed),

		"CreatePreparedStatement":   handle((*Server).createPrepared),
		"GetPreparedStatement":      handle((*Server).getPrepared),
		"BatchGetPreparedStatement": handle((*Server).getSeveralPrepared),
		"ListPreparedStatements":    handle((*Server).listPrepared),
		"UpdatePreparedStatement":   handle((*Server).updatePrepared),
		"DeletePreparedStatement":   handle((*Server).deletePrepared),

		"CreateDataCatalog": handle((*Server).createCatalog),
		"GetDataCatalog":    handle((*Server).getCatalog),
		"ListDataCatalogs":  handle((*Server).listCatalogs),
		"UpdateDataCatalog": handle((*Server).updateCatalog),
		"DeleteDataCatalog": handle((*Server).deleteCatalog),

		"GetDatabase":        handle((*Server).getDatabase),
		"ListDatabases":      handle((*Server).listDatabases),
		"GetTableMetadata":   handle((*Server).getTable),
		"ListTableMetadata":  handle((*Server).listTables),
		"ListEngineVersions": handle((*Server).listEngines),

		"ListTagsForResource": handle((*Server).listTags),
		"TagResource":         handle((*Server).tagResource),
		"UntagResource":       handle((*Server).untagResource),

		"CreateCapacityReservation":          handle((*Server).createCapacity),
		"GetCapacityReservation":             handle((*Server).getCapacity),
		"ListCapacityReservations":           handle((*Server).listCapacity),
		"UpdateCapacityReservation":          handle((*Server).updateCapacity),
		"CancelCapacityReservation":          handle((*Server).cancelCapacity),
		"DeleteCapacityReservation":          handle((*Server).deleteCapacity),
		"PutCapacityAssignmentConfiguration": handle((*Server).putAssignment),
		"GetCapacityAssignmentConfiguration": handle((*Server).getAssignment),
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
