package athenaapi

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/server/awsapi"
	"github.com/glauxdb/glaux/server/workgroup"
)

// The spaces of documents about executions.
const (
	spaceExecutions = workgroup.SpaceExecutions // ID
	spaceRecent     = workgroup.SpaceRecent     // workgroup / time, the newest first / ID
	spaceUnfinished = workgroup.SpaceUnfinished // ID: executions that a server works on
	spaceTokens     = workgroup.SpaceTokens     // user / ClientRequestToken
)

// execution is all that is kept of a query execution. What it points at is never
// changed once the execution is seen by others: a change replaces it.
type execution struct {
	Query   athenatypes.QueryExecution
	User    string
	Token   string // key of its document in spaceTokens, "" without one
	Columns []athenatypes.ColumnInfo
	Form    form
	// Updated counts the rows that were written, with INSERT and CREATE TABLE AS.
	Updated               int64
	InputRows, OutputRows int64
	OutputBytes           int64
}

// requestToken is what a ClientRequestToken was used for.
type requestToken struct {
	ID      string
	Request string // its scope: the same token must come with the same request
}

func (e *execution) id() string { return aws.ToString(e.Query.QueryExecutionId) }

func (e *execution) state() athenatypes.QueryExecutionState { return e.Query.Status.State }

// recentKey gives the key by which executions of a workgroup lie newest first.
func recentKey(workgroup string, submitted time.Time, id string) string {
	return recentAt(workgroup, submitted) + "/" + id
}

func recentAt(workgroup string, t time.Time) string {
	const latest = 9_999_999_999_999 // the year 2286
	return fmt.Sprintf("%s/%013d", workgroup, latest-t.UnixMilli())
}

// create writes a new execution with its entries in all lists, or gives the ID of
// the one that the same request made before.
func (s *Server) create(ctx context.Context, e *execution, request string) (earlier string, err error) {
	id := e.id()
	none := struct{}{}
	ds := []catalog.Document{
		s.docs.Make(spaceExecutions, id, 0, 0, e),
		s.docs.Make(spaceRecent, recentKey(*e.Query.WorkGroup, *e.Query.Status.SubmissionDateTime, id), 0, 0, &none),
		s.docs.Make(spaceUnfinished, id, 0, 0, &none),
	}
	if e.Token != "" {
		ds = append(ds, s.docs.Make(spaceTokens, e.Token, 0, 0, &requestToken{ID: id, Request: request}))
	}
	if _, err = s.cat.PutDocuments(ctx, ds...); !fault.Is(err, fault.CodeDuplicateObject) || e.Token == "" {
		return "", err
	}
	return s.earlier(ctx, e.Token, request)
}

// earlier gives the execution that a token was used for; "" if it was not used.
func (s *Server) earlier(ctx context.Context, token, request string) (string, error) {
	var t requestToken
	d, err := s.docs.Read(ctx, spaceTokens, token, &t)
	switch {
	case err != nil || d == nil:
		return "", err
	case t.Request != request:
		return "", invalid("Idempotent parameters do not match")
	}
	return t.ID, nil
}

// finish writes how an execution ended.
func (s *Server) finish(ctx context.Context, e *execution) error {
	_, err := s.cat.PutDocuments(ctx, s.docs.Make(spaceExecutions, e.id(), 0, catalog.AnyVersion, e),
		catalog.Document{Space: spaceUnfinished, Key: e.id(), Version: catalog.AnyVersion})
	return err
}

// find gives an execution as it is now, if the caller may see it: whoever may
// choose its workgroup may.
func (s *Server) find(ctx context.Context, id *string) (*execution, error) {
	var c checks
	c.text("queryExecutionId", id, 1, 128)
	if err := c.err(); err != nil {
		return nil, err
	}
	e := s.running(*id)
	if e == nil {
		e = &execution{}
		d, err := s.docs.Read(ctx, spaceExecutions, *id, e)
		if err != nil {
			return nil, err
		}
		if d == nil {
			return nil, invalid("QueryExecution %s was not found", awsapi.Clip(*id))
		}
	}
	return e, s.mayUse(ctx, *e.Query.WorkGroup)
}

// endAbandoned marks executions as failed that a server worked on when it ended.
func (s *Server) endAbandoned(ctx context.Context) error {
	ds, err := s.cat.DocumentsAfter(ctx, spaceUnfinished, "", "", 0)
	if err != nil {
		return err
	}
	for _, d := range ds {
		e := &execution{}
		found, err := s.docs.Read(ctx, spaceExecutions, d.Key, e)
		if err != nil {
			return err
		}
		if found == nil {
			if err := s.docs.Drop(ctx, spaceUnfinished, d.Key); err != nil {
				return err
			}
			continue
		}
		s.ended(e, s.now(), fault.New(fault.CodeAdminShutdown, "the server was restarted while the query ran"))
		if err := s.finish(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// ended writes the end into an execution that nobody else has.
func (s *Server) ended(e *execution, at time.Time, err error) {
	st := *e.Query.Status
	st.State, st.CompletionDateTime = athenatypes.QueryExecutionStateSucceeded, aws.Time(at)
	if err != nil {
		var why string
		st.State, why, st.AthenaError = failure(err, aws.ToString(e.Query.Query), contextDatabase(e.Query.QueryExecutionContext))
		st.StateChangeReason = &why
	}
	e.Query.Status = &st
}

// sweepEvery is how often old executions and results are looked for.
const sweepEvery = 10 * time.Minute

// sweep removes executions and managed results that are too old.
func (s *Server) sweep() {
	t := time.NewTicker(sweepEvery)
	defer t.Stop()
	for {
		if err := s.expire(s.ctx); err != nil && s.ctx.Err() == nil {
			s.log.Error("old executions of the Athena endpoint not removed", "error", err)
		}
		select {
		case <-s.ctx.Done():
			return
		case <-t.C:
		}
	}
}

// expirePage is how many entries are looked at at a time.
const expirePage = 1000

// expire removes what is too old.
func (s *Server) expire(ctx context.Context) error {
	oldest := s.now().Add(-s.keep)
	for after := ""; ; {
		ds, err := s.cat.DocumentsAfter(ctx, spaceRecent, "", after, expirePage)
		if err != nil || len(ds) == 0 {
			break
		}
		for _, d := range ds {
			after = d.Key
			parts := strings.Split(d.Key, "/")
			if len(parts) != 3 || d.Key < recentAt(parts[0], oldest) {
				continue
			}
			if err := s.forget(ctx, d.Key, parts[2]); err != nil {
				return err
			}
		}
	}
	return s.expireResults(ctx)
}

// forget removes an execution with its entries in all lists.
func (s *Server) forget(ctx context.Context, key, id string) error {
	var e execution
	if _, err := s.docs.Read(ctx, spaceExecutions, id, &e); err != nil {
		return err
	}
	gone := []catalog.Document{{Space: spaceExecutions, Key: id}, {Space: spaceRecent, Key: key}, {Space: spaceUnfinished, Key: id}}
	if e.Token != "" {
		gone = append(gone, catalog.Document{Space: spaceTokens, Key: e.Token})
	}
	for i := range gone {
		gone[i].Version = catalog.AnyVersion
	}
	_, err := s.cat.PutDocuments(ctx, gone...)
	return err
}
