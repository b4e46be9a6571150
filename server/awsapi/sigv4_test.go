package awsapi

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

const testKey, testSecret = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

const emptyObjectHash = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

// signed makes a request signed by the SDK's own signer.
func signed(t testing.TB, body string, at time.Time, change func(*http.Request)) *http.Request {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://lake.example:8421/", strings.NewReader(body))
	r.Header.Set("Content-Type", ContentType)
	r.Header.Set("X-Amz-Target", "AWSGlue.GetDatabases")
	if change != nil {
		change(r)
	}
	err := v4.NewSigner().SignHTTP(context.Background(), aws.Credentials{AccessKeyID: testKey, SecretAccessKey: testSecret}, r, emptyObjectHash, "glue", "us-east-1", at)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func testVerifier() *verifier {
	return &verifier{service: "glue", keys: map[string]Key{testKey: {testKey, testSecret, "ada"}}, now: func() time.Time { return noon }}
}

func (v *verifier) check(r *http.Request) (string, *Exception) {
	sig, user, e := v.before(r)
	if e != nil || sig == nil {
		return user, e
	}
	body, _ := io.ReadAll(r.Body)
	return v.after(r, sig, body)
}

func TestSignatures(t *testing.T) {
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	replace := func(old, new string) func(*http.Request) {
		return func(r *http.Request) {
			h := r.Header.Get("Authorization")
			if !strings.Contains(h, old) {
				panic("no " + old + " in " + h)
			}
			r.Header.Set("Authorization", strings.Replace(h, old, new, 1))
		}
	}
	for _, c := range []struct {
		name          string
		before, after func(*http.Request)
		at            time.Time
		exception     string
		message       string // begins with
	}{
		{name: "right"},
		{name: "fourteen minutes old", at: noon.Add(-14 * time.Minute)},
		{name: "fourteen minutes ahead", at: noon.Add(14 * time.Minute)},
		{name: "headers with blanks", before: header("X-Amz-Meta", "  a   b  c ")},
		{name: "several values", before: func(r *http.Request) { r.Header["X-Amz-More"] = []string{"a", " b  c"} }},
		{name: "session token", before: header("X-Amz-Security-Token", "t")},
		{name: "content hash", before: header("X-Amz-Content-Sha256", emptyObjectHash)},
		{name: "old", at: noon.Add(-16 * time.Minute), exception: "InvalidSignatureException", message: "Signature expired: 20260102T114400Z is now earlier than 20260102T114500Z"},
		{name: "from the future", at: noon.Add(16 * time.Minute), exception: "InvalidSignatureException", message: "Signature not yet current"},
		{name: "no signature", after: func(r *http.Request) { r.Header.Del("Authorization") }, exception: "MissingAuthenticationTokenException"},
		{name: "another body", after: func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(`[]`)) }, exception: "InvalidSignatureException", message: "The request signature we calculated"},
		{name: "another operation", after: header("X-Amz-Target", "AWSGlue.DeleteDatabase"), exception: "InvalidSignatureException"},
		{name: "another host", after: func(r *http.Request) { r.Host = "evil.example" }, exception: "InvalidSignatureException"},
		{name: "a header added", after: header("X-Amz-Added", "x"), exception: "InvalidSignatureException", message: "'x-amz-added' must be a 'SignedHeader'"},
		{name: "wrong content hash", before: header("X-Amz-Content-Sha256", strings.Repeat("0", 64)), exception: "InvalidSignatureException"},
		{name: "unsigned payload", before: header("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"), exception: "InvalidSignatureException"},
		{name: "unknown key", after: replace(testKey, "AKIDOTHER"), exception: "UnrecognizedClientException", message: "The security token included in the request is invalid."},
		{name: "another region", after: replace("/us-east-1/", "/us-west-1/"), exception: "InvalidSignatureException"},
		{name: "another service", after: replace("/glue/", "/s3/"), exception: "InvalidSignatureException", message: "Credential should be scoped to correct service: 'glue'."},
		{name: "another day", after: replace("/20260102/", "/20260101/"), exception: "InvalidSignatureException", message: "Date in Credential scope"},
		{name: "another terminator", after: replace("aws4_request", "aws5_request"), exception: "InvalidSignatureException"},
		{name: "target not signed", after: replace(";x-amz-target", ""), exception: "InvalidSignatureException", message: "'x-amz-target' must be"},
		{name: "host not signed", after: replace("host;", ""), exception: "InvalidSignatureException"},
		{name: "no date", after: func(r *http.Request) { r.Header.Del("X-Amz-Date") }, exception: "IncompleteSignatureException"},
		{name: "a bad date", after: header("X-Amz-Date", "yesterday"), exception: "IncompleteSignatureException"},
		{name: "another algorithm", after: replace("AWS4-HMAC-SHA256", "AWS4-HMAC-MD5"), exception: "IncompleteSignatureException"},
		{name: "no signature in it", after: replace("Signature=", "Sig="), exception: "IncompleteSignatureException", message: "Authorization header requires 'Signature' parameter."},
		{name: "no hex", after: replace("Signature=", "Signature=zz"), exception: "InvalidSignatureException"},
		{name: "a short scope", after: replace("/us-east-1", ""), exception: "IncompleteSignatureException"},
		{name: "a cut signature", after: func(r *http.Request) {
			h := r.Header.Get("Authorization")
			r.Header.Set("Authorization", h[:len(h)-2])
		}, exception: "InvalidSignatureException"},
		{name: "a long header", after: header("Authorization", "AWS4-HMAC-SHA256 "+strings.Repeat("x", 10000)), exception: "IncompleteSignatureException"},
	} {
		at := c.at
		if at.IsZero() {
			at = noon
		}
		r := signed(t, "{}", at, c.before)
		if c.after != nil {
			c.after(r)
		}
		user, e := testVerifier().check(r)
		if c.exception == "" {
			if e != nil || user != "ada" {
				t.Errorf("%s: %v, user %q", c.name, e, user)
			}
			continue
		}
		if e == nil || e.Name != c.exception || !strings.HasPrefix(e.Message, c.message) || e.Status != http.StatusBadRequest {
			t.Errorf("%s: %v, want %s: %s", c.name, e, c.exception, c.message)
		}
	}
}

// TestSignatureExample checks the signing key's derivation against the example
// of the AWS General Reference.
func TestSignatureExample(t *testing.T) {
	k := mac([]byte("AWS4wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), "20150830")
	for _, p := range []string{"us-east-1", "iam", "aws4_request"} {
		k = mac(k, p)
	}
	want := []byte{0xc4, 0xaf, 0xb1, 0xcc, 0x57, 0x71, 0xd8, 0x71, 0x76, 0x3a, 0x39, 0x3e, 0x44, 0xb7, 0x03, 0x57}
	if !bytes.Equal(k[:16], want) {
		t.Errorf("key = %x", k)
	}
}

func TestKeys(t *testing.T) {
	service := Service{Short: "Glue", Signing: "glue"}
	for _, c := range []Config{{}, {Keys: []Key{{AccessKey: "a"}}}, {Keys: []Key{{"a", "b", ""}, {"a", "c", ""}}}} {
		if _, err := New(service, c); err == nil {
			t.Errorf("keys %v were taken", c.Keys)
		}
	}
}

// FuzzAuthorization reads anything as a signature: no panic, and never a user.
func FuzzAuthorization(f *testing.F) {
	good := signed(f, "{}", noon, nil)
	f.Add(good.Header.Get("Authorization"), good.Header.Get("X-Amz-Date"))
	f.Add("AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host;x-amz-date, Signature=00", "20260102T120000Z")
	f.Add("AWS4-HMAC-SHA256 Credential=////, SignedHeaders=;, Signature=", "")
	f.Fuzz(func(t *testing.T, auth, date string) {
		r := httptest.NewRequest(http.MethodPost, "http://other.example/", strings.NewReader("{}"))
		r.Header["Authorization"], r.Header["X-Amz-Date"] = []string{auth}, []string{date}
		if user, e := testVerifier().check(r); e == nil {
			t.Fatalf("%q at %q is user %q", auth, date, user)
		}
	})
}
