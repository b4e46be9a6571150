package store

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
)

func TestRegistryOpen(t *testing.T) {
	dir := t.TempDir()
	mustNot(t, os.MkdirAll(filepath.Join(dir, "lake", "sales"), 0o777))
	single := filepath.Join(dir, "single.csv")
	mustNot(t, os.WriteFile(single, []byte("x"), 0o666))
	r, err := NewRegistry(Config{Locations: []string{"s3://open", "s3://part/a/b/", filepath.Join(dir, "lake"), single},
		S3: S3Config{Endpoint: "http://127.0.0.1:1", Anonymous: true}})
	mustNot(t, err)
	mustNot(t, r.Mount("memory://m", NewMemory("m")))
	lake := filepath.Join(dir, "lake")
	tests := []struct {
		loc, prefix, url string
		code             fault.Code
	}{
		{"s3://open", "", "s3://open/k", ""},
		{"s3a://open/x/y/", "x/y", "s3://open/k", ""},
		{"s3://part/a/b", "a/b", "s3://part/k", ""},
		{"s3://part/a/b/c", "a/b/c", "s3://part/k", ""},
		{"s3://part/a/bc", "", "", fault.CodeInsufficientPriv},
		{"s3://part/a/b/../c", "", "", fault.CodeInvalidParameter},
		{"s3://part", "", "", fault.CodeInsufficientPriv},
		{"s3://other", "", "", fault.CodeInsufficientPriv},
		{"s3://", "", "", fault.CodeInvalidParameter},
		{"", "", "", fault.CodeInvalidParameter},
		{lake, "", lake + "/k", ""},
		{lake + "/sales/", "sales", lake + "/k", ""},
		{"file://" + lake + "/sales", "sales", lake + "/k", ""},
		{"file:" + lake + "/a%20b", "a b", lake + "/k", ""},
		{"file://host/x", "", "", fault.CodeInvalidParameter},
		{lake + "/../other", "", "", fault.CodeInsufficientPriv},
		{lake + "2", "", "", fault.CodeInsufficientPriv},
		{"/etc", "", "", fault.CodeInsufficientPriv},
		{single, "single.csv", dir + "/k", ""},
		{dir + "/other.csv", "", "", fault.CodeInsufficientPriv},
		{"memory://m/t/", "t", "memory://m/k", ""},
		{"memory://n", "", "", fault.CodeInsufficientPriv},
	}
	for _, tt := range tests {
		t.Run(tt.loc, func(t *testing.T) {
			s, prefix, err := r.Open(tt.loc)
			if tt.code != "" {
				wantCode(t, err, tt.code)
				return
			}
			mustNot(t, err)
			if prefix != tt.prefix || s.URL("k") != tt.url {
				t.Errorf("prefix %q url %q, want %q %q", prefix, s.URL("k"), tt.prefix, tt.url)
			}
			again, _, err := r.Open(tt.loc)
			if err != nil || again != s {
				t.Error("not the same store again")
			}
		})
	}
	if len(r.Allowed()) != 5 {
		t.Error(r.Allowed())
	}
}

func TestS3ConfigErrors(t *testing.T) {
	t.Setenv("GLAUX_TEST_ID", "x")
	_, err := NewS3("b", S3Config{AccessKeyEnv: "GLAUX_TEST_ID", SecretKeyEnv: "GLAUX_TEST_UNSET"})
	wantCode(t, err, fault.CodeInvalidParameter, "GLAUX_TEST_UNSET")
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "none"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "none"))
	_, err = NewS3("b", S3Config{Profile: "nobody"})
	wantCode(t, err, fault.CodeInvalidParameter, "nobody")
}
