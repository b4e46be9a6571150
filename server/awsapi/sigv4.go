package awsapi

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// The constants of Signature Version 4 (AWS General Reference, "Create a signed
// AWS API request").
const (
	sigAlgorithm  = "AWS4-HMAC-SHA256"
	sigTerminator = "aws4_request"
	sigTime       = "20060102T150405Z"
	sigDate       = "20060102"
	sigSkew       = 15 * time.Minute
)

// maxAuthorization bounds the header; a real one has some 300 bytes.
const maxAuthorization = 8 << 10

// Key is a pair of an access key and its secret, and whose it is.
type Key struct {
	AccessKey string
	SecretKey string
	User      string // "": the access key
}

// signature is a parsed Authorization header.
type signature struct {
	accessKey            string
	date, region         string // of the scope
	service, terminator  string
	signed               []string // names of the headers, as listed
	signature            string   // hexadecimal
	signedText, scopeStr string
}

func incomplete(format string, args ...any) *Exception {
	return NewException("IncompleteSignatureException", format, args...)
}

// parseAuthorization reads the header
//
//	AWS4-HMAC-SHA256 Credential=AKID/20260102/us-east-1/glue/aws4_request, SignedHeaders=a;b, Signature=hex
func parseAuthorization(h string) (*signature, *Exception) {
	if len(h) > maxAuthorization {
		return nil, incomplete("Authorization header is longer than %d bytes.", maxAuthorization)
	}
	rest, ok := strings.CutPrefix(h, sigAlgorithm)
	if !ok || rest != "" && rest[0] != ' ' {
		return nil, incomplete("Authorization header requires the algorithm '%s'.", sigAlgorithm)
	}
	parts := map[string]string{}
	for p := range strings.SplitSeq(rest, ",") {
		if k, v, ok := strings.Cut(strings.TrimSpace(p), "="); ok {
			parts[k] = v
		}
	}
	for _, k := range []string{"Credential", "SignedHeaders", "Signature"} {
		if parts[k] == "" {
			return nil, incomplete("Authorization header requires '%s' parameter.", k)
		}
	}
	s := &signature{signature: parts["Signature"], signedText: parts["SignedHeaders"]}
	// An access key may hold slashes; the scope's four parts may not.
	scope := strings.Split(parts["Credential"], "/")
	if len(scope) < 5 {
		return nil, incomplete("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '%s'.", parts["Credential"])
	}
	n := len(scope) - 4
	s.accessKey = strings.Join(scope[:n], "/")
	s.date, s.region, s.service, s.terminator = scope[n], scope[n+1], scope[n+2], scope[n+3]
	s.scopeStr = strings.Join(scope[n:], "/")
	s.signed = strings.Split(s.signedText, ";")
	if !slices.IsSorted(s.signed) || slices.Contains(s.signed, "") || s.signedText != strings.ToLower(s.signedText) {
		return nil, incomplete("SignedHeaders must be lower-case names in order, got '%s'.", s.signedText)
	}
	return s, nil
}

// verifier checks the signatures of requests against the keys that it knows.
type verifier struct {
	service   string // in the scope of signatures
	keys      map[string]Key
	anonymous bool // requests without a signature, or with any, are taken
	now       func() time.Time
}

// AnonymousUser is who a request without a signature is from.
const AnonymousUser = "anonymous"

// before checks all of a request that can be checked without its body. user is set
// and sig nil where nothing remains to be checked.
func (v *verifier) before(r *http.Request) (sig *signature, user string, e *Exception) {
	h := r.Header.Get("Authorization")
	if v.anonymous {
		return nil, AnonymousUser, nil
	}
	if h == "" {
		return nil, "", NewException("MissingAuthenticationTokenException", "Missing Authentication Token")
	}
	sig, e = parseAuthorization(h)
	if e != nil {
		return nil, "", e
	}
	if _, ok := v.keys[sig.accessKey]; !ok {
		return nil, "", NewException("UnrecognizedClientException", "The security token included in the request is invalid.")
	}
	if e := v.checkScope(r, sig); e != nil {
		return nil, "", e
	}
	return sig, "", checkSigned(r, sig)
}

func invalidSignature(format string, args ...any) *Exception {
	return NewException("InvalidSignatureException", format, args...)
}

func (v *verifier) checkScope(r *http.Request, sig *signature) *Exception {
	stamp := r.Header.Get("X-Amz-Date")
	if stamp == "" {
		return incomplete("Authorization header requires existence of a 'X-Amz-Date' header.")
	}
	at, err := time.Parse(sigTime, stamp)
	if err != nil {
		return incomplete("Date must be in ISO-8601 'basic format'. Got '%s'.", Clip(stamp))
	}
	switch {
	case sig.terminator != sigTerminator:
		return invalidSignature("Credential should be scoped with a valid terminator: '%s', not '%s'.", sigTerminator, sig.terminator)
	case sig.service != v.service:
		return invalidSignature("Credential should be scoped to correct service: '%s'.", v.service)
	case sig.date != at.Format(sigDate):
		return invalidSignature("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '%s' != '%s', from '%s'.",
			sig.date, at.Format(sigDate), stamp)
	}
	now := v.now().UTC()
	switch {
	case at.Before(now.Add(-sigSkew)):
		return invalidSignature("Signature expired: %s is now earlier than %s (%s - 15 min.)", stamp, now.Add(-sigSkew).Format(sigTime), now.Format(sigTime))
	case at.After(now.Add(sigSkew)):
		return invalidSignature("Signature not yet current: %s is still later than %s (%s + 15 min.)", stamp, now.Add(sigSkew).Format(sigTime), now.Format(sigTime))
	}
	return nil
}

// checkSigned demands that what gives a request its meaning is signed: the host and
// every header of AWS.
func checkSigned(r *http.Request, sig *signature) *Exception {
	must := []string{"host"}
	for name := range r.Header {
		if l := strings.ToLower(name); strings.HasPrefix(l, "x-amz-") {
			must = append(must, l)
		}
	}
	sort.Strings(must)
	for _, name := range must {
		if _, ok := slices.BinarySearch(sig.signed, name); !ok {
			return invalidSignature("'%s' must be a 'SignedHeader' in the AWS Authorization.", name)
		}
	}
	return nil
}

// after checks the signature over the whole request and gives the user.
func (v *verifier) after(r *http.Request, sig *signature, body []byte) (string, *Exception) {
	sum := sha256.Sum256(body)
	payload := hex.EncodeToString(sum[:])
	if said := r.Header.Get("X-Amz-Content-Sha256"); said != "" && said != payload {
		return "", invalidSignature("The value of 'X-Amz-Content-Sha256' is not the hash of the body.")
	}
	key := v.keys[sig.accessKey]
	want := sign(key.SecretKey, r, sig, payload)
	got, err := hex.DecodeString(sig.signature)
	if err != nil || !hmac.Equal(got, want) {
		return "", invalidSignature("The request signature we calculated does not match the signature you provided. " +
			"Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
	}
	if key.User == "" {
		return key.AccessKey, nil
	}
	return key.User, nil
}

// sign computes the signature of a request as the AWS General Reference
// describes, in its three steps: canonical request, string to sign, signature.
func sign(secret string, r *http.Request, sig *signature, payload string) []byte {
	canonical := canonicalRequest(r, sig, payload)
	sum := sha256.Sum256(canonical)
	toSign := strings.Join([]string{sigAlgorithm, r.Header.Get("X-Amz-Date"), sig.scopeStr, hex.EncodeToString(sum[:])}, "\n")
	k := mac([]byte("AWS4"+secret), sig.date)
	for _, part := range []string{sig.region, sig.service, sig.terminator} {
		k = mac(k, part)
	}
	return mac(k, toSign)
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// canonicalRequest writes what is signed. The path is always / and the query
// empty: the server takes no other requests.
func canonicalRequest(r *http.Request, sig *signature, payload string) []byte {
	b := append([]byte(r.Method), "\n/\n\n"...)
	for _, name := range sig.signed {
		b = append(append(b, name...), ':')
		b = append(append(b, headerText(r, name)...), '\n')
	}
	b = append(append(b, '\n'), sig.signedText...)
	return append(append(b, '\n'), payload...)
}

// headerText gives a header's values as they are signed: blanks at the ends cut
// off, runs of blanks made one. The server takes some headers out of the map.
func headerText(r *http.Request, name string) string {
	switch name {
	case "host":
		return strings.TrimSpace(r.Host)
	case "content-length":
		return strconv.FormatInt(r.ContentLength, 10)
	case "transfer-encoding":
		return strings.Join(r.TransferEncoding, ",")
	}
	values := r.Header.Values(name)
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = strings.Join(strings.Fields(v), " ")
	}
	return strings.Join(out, ",")
}
