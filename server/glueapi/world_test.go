package glueapi

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"
	"github.com/aws/smithy-go"

	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/csv"
	"github.com/glauxdb/glaux/formats/json"
	"github.com/glauxdb/glaux/formats/store"
)

// world is an endpoint over a catalog in memory with the SDK's own client.
type world struct {
	*glue.Client
	t      *testing.T
	cat    *meta.Store
	server *Server
	url    string
	stores *store.Registry
}

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

const testKey, testSecret = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

func newWorld(t *testing.T, change ...func(*Config)) *world {
	t.Helper()
	cat, err := meta.Open(context.Background(), meta.Memory)
	if err != nil {
		t.Fatal(err)
	}
	stores, err := store.NewRegistry(store.Config{Locations: []string{t.TempDir()}})
	if err != nil {
		t.Fatal(err)
	}
	crawlers := crawler.New(crawler.Options{Catalog: cat, Stores: stores, Formats: formats.NewRegistry(json.Format{}, csv.Format{})})
	conf := Config{Catalog: cat, Crawlers: crawlers, Keys: []Key{{AccessKey: testKey, SecretKey: testSecret, User: "ada"}},
		Readable: func(l string) error { _, _, err := stores.Open(l); return err }}
	for _, f := range change {
		f(&conf)
	}
	s, err := New(conf)
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(s)
	t.Cleanup(func() {
		h.Close()
		crawlers.Close()
		if err := cat.Close(); err != nil {
			t.Error(err)
		}
	})
	return &world{Client: client(h.URL, testKey, testSecret), t: t, cat: cat, server: s, url: h.URL, stores: stores}
}

func client(url, key, secret string) *glue.Client {
	return glue.New(glue.Options{BaseEndpoint: aws.String(url), Region: "eu-central-1",
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

// refused demands that a call failed with an exception of the SDK's type E.
func refused[E error](t *testing.T, err error, text string) {
	t.Helper()
	var e E
	if !errors.As(err, &e) {
		t.Errorf("error = %v, want a %T", err, e)
		return
	}
	var api smithy.APIError
	if errors.As(err, &api); text != "" && api.ErrorMessage() != text {
		t.Errorf("message = %q, want %q", api.ErrorMessage(), text)
	}
}

// code demands that a call failed with the exception of this name.
func code(t *testing.T, err error, name string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != name {
		t.Errorf("error = %v, want %s", err, name)
	}
}

const (
	parquetInput  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
	parquetOutput = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
	parquetSerDe  = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
)

func column(name, typ string) gluetypes.Column {
	return gluetypes.Column{Name: aws.String(name), Type: aws.String(typ)}
}

func descriptor(location string, cols ...gluetypes.Column) *gluetypes.StorageDescriptor {
	return &gluetypes.StorageDescriptor{Location: aws.String(location), Columns: cols, InputFormat: aws.String(parquetInput),
		OutputFormat: aws.String(parquetOutput), SerdeInfo: &gluetypes.SerDeInfo{SerializationLibrary: aws.String(parquetSerDe)}}
}

// orders makes database sales with a partitioned table orders.
func (w *world) orders() *gluetypes.TableInput {
	w.t.Helper()
	ctx := context.Background()
	must[*glue.CreateDatabaseOutput](w.t)(w.CreateDatabase(ctx, &glue.CreateDatabaseInput{DatabaseInput: &gluetypes.DatabaseInput{Name: aws.String("Sales")}}))
	in := &gluetypes.TableInput{Name: aws.String("Orders"), TableType: aws.String("EXTERNAL_TABLE"), Owner: aws.String("me"),
		Parameters:        map[string]string{"classification": "parquet"},
		PartitionKeys:     []gluetypes.Column{column("dt", "date"), column("n", "int")},
		StorageDescriptor: descriptor("s3://lake/orders/", column("id", "bigint"), column("price", "decimal(10,2)"))}
	must[*glue.CreateTableOutput](w.t)(w.CreateTable(ctx, &glue.CreateTableInput{DatabaseName: aws.String("sales"), TableInput: in}))
	return in
}

// day gives a date of 2024.
func day(i int) string {
	return time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i).Format(time.DateOnly)
}
