package store

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
)

// TestS3Encryption: the headers of both ways to upload (S3 API reference,
// PutObject and CreateMultipartUpload), and of no other request.
func TestS3Encryption(t *testing.T) {
	f, s := newFakeS3(t)
	got := map[string]string{}
	f.on(func(w http.ResponseWriter, r *http.Request) bool {
		if alg := r.Header.Get("x-amz-server-side-encryption"); alg != "" {
			got[r.Method+" "+r.URL.Path] += alg + " " + r.Header.Get("x-amz-server-side-encryption-aws-kms-key-id") + ";"
		}
		return false
	})
	for key, e := range map[string]Encryption{"none": {}, "s3": {Algorithm: "AES256"}, "kms": {Algorithm: "aws:kms", KMSKey: "k"}} {
		if _, err := s.Put(t.Context(), key, strings.NewReader("x"), PutOptions{Encryption: e}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Put(t.Context(), "big", bytes.NewReader(make([]byte, 9<<20)), PutOptions{Encryption: Encryption{"aws:kms", "k"}}); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"PUT /lake/s3": "AES256 ;", "PUT /lake/kms": "aws:kms k;", "POST /lake/big": "aws:kms k;"}
	if len(got) != len(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s: %q, want %q", k, got[k], v)
		}
	}
	m := NewMemory("memory://m")
	_, err := m.Put(t.Context(), "k", strings.NewReader("x"), PutOptions{Encryption: Encryption{Algorithm: "AES256"}})
	wantCode(t, err, fault.CodeFeatureNotSupported)
}

// TestS3RequesterPays: every operation says who pays when its context or the
// configuration does, and none does so by itself.
func TestS3RequesterPays(t *testing.T) {
	f, s := newFakeS3(t)
	said, requests := 0, 0
	f.on(func(w http.ResponseWriter, r *http.Request) bool {
		requests++
		if r.Header.Get("x-amz-request-payer") == "requester" {
			if said++; !strings.Contains(r.Header.Get("Authorization"), "x-amz-request-payer") {
				t.Errorf("%s %s: the header is not signed", r.Method, r.URL)
			}
		}
		return false
	})
	paying := WithRequesterPays(t.Context())
	if _, err := s.Put(paying, "k", strings.NewReader("text"), PutOptions{}); err != nil {
		t.Fatal(err)
	}
	o, err := s.Stat(paying, "k")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ReadRanges(paying, o, []Range{{0, 4}}); err != nil {
		t.Fatal(err)
	}
	for range s.List(paying, "") {
	}
	if err := s.Delete(paying, "k"); err != nil {
		t.Fatal(err)
	}
	if requests < 5 || said != requests {
		t.Errorf("%d of %d requests said who pays", said, requests)
	}
	said = 0
	for range s.List(t.Context(), "") {
	}
	if said != 0 {
		t.Error("a request said that it pays without being told to")
	}
	always := f.store(t, "lake", func(c *S3Config) { c.RequesterPays = true })
	for range always.List(t.Context(), "") {
	}
	if said != 1 {
		t.Error("the configuration's requester_pays has no effect")
	}
}
