package athenaapi

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"

	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server/awsapi"
	"github.com/glauxdb/glaux/server/workgroup"
)

// TestOtherUsers has two roles look at each other's executions, and at a workgroup
// that one of them may not choose.
func TestOtherUsers(t *testing.T) {
	ctx, w := context.Background(), newWorld(t, workgroup.Setting{Name: "closed", AllowUsers: []string{"bob"}})
	sess := must[*exec.Session](t)(w.in.Engine.NewSession(exec.SessionOptions{}))
	defer sess.Close()
	sql := func(text string) {
		t.Helper()
		p := must[*exec.Prepared](t)(sess.Prepare(ctx, text, nil))
		must[*exec.Result](t)(sess.Execute(ctx, p, nil)).Close()
	}
	w.stop()
	for _, user := range []string{"bob", "eve"} {
		sql("CREATE USER " + user)
		w.conf.Keys = append(w.conf.Keys, awsapi.Key{AccessKey: user, SecretKey: testSecret, User: user})
	}
	w.start()
	bob, eve, ada := client(w.http.URL, "bob", testSecret), client(w.http.URL, "eve", testSecret), w.Client

	w.Client = bob
	open := w.wait(w.submit(&athena.StartQueryExecutionInput{QueryString: aws.String("SELECT 'secret' AS a")}))
	closed := w.wait(w.submit(&athena.StartQueryExecutionInput{QueryString: aws.String("SELECT 1"), WorkGroup: aws.String("closed")}))

	got := must[*athena.GetQueryExecutionOutput](t)(eve.GetQueryExecution(ctx, &athena.GetQueryExecutionInput{QueryExecutionId: open.QueryExecutionId}))
	if *got.QueryExecution.Query != "SELECT ? AS a" {
		t.Errorf("another user's statement is shown as %s", *got.QueryExecution.Query)
	}
	several := must[*athena.BatchGetQueryExecutionOutput](t)(eve.BatchGetQueryExecution(ctx, &athena.BatchGetQueryExecutionInput{QueryExecutionIds: []string{*open.QueryExecutionId, *closed.QueryExecutionId}}))
	if len(several.QueryExecutions) != 1 || *several.QueryExecutions[0].Query != "SELECT ? AS a" || len(several.UnprocessedQueryExecutionIds) != 1 {
		t.Errorf("another user's statements are shown as %+v", several)
	}
	_, err := eve.GetQueryResults(ctx, &athena.GetQueryResultsInput{QueryExecutionId: open.QueryExecutionId})
	refused(t, err, "AccessDeniedException", "You are not authorized to perform: athena:GetQueryResults on the resource. Query execution "+*open.QueryExecutionId+" is of another user.")
	_, err = eve.StopQueryExecution(ctx, &athena.StopQueryExecutionInput{QueryExecutionId: open.QueryExecutionId})
	refused(t, err, "AccessDeniedException", "")
	_, err = eve.GetQueryExecution(ctx, &athena.GetQueryExecutionInput{QueryExecutionId: closed.QueryExecutionId})
	refused(t, err, "AccessDeniedException", "")
	_, err = eve.StartQueryExecution(ctx, &athena.StartQueryExecutionInput{QueryString: aws.String("SELECT 1"), WorkGroup: aws.String("closed")})
	refused(t, err, "AccessDeniedException", "")
	_, err = eve.CreateWorkGroup(ctx, &athena.CreateWorkGroupInput{Name: aws.String("mine")})
	refused(t, err, "AccessDeniedException", "User eve is not authorized to change workgroups.")

	sql("GRANT pg_read_all_stats, pg_signal_backend TO eve")
	got = must[*athena.GetQueryExecutionOutput](t)(eve.GetQueryExecution(ctx, &athena.GetQueryExecutionInput{QueryExecutionId: open.QueryExecutionId}))
	if *got.QueryExecution.Query != "SELECT 'secret' AS a" {
		t.Errorf("a member of pg_read_all_stats sees %s", *got.QueryExecution.Query)
	}
	if _, err := eve.StopQueryExecution(ctx, &athena.StopQueryExecutionInput{QueryExecutionId: open.QueryExecutionId}); err != nil {
		t.Error(err)
	}
	for who, c := range map[string]*athena.Client{"the user": bob, "who is no role": ada} {
		if _, err := c.GetQueryResults(ctx, &athena.GetQueryResultsInput{QueryExecutionId: open.QueryExecutionId}); err != nil {
			t.Errorf("%s: %v", who, err)
		}
	}
}

// TestNoLocation asks a server that keeps no results for one.
func TestNoLocation(t *testing.T) {
	w := newWorld(t)
	w.stop()
	w.conf.ResultsDir = ""
	w.start()
	_, err := w.StartQueryExecution(t.Context(), &athena.StartQueryExecutionInput{QueryString: aws.String("SELECT 1")})
	refused(t, err, "InvalidRequestException", noLocation)
}
