package slttest

import (
	"bytes"
	"io/fs"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/glauxdb/glaux/formats/store"
)

// S3Stores is a registry over a server of S3 in this process with the one bucket
// lake, a copy of a directory; empty for "".
func S3Stores(t testing.TB, dir string) *store.Registry {
	t.Helper()
	t.Helper()
	t.Setenv("GLAUX_TEST_KEY", "AKIDTEST")
	t.Setenv("GLAUX_TEST_SECRET", "secret")
	backend := s3mem.New()
	if err := backend.CreateBucket("lake"); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(srv.Close)
	stores, err := store.NewRegistry(store.Config{Locations: []string{"s3://lake"},
		S3: store.S3Config{Endpoint: srv.URL, PathStyle: true, Region: "us-east-1", AccessKeyEnv: "GLAUX_TEST_KEY", SecretKeyEnv: "GLAUX_TEST_SECRET"}})
	if err != nil {
		t.Fatal(err)
	}
	st, _, err := stores.Open("s3://lake/")
	if err != nil {
		t.Fatal(err)
	}
	if dir == "" {
		return stores
	}
	err = fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(dir + "/" + path)
		if err == nil {
			_, err = st.Put(t.Context(), path, bytes.NewReader(data), store.PutOptions{})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return stores
}
