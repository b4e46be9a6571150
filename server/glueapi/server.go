package glueapi

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/glue/model"
)

// The protocol's header values.
const (
	contentType  = "application/x-amz-json-1.1"
	targetPrefix = "AWSGlue."
)

// maxBody bounds a request. A hundred partitions with a thousand columns each
// have about 6 MB.
const maxBody = 10 << 20

// maxRequests bounds the requests that are worked on at once, and with it the
// memory of their bodies and answers.
const maxRequests = 64

// DefaultCatalogID is the account that answers name unless a Config says
// another.
const DefaultCatalogID = "000000000000"

// Config says what a Server serves and to whom.
type Config struct {
	Catalog  catalog.Full
	Crawlers *crawler.Service // nil: the operations on crawlers are refused
	// Readable says why a location cannot be the target of a crawler that a client
	// creates: what may be read is the operator's decision. Nil: all can.
	Readable func(location string) error
	Keys     []Key
	// Anonymous takes requests without looking at their signatures.
	Anonymous bool
	// CatalogID is the account that the catalog belongs to; requests that name
	// another are refused. "": any is taken, and answers name DefaultCatalogID.
	CatalogID string
	Region    string // of the ARNs in answers; "": us-east-1
	Logger    *slog.Logger
	Now       func() time.Time // nil: time.Now
}

// Server is the endpoint, an http.Handler. Safe for concurrent use.
type Server struct {
	cat       catalog.Full
	crawlers  *crawler.Service
	readable  func(location string) error
	auth      verifier
	catalogID string
	anyID     bool
	region    string
	log       *slog.Logger
	now       func() time.Time
	codec     codec
	ops       map[string]operation
	slots     chan struct{}
	http      *http.Server
}

// New makes a Server. Keys must be complete and their access keys different.
func New(c Config) (*Server, error) {
	s := &Server{cat: c.Catalog, crawlers: c.Crawlers, readable: c.Readable, catalogID: c.CatalogID, region: c.Region, log: c.Logger, now: c.Now,
		auth: verifier{keys: map[string]Key{}, anonymous: c.Anonymous}, ops: operations(), slots: make(chan struct{}, maxRequests)}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.readable == nil {
		s.readable = func(string) error { return nil }
	}
	if s.anyID = s.catalogID == ""; s.anyID {
		s.catalogID = DefaultCatalogID
	}
	if s.region == "" {
		s.region = "us-east-1"
	}
	s.auth.now = s.now
	for _, k := range c.Keys {
		if k.AccessKey == "" || k.SecretKey == "" {
			return nil, fault.New(fault.CodeInvalidParameter, "a key of the Glue endpoint needs an access key and a secret key")
		}
		if _, ok := s.auth.keys[k.AccessKey]; ok {
			return nil, fault.New(fault.CodeInvalidParameter, "access key %s of the Glue endpoint is given twice", k.AccessKey)
		}
		s.auth.keys[k.AccessKey] = k
	}
	if len(c.Keys) == 0 && !c.Anonymous {
		return nil, fault.New(fault.CodeInvalidParameter, "the Glue endpoint has no keys").
			WithHint("Configure glue.keys, or set GLAUX_GLUE_ACCESS_KEY and GLAUX_GLUE_SECRET_KEY.")
	}
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute,
		WriteTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug)}
	return s, nil
}

// Serve answers requests on ln until Shutdown. It closes ln.
func (s *Server) Serve(ln net.Listener) error {
	if err := s.http.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return fault.Wrap(err, fault.CodeConnectionFailure, "the Glue endpoint on %s failed: %v", ln.Addr(), err)
	}
	return nil
}

// Shutdown stops listening and waits for the requests that are worked on, until
// ctx ends; then it closes their connections.
func (s *Server) Shutdown(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	if err != nil {
		s.http.Close()
	}
	return err
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := uuid.NewString()
	started := s.now()
	name := ""
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("bug in the Glue endpoint", "request_id", id, "operation", name, "panic", p, "stack", string(debug.Stack()))
			s.fail(w, id, exceptionOf(fault.New(fault.CodeInternal, "%v", p)))
		}
	}()
	sig, user, e := s.admit(r)
	var body []byte
	if e == nil {
		// Only now: who has no key cannot keep others out.
		select {
		case s.slots <- struct{}{}:
			defer func() { <-s.slots }()
		default:
			s.fail(w, id, newException(model.Throttling, "Rate exceeded"))
			return
		}
		body, user, e = s.body(w, r, sig, user)
	}
	if e != nil {
		s.log.Info("glue request refused", "request_id", id, "from", r.RemoteAddr, "error", e.Error())
		s.fail(w, id, e)
		return
	}
	name = strings.TrimPrefix(r.Header.Get("X-Amz-Target"), targetPrefix)
	out, err := s.call(withUser(r.Context(), user), name, body)
	if err != nil {
		e := exceptionOf(err)
		level := slog.LevelDebug
		if e.status >= http.StatusInternalServerError {
			level = slog.LevelError
		}
		s.log.Log(r.Context(), level, "glue request failed", "request_id", id, "operation", name, "user", user, "error", err)
		s.fail(w, id, e)
		return
	}
	s.log.Debug("glue request", "request_id", id, "operation", name, "user", user, "took", s.now().Sub(started))
	s.answer(w, id, http.StatusOK, s.codec.append(nil, out))
}

// admit checks what a request says before its body.
func (s *Server) admit(r *http.Request) (sig *signature, user string, e *exception) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case r.Method != http.MethodPost || r.URL.Path != "/" && r.URL.Path != "" || r.URL.RawQuery != "":
		e = newException("UnknownOperationException", "Requests of AWS Glue are POST / with the operation in X-Amz-Target.")
		e.status = http.StatusNotFound
		return nil, "", e
	case err != nil || media != contentType:
		return nil, "", newException("UnknownOperationException", "The Content-Type of a request must be %s.", contentType)
	}
	return s.auth.before(r)
}

// body reads a request's body and, with a signature, finds out whose it is.
func (s *Server) body(w http.ResponseWriter, r *http.Request, sig *signature, user string) ([]byte, string, *exception) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		e := newException("RequestEntityTooLargeException", "The request is larger than %d bytes.", maxBody)
		e.status = http.StatusRequestEntityTooLarge
		return nil, "", e
	case err != nil:
		return nil, "", newException("SerializationException", "The request's body cannot be read.")
	case sig == nil:
		return body, user, nil
	}
	user, e := s.auth.after(r, sig, body)
	return body, user, e
}

func (s *Server) call(ctx context.Context, name string, body []byte) (any, error) {
	op, ok := s.ops[name]
	if !ok {
		if unserved[name] {
			return nil, newException(model.OperationNotSupported, "Glaux does not serve the operation %s of AWS Glue.", name)
		}
		return nil, newException("UnknownOperationException", "%s is no operation of AWS Glue.", clip(name))
	}
	return op(s, ctx, body)
}

// fail writes an exception. Clients look for the message under either name.
func (s *Server) fail(w http.ResponseWriter, id string, e *exception) {
	b := append([]byte(`{"__type":`), appendText(nil, e.name)...)
	text := appendText(nil, strings.ToValidUTF8(e.message, "\uFFFD"))
	b = append(append(b, `,"Message":`...), text...)
	b = append(append(b, `,"message":`...), text...)
	w.Header().Set("X-Amzn-ErrorType", e.name)
	s.answer(w, id, e.status, append(b, '}'))
}

func (s *Server) answer(w http.ResponseWriter, id string, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("X-Amzn-RequestId", id)
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		s.log.Debug("glue answer not delivered", "request_id", id, "error", err)
	}
}

type userKey struct{}

func withUser(ctx context.Context, user string) context.Context {
	return context.WithValue(ctx, userKey{}, user)
}

// userOf gives who sent the request.
func userOf(ctx context.Context) string {
	u, _ := ctx.Value(userKey{}).(string)
	return u
}
