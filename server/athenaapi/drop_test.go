package athenaapi

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server/workgroup"
)

// TestDropWorkgroup drops a workgroup with SQL: what clients of Athena have put in
// keeps it, or goes with it.
func TestDropWorkgroup(t *testing.T) {
	ctx, w := context.Background(), newWorld(t)
	sess := must[*exec.Session](t)(w.in.Engine.NewSession(exec.SessionOptions{}))
	defer sess.Close()
	sql := func(text string) error {
		p, err := sess.Prepare(ctx, text, nil)
		if err != nil {
			return err
		}
		res, err := sess.Execute(ctx, p, nil)
		if err == nil {
			res.Close()
		}
		return err
	}
	web := aws.String("web")
	for _, fill := range []struct {
		what string
		do   func() error
	}{
		{"prepared statements", func() error {
			_, err := w.CreatePreparedStatement(ctx, &athena.CreatePreparedStatementInput{WorkGroup: web, StatementName: aws.String("p"), QueryStatement: aws.String("SELECT ?")})
			return err
		}},
		{"named queries", func() error {
			_, err := w.CreateNamedQuery(ctx, &athena.CreateNamedQueryInput{WorkGroup: web, Name: aws.String("n"), Database: aws.String("demo"), QueryString: aws.String("SELECT 1")})
			return err
		}},
		{"query executions", func() error {
			w.wait(w.submit(&athena.StartQueryExecutionInput{WorkGroup: web, QueryString: aws.String("SELECT 1"), ClientRequestToken: aws.String(strings.Repeat("t", 32))}))
			return nil
		}},
	} {
		if err := sql("CREATE WORKGROUP web"); err != nil {
			t.Fatal(err)
		}
		if err := fill.do(); err != nil {
			t.Fatal(err)
		}
		err := sql("DROP WORKGROUP web")
		if f := fault.As(err); f == nil || f.Code != fault.CodeDependentObjects || !strings.Contains(f.Detail, fill.what) {
			t.Errorf("%s: error %v", fill.what, err)
		}
		_, err = w.DeleteWorkGroup(ctx, &athena.DeleteWorkGroupInput{WorkGroup: web})
		refused(t, err, "InvalidRequestException", "WorkGroup web is not empty")
		if err := sql("DROP WORKGROUP web CASCADE"); err != nil {
			t.Fatal(err)
		}
		for _, space := range []string{workgroup.SpaceExecutions, workgroup.SpaceRecent, workgroup.SpaceUnfinished, workgroup.SpaceTokens, workgroup.SpaceNamed,
			workgroup.SpaceNamedLists, workgroup.SpacePrepared, workgroup.SpaceExtras} {
			if ds, err := w.in.Catalog.DocumentsAfter(ctx, space, "", "", 0); err != nil || len(ds) > 0 {
				t.Errorf("%s: left in %s: %v %v", fill.what, space, ds, err)
			}
		}
	}
}
