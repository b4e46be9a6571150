package glueapi

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/catalog"

	"github.com/glauxdb/glaux/server/awsapi"
	"github.com/glauxdb/glaux/server/awsapi/awstest"
)

// TestOperationNames compares the lists of operations with the SDK's.
func TestOperationNames(t *testing.T) {
	awstest.Operations(t, &glue.Client{}, slices.Collect(maps.Keys(operations())), unserved)
}

// TestMessages compares every message with the SDK's. OpenTableFormatInput holds
// documents and is refused by name, whatever is in it.
func TestMessages(t *testing.T) {
	w := &awstest.Wire{}
	g := glue.New(glue.Options{HTTPClient: w, Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("a", "b", "")})
	awstest.Codec(t, &awsapi.Codec{}, w, g, targetPrefix, slices.Collect(maps.Keys(operations())), "OpenTableFormatInput")
}

func TestKeysOfClients(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	must[*glue.GetDatabasesOutput](t)(w.GetDatabases(ctx, &glue.GetDatabasesInput{}))
	_, err := client(w.url, testKey, "wrong").GetDatabases(ctx, &glue.GetDatabasesInput{})
	code(t, err, "InvalidSignatureException")
	_, err = client(w.url, "wrong", testSecret).GetDatabases(ctx, &glue.GetDatabasesInput{})
	code(t, err, "UnrecognizedClientException")

	open := newWorld(t, func(c *Config) { c.Keys, c.Anonymous = nil, true })
	must[*glue.GetDatabasesOutput](t)(client(open.url, "any", "thing").GetDatabases(ctx, &glue.GetDatabasesInput{}))
}

// post sends a request without a signature.
func (w *world) post(target, typ, body string) (status int, e map[string]string, h http.Header) {
	w.t.Helper()
	r := must[*http.Request](w.t)(http.NewRequest(http.MethodPost, w.url, strings.NewReader(body)))
	r.Header.Set("X-Amz-Target", target)
	r.Header.Set("Content-Type", typ)
	res := must[*http.Response](w.t)(http.DefaultClient.Do(r))
	defer res.Body.Close()
	b := must[[]byte](w.t)(io.ReadAll(res.Body))
	if err := json.Unmarshal(b, &e); err != nil {
		w.t.Errorf("%s: %v", b, err)
	}
	return res.StatusCode, e, res.Header
}

func TestProtocol(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Keys, c.Anonymous = nil, true })
	for _, c := range []struct {
		target, typ, body string
		status            int
		name, message     string
	}{
		{"AWSGlue.GetDatabases", "text/plain", "{}", 400, "UnknownOperationException", "The Content-Type of a request must be application/x-amz-json-1.1."},
		{"AWSGlue.Nonsense", awsapi.ContentType, "{}", 400, "UnknownOperationException", "Nonsense is no operation of AWS Glue."},
		{"", awsapi.ContentType, "{}", 400, "UnknownOperationException", " is no operation of AWS Glue."},
		{"AWSGlue.GetJobRuns", awsapi.ContentType, "{}", 400, "OperationNotSupportedException", "Glaux does not serve the operation GetJobRuns of AWS Glue."},
		{"AWSGlue.GetDatabase", awsapi.ContentType + "; charset=utf-8", "nonsense", 400, "SerializationException", "the body is not JSON: invalid character 'o' in literal null (expecting 'u'), at byte 2"},
		{"AWSGlue.GetDatabase", awsapi.ContentType, "{}", 400, "ValidationException", "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null"},
		{"AWSGlue.GetTable", awsapi.ContentType, `{"Name":""}`, 400, "ValidationException", "2 validation errors detected: Value null at 'databaseName' failed to satisfy constraint: Member must not be null; " +
			"Value '' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{"AWSGlue.GetDatabase", awsapi.ContentType, `{"Name":"a\u0000b"}`, 400, "ValidationException", ""},
		{"AWSGlue.GetDatabase", awsapi.ContentType, `{"Name":"<x>"}`, 400, "EntityNotFoundException", "Database <x> not found."},
		{"AWSGlue.GetDatabase", awsapi.ContentType, `{"x":"` + strings.Repeat("x", awsapi.MaxBody) + `"}`, 413, "RequestEntityTooLargeException", ""},
	} {
		status, e, h := w.post(c.target, c.typ, c.body)
		if status != c.status || e["__type"] != c.name || c.message != "" && e["Message"] != c.message || e["message"] != e["Message"] {
			t.Errorf("%s %.40s: %d %v, want %d %s %s", c.target, c.body, status, e, c.status, c.name, c.message)
		}
		if h.Get("X-Amzn-Requestid") == "" || h.Get("Content-Type") != awsapi.ContentType || h.Get("X-Amzn-Errortype") != c.name {
			t.Errorf("%s: headers %v", c.target, h)
		}
	}
	res := must[*http.Response](t)(http.Get(w.url + "/other"))
	res.Body.Close()
	if res.StatusCode != http.StatusNotFound {
		t.Errorf("GET /other gives %d", res.StatusCode)
	}
}

// once keeps a client from repeating a request.
func once(o *glue.Options) { o.RetryMaxAttempts = 1 }

// broken is a catalog with a bug.
type broken struct{ catalog.Full }

func (broken) Databases(context.Context) ([]*catalog.Database, error) { panic("bug") }

func TestPanicIsAnException(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Catalog = broken{c.Catalog} })
	_, err := w.GetDatabases(context.Background(), &glue.GetDatabasesInput{}, once)
	refused[*gluetypes.InternalServiceException](t, err, "An internal error occurred.")
}

func TestCatalogID(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.orders()
	got := must[*glue.GetTableOutput](t)(w.GetTable(ctx, &glue.GetTableInput{CatalogId: aws.String("123456789012"), DatabaseName: aws.String("sales"), Name: aws.String("orders")}))
	if aws.ToString(got.Table.CatalogId) != DefaultCatalogID {
		t.Errorf("catalog = %s", *got.Table.CatalogId)
	}
	w = newWorld(t, func(c *Config) { c.CatalogID = "123456789012" })
	must[*glue.GetDatabasesOutput](t)(w.GetDatabases(ctx, &glue.GetDatabasesInput{CatalogId: aws.String("123456789012")}))
	_, err := w.GetDatabases(ctx, &glue.GetDatabasesInput{CatalogId: aws.String("other")})
	refused[*gluetypes.EntityNotFoundException](t, err, "Catalog other not found.")
}

func TestServeAndShutdown(t *testing.T) {
	w := newWorld(t)
	ln := must[net.Listener](t)(net.Listen("tcp", "127.0.0.1:0"))
	done := make(chan error, 1)
	go func() { done <- w.server.Serve(ln) }()
	must[*glue.GetDatabasesOutput](t)(client("http://"+ln.Addr().String(), testKey, testSecret).GetDatabases(context.Background(), &glue.GetDatabasesInput{}))
	if err := w.server.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

var _ http.Handler = (*Server)(nil)
