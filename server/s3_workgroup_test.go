package server_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/server"
	"github.com/glauxdb/glaux/server/workgroup"
)

// chargingS3 refuses requests for the bucket "pays" whose sender does not say
// that he pays, and notes how objects are to be encrypted.
type chargingS3 struct {
	http.Handler
	mu        sync.Mutex
	encrypted map[string]string // by the object's path: algorithm and key
}

func (c *chargingS3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/pays/") || r.URL.Path == "/pays" {
		signed := strings.Contains(r.Header.Get("Authorization"), "x-amz-request-payer")
		if r.Header.Get("x-amz-request-payer") != "requester" || !signed {
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte(`<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`))
			return
		}
	}
	if r.Method == http.MethodPut {
		c.mu.Lock()
		c.encrypted[r.URL.Path] = r.Header.Get("x-amz-server-side-encryption") + " " + r.Header.Get("x-amz-server-side-encryption-aws-kms-key-id")
		c.mu.Unlock()
	}
	c.Handler.ServeHTTP(w, r)
}

// demoSession is a session in an empty database demo.
func demoSession(t *testing.T, in *server.Instance) *smallLake {
	t.Helper()
	if _, err := in.Catalog.CreateDatabase(t.Context(), &catalog.Database{Name: "demo"}); err != nil {
		t.Fatal(err)
	}
	return &smallLake{t: t, in: in, s: newSession(t, in)}
}

// TestWorkgroupsOfS3: a workgroup decides whether its queries read Requester Pays
// buckets and how S3 encrypts what they write.
func TestWorkgroupsOfS3(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test-secret")
	fake := &chargingS3{Handler: gofakes3.New(s3mem.New()).Server(), encrypted: map[string]string{}}
	srv := httptest.NewServer(fake)
	defer srv.Close()
	for _, object := range [][2]string{{"/pays"}, {"/pays/t/a.csv", "1,one\n2,two\n"}, {"/out"}} { // a bucket before what is in it
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, srv.URL+object[0], strings.NewReader(object[1]))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("x-amz-request-payer", "requester")
		req.Header.Set("Authorization", "x-amz-request-payer")
		res, err := srv.Client().Do(req)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatal(res, err)
		}
		res.Body.Close()
	}
	in, err := server.Open(t.Context(), server.Config{DataDir: meta.Memory, Locations: []string{"s3://pays/t/"},
		S3: store.S3Config{Endpoint: srv.URL, PathStyle: true, MaxAttempts: 1},
		Workgroups: []workgroup.Setting{
			{Name: "payers", RequesterPays: true, Encryption: "SSE_KMS", KMSKey: "alias/lake", ResultLocation: "s3://out/payers/"},
			{Name: "s3keys", RequesterPays: true, Encryption: "SSE_S3", ResultLocation: "s3://out/s3keys/"},
			{Name: "plain", RequesterPays: true, ResultLocation: "s3://out/plain/"},
			{Name: "misers"},
		}})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	l := demoSession(t, in)
	l.do(
		`CREATE EXTERNAL TABLE t (n int, s string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://pays/t/'`,
		`SET workgroup = misers`)
	l.fails(`SELECT sum(n) FROM t`, "S3 denies access")
	l.do(`SET workgroup = payers`)
	l.want(`SELECT sum(n) FROM t`, "3")
	for group, want := range map[string]string{"payers": "aws:kms alias/lake", "s3keys": "AES256 ", "plain": " "} {
		l.do(`SET workgroup = `+group, `CREATE TABLE copy_`+group+` AS SELECT * FROM t`)
		n := 0
		for path, how := range fake.encrypted {
			if strings.HasPrefix(path, "/out/"+group+"/") {
				if n++; how != want {
					t.Errorf("%s is encrypted %q, want %q", path, how, want)
				}
			}
		}
		if n == 0 {
			t.Errorf("nothing was written in workgroup %s: %v", group, fake.encrypted)
		}
		l.want(`SELECT count(*) FROM copy_`+group, "2")
	}
}

// TestDirectoriesDoNotEncrypt: what would have to be written plain is not.
func TestDirectoriesDoNotEncrypt(t *testing.T) {
	dir := t.TempDir()
	in, err := server.Open(t.Context(), server.Config{DataDir: meta.Memory, Writable: []string{dir},
		Workgroups: []workgroup.Setting{{Name: "sealed", Encryption: "SSE_S3"}}})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	l := demoSession(t, in)
	l.do(`SET workgroup = sealed`)
	l.fails(`CREATE TABLE c WITH (external_location = '`+dir+`/c/') AS SELECT 1 AS n`, "cannot be written with encryption AES256", "only S3 encrypts")
	l.fails(`CREATE WORKGROUP d WITH (result_location = '`+dir+`', result_encryption = 'SSE_S3')`, "nothing encrypts what is written into a directory")
}
