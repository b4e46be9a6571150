package awsapi

import (
	"encoding/xml"
	"io"
	"mime"
	"net/http"
	"net/url"
)

// formType is the Content-Type of AWS's older protocol, which AWS STS speaks: a
// form in, XML out.
const formType = "application/x-www-form-urlencoded"

// stsNamespace is that of the answers of AWS STS.
const stsNamespace = "https://sts.amazonaws.com/doc/2011-06-15/"

// maxForm bounds a request for an identity; a real one has some 50 bytes.
const maxForm = 16 << 10

// callerIdentity is the answer to GetCallerIdentity of AWS STS.
type callerIdentity struct {
	XMLName   xml.Name `xml:"GetCallerIdentityResponse"`
	Namespace string   `xml:"xmlns,attr"`
	Arn       string   `xml:"GetCallerIdentityResult>Arn"`
	User      string   `xml:"GetCallerIdentityResult>UserId"`
	Account   string   `xml:"GetCallerIdentityResult>Account"`
	Request   string   `xml:"ResponseMetadata>RequestId"`
}

// stsError is an exception of AWS STS.
type stsError struct {
	XMLName   xml.Name `xml:"ErrorResponse"`
	Namespace string   `xml:"xmlns,attr"`
	Type      string   `xml:"Error>Type"`
	Code      string   `xml:"Error>Code"`
	Message   string   `xml:"Error>Message"`
	Request   string   `xml:"RequestId"`
}

// isForm reports whether a request is in the protocol of AWS STS.
func isForm(r *http.Request) bool {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && media == formType
}

// identify answers GetCallerIdentity of AWS STS, by which clients (dbt-athena) find
// out what account their catalog belongs to. There are no other operations.
func (s *Server) identify(w http.ResponseWriter, r *http.Request, id string) {
	user, e := s.identity(w, r)
	var out any = &callerIdentity{Namespace: stsNamespace, Arn: "arn:aws:iam::" + s.service.Account + ":user/" + user, User: user,
		Account: s.service.Account, Request: id}
	status := http.StatusOK
	if e != nil {
		s.log.Info("request refused", "service", "AWS STS", "request_id", id, "from", r.RemoteAddr, "error", e.Error())
		out, status = &stsError{Namespace: stsNamespace, Type: "Sender", Code: e.Name, Message: e.Message, Request: id}, e.Status
	}
	text, err := xml.Marshal(out)
	if err != nil { // structs of texts: a bug
		panic(err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/xml")
	h.Set("X-Amzn-RequestId", id)
	w.WriteHeader(status)
	if _, err := w.Write(text); err != nil {
		s.log.Debug("answer not delivered", "service", "AWS STS", "request_id", id, "error", err)
	}
}

// identity finds out who sent a request for an identity.
func (s *Server) identity(w http.ResponseWriter, r *http.Request) (user string, e *Exception) {
	auth := s.auth
	auth.service = "sts"
	if r.Method != http.MethodPost || r.URL.Path != "/" && r.URL.Path != "" || r.URL.RawQuery != "" {
		return "", NewException("InvalidAction", "Requests of AWS STS are POST / with a form.")
	}
	sig, user, e := auth.before(r)
	if e != nil {
		return "", e
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
	if err != nil {
		return "", NewException("ValidationError", "The request's body cannot be read, or is longer than %d bytes.", maxForm)
	}
	if sig != nil {
		if user, e = auth.after(r, sig, body); e != nil {
			return "", e
		}
	}
	form, err := url.ParseQuery(string(body))
	if action := form.Get("Action"); err != nil || action != "GetCallerIdentity" {
		return "", NewException("InvalidAction", "Could not find operation %s for version 2011-06-15: only GetCallerIdentity is served.", Clip(action))
	}
	return user, nil
}
