package athenaapi

import (
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"
	"github.com/aws/smithy-go"

	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/server"
	"github.com/glauxdb/glaux/server/awsapi"
	"github.com/glauxdb/glaux/server/workgroup"
)

const testKey, testSecret = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

// world is an endpoint over a small lake with the SDK's own client.
type world struct {
	*athena.Client
	t       *testing.T
	in      *server.Instance
	server  *Server
	http    *httptest.Server
	conf    Config
	results string // a directory that may be written
}

// newWorld makes a lake with table demo.people: name, age, city (partition).
func newWorld(t *testing.T, groups ...workgroup.Setting) *world {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"people/city=rome/a.csv": "name,age\nada,36\n\"b \"\"q\"\", c\",7\n",
		"people/city=oslo/a.csv": "name,age\neve,\n",
	} {
		file := filepath.Join(dir, "lake", name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	w := &world{t: t, results: filepath.Join(dir, "results")}
	if err := os.Mkdir(w.results, 0o755); err != nil {
		t.Fatal(err)
	}
	in, err := server.Open(t.Context(), server.Config{DataDir: filepath.Join(dir, "data"), Writable: []string{w.results}, Workgroups: groups})
	if err != nil {
		t.Fatal(err)
	}
	w.in = in
	if _, err := in.Crawl(t.Context(), crawler.At(filepath.Join(dir, "lake"), "demo")); err != nil {
		t.Fatal(err)
	}
	w.conf = Config{Engine: in.Engine, Catalog: in.Catalog, Stores: in.Stores, Groups: in.Groups,
		Keys: []awsapi.Key{{AccessKey: testKey, SecretKey: testSecret, User: "ada"}}, ResultsDir: filepath.Join(dir, "managed")}
	w.start()
	t.Cleanup(func() {
		w.stop()
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *world) start() {
	w.t.Helper()
	s, err := New(context.Background(), w.conf)
	if err != nil {
		w.t.Fatal(err)
	}
	w.server, w.http = s, httptest.NewServer(s)
	w.Client = client(w.http.URL, testKey, testSecret)
}

func (w *world) stop() {
	w.http.Close()
	if err := w.server.Shutdown(context.Background()); err != nil {
		w.t.Error(err)
	}
}

func client(url, key, secret string) *athena.Client {
	return athena.New(athena.Options{BaseEndpoint: aws.String(url), Region: "eu-central-1", RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(key, secret, "")})
}

// must fails the test if a call fails.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// refused demands that a call failed with this exception and text ("": any).
func refused(t *testing.T, err error, name, text string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != name || text != "" && api.ErrorMessage() != text {
		t.Errorf("error = %v, want %s: %s", err, name, text)
	}
}

// submit starts a statement.
func (w *world) submit(in *athena.StartQueryExecutionInput) string {
	w.t.Helper()
	return *must[*athena.StartQueryExecutionOutput](w.t)(w.StartQueryExecution(context.Background(), in)).QueryExecutionId
}

// wait waits for the end of an execution.
func (w *world) wait(id string) *athenatypes.QueryExecution {
	w.t.Helper()
	for begin := time.Now(); time.Since(begin) < 30*time.Second; time.Sleep(5 * time.Millisecond) {
		out := must[*athena.GetQueryExecutionOutput](w.t)(w.GetQueryExecution(context.Background(), &athena.GetQueryExecutionInput{QueryExecutionId: &id}))
		switch out.QueryExecution.Status.State {
		case athenatypes.QueryExecutionStateQueued, athenatypes.QueryExecutionStateRunning:
			continue
		}
		return out.QueryExecution
	}
	w.t.Fatalf("execution %s does not end", id)
	return nil
}

// query runs a statement in database demo to its end.
func (w *world) query(sql string, params ...string) *athenatypes.QueryExecution {
	w.t.Helper()
	return w.wait(w.submit(&athena.StartQueryExecutionInput{QueryString: &sql, ExecutionParameters: params,
		QueryExecutionContext: &athenatypes.QueryExecutionContext{Database: aws.String("demo"), Catalog: aws.String("AwsDataCatalog")}}))
}

// rows runs a statement that must succeed and gives all its rows; NULL is "<null>".
func (w *world) rows(sql string, params ...string) [][]string {
	w.t.Helper()
	e := w.query(sql, params...)
	if e.Status.State != athenatypes.QueryExecutionStateSucceeded {
		w.t.Fatalf("%s: %s: %s", sql, e.Status.State, aws.ToString(e.Status.StateChangeReason))
	}
	return texts(must[*athena.GetQueryResultsOutput](w.t)(w.GetQueryResults(context.Background(), &athena.GetQueryResultsInput{QueryExecutionId: e.QueryExecutionId})).ResultSet.Rows)
}

func texts(rows []athenatypes.Row) [][]string {
	out := make([][]string, len(rows))
	for i, r := range rows {
		for _, d := range r.Data {
			if d.VarCharValue == nil {
				out[i] = append(out[i], "<null>")
			} else {
				out[i] = append(out[i], *d.VarCharValue)
			}
		}
	}
	return out
}
