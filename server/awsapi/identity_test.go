package awsapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// TestIdentity asks for the caller's identity as clients of AWS STS do.
func TestIdentity(t *testing.T) {
	const ask = "Action=GetCallerIdentity&Version=2011-06-15"
	for _, c := range []struct {
		name, body, service, secret string
		at                          time.Time
		status                      int
		want                        string
	}{
		{"whose the key is", ask, "sts", testSecret, noon, 200, "<Arn>arn:aws:iam::123456789012:user/ada</Arn><UserId>ada</UserId><Account>123456789012</Account>"},
		{"another action", "Action=GetSessionToken&Version=2011-06-15", "sts", testSecret, noon, 400, "<Code>InvalidAction</Code>"},
		{"no form", "%zz", "sts", testSecret, noon, 400, "<Code>InvalidAction</Code>"},
		{"signed for another service", ask, "athena", testSecret, noon, 400, "<Code>InvalidSignatureException</Code>"},
		{"a wrong key", ask, "sts", "wrong", noon, 400, "<Code>InvalidSignatureException</Code>"},
		{"an old signature", ask, "sts", testSecret, noon.Add(-time.Hour), 400, "Signature expired"},
		{"a long body", ask + strings.Repeat("&a=b", maxForm), "sts", testSecret, noon, 400, "<Code>ValidationError</Code>"},
	} {
		s, err := New(Service{Name: "AWS Test", Signing: "athena", Account: "123456789012"},
			Config{Keys: []Key{{testKey, testSecret, "ada"}}, Now: func() time.Time { return noon }})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "http://lake.example:8422/", strings.NewReader(c.body))
		r.Header.Set("Content-Type", formType+"; charset=utf-8")
		sum := sha256.Sum256([]byte(c.body))
		key := aws.Credentials{AccessKeyID: testKey, SecretAccessKey: c.secret}
		if err := v4.NewSigner().SignHTTP(context.Background(), key, r, hex.EncodeToString(sum[:]), c.service, "us-east-1", c.at); err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s: %d %s, want %d %s", c.name, w.Code, w.Body, c.status, c.want)
		}
	}
}
