package awsapi

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

	"github.com/glauxdb/glaux/catalog/fault"
)

// ContentType is that of requests and answers.
const ContentType = "application/x-amz-json-1.1"

// MaxBody bounds a request. A hundred partitions with a thousand columns each
// have about 6 MB.
const MaxBody = 10 << 20

// MaxRequests bounds the requests that are worked on at once, and with it the
// memory of their bodies and answers.
const MaxRequests = 64

// Operation runs one operation: its request as JSON to its response, a struct
// of the SDK.
type Operation func(ctx context.Context, body []byte) (any, error)

// Service is what an endpoint serves.
type Service struct {
	Name       string // for messages and logs: AWS Glue
	Short      string // the configuration's word: Glue
	Signing    string // the service in a signature's scope: glue
	Target     string // what X-Amz-Target begins with: AWSGlue.
	Operations map[string]Operation
	// Unserved are operations that exist and are not served, so that a client
	// which calls one is told so rather than that it has misspelled it.
	Unserved   map[string]bool
	NotServed  string // the exception for them
	Throttling string // the exception where too many requests are worked on
	// Exception translates what an operation returns, and bugs.
	Exception func(error) *Exception
	Codec     *Codec
	// Account is what GetCallerIdentity of AWS STS answers here too, for clients
	// that ask for it first; "": it is not served.
	Account string
}

// Config says to whom a Service is served.
type Config struct {
	Keys []Key
	// Anonymous takes requests without looking at their signatures.
	Anonymous bool
	Logger    *slog.Logger
	Now       func() time.Time // nil: time.Now
}

// Server is an endpoint, an http.Handler. Safe for concurrent use.
type Server struct {
	service Service
	auth    verifier
	log     *slog.Logger
	now     func() time.Time
	slots   chan struct{}
	http    *http.Server
}

// New makes a Server. Keys must be complete and their access keys different.
func New(service Service, c Config) (*Server, error) {
	s := &Server{service: service, log: c.Logger, now: c.Now, slots: make(chan struct{}, MaxRequests),
		auth: verifier{service: service.Signing, keys: map[string]Key{}, anonymous: c.Anonymous}}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.auth.now = s.now
	for _, k := range c.Keys {
		if k.AccessKey == "" || k.SecretKey == "" {
			return nil, fault.New(fault.CodeInvalidParameter, "a key of the %s endpoint needs an access key and a secret key", service.Short)
		}
		if _, ok := s.auth.keys[k.AccessKey]; ok {
			return nil, fault.New(fault.CodeInvalidParameter, "access key %s of the %s endpoint is given twice", k.AccessKey, service.Short)
		}
		s.auth.keys[k.AccessKey] = k
	}
	if len(c.Keys) == 0 && !c.Anonymous {
		return nil, fault.New(fault.CodeInvalidParameter, "the %s endpoint has no keys", service.Short)
	}
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute,
		WriteTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug)}
	return s, nil
}

// Serve answers requests on ln until Shutdown. It closes ln.
func (s *Server) Serve(ln net.Listener) error {
	if err := s.http.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return fault.Wrap(err, fault.CodeConnectionFailure, "the %s endpoint on %s failed: %v", s.service.Short, ln.Addr(), err)
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
	log := s.log.With("service", s.service.Name, "request_id", id)
	defer func() {
		if p := recover(); p != nil {
			log.Error("bug in an endpoint", "operation", name, "panic", p, "stack", string(debug.Stack()))
			s.fail(w, id, s.service.Exception(fault.New(fault.CodeInternal, "%v", p)))
		}
	}()
	if s.service.Account != "" && isForm(r) {
		name = "GetCallerIdentity"
		s.identify(w, r, id)
		return
	}
	sig, user, e := s.admit(r)
	var body []byte
	if e == nil {
		// Only now: who has no key cannot keep others out.
		select {
		case s.slots <- struct{}{}:
			defer func() { <-s.slots }()
		default:
			s.fail(w, id, NewException(s.service.Throttling, "Rate exceeded"))
			return
		}
		body, user, e = s.body(w, r, sig, user)
	}
	if e != nil {
		log.Info("request refused", "from", r.RemoteAddr, "error", e.Error())
		s.fail(w, id, e)
		return
	}
	name = strings.TrimPrefix(r.Header.Get("X-Amz-Target"), s.service.Target)
	out, err := s.call(withCaller(r.Context(), user, r), name, body)
	if err != nil {
		e := s.service.Exception(err)
		level := slog.LevelDebug
		if e.Status >= http.StatusInternalServerError {
			level = slog.LevelError
		}
		log.Log(r.Context(), level, "request failed", "operation", name, "user", user, "error", err)
		s.fail(w, id, e)
		return
	}
	log.Debug("request", "operation", name, "user", user, "took", s.now().Sub(started))
	s.answer(w, id, http.StatusOK, s.service.Codec.Append(nil, out))
}

// admit checks what a request says before its body.
func (s *Server) admit(r *http.Request) (sig *signature, user string, e *Exception) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case r.Method != http.MethodPost || r.URL.Path != "/" && r.URL.Path != "" || r.URL.RawQuery != "":
		e = NewException("UnknownOperationException", "Requests of %s are POST / with the operation in X-Amz-Target.", s.service.Name)
		e.Status = http.StatusNotFound
		return nil, "", e
	case err != nil || media != ContentType:
		return nil, "", NewException("UnknownOperationException", "The Content-Type of a request must be %s.", ContentType)
	}
	return s.auth.before(r)
}

// body reads a request's body and, with a signature, finds out whose it is.
func (s *Server) body(w http.ResponseWriter, r *http.Request, sig *signature, user string) ([]byte, string, *Exception) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		e := NewException("RequestEntityTooLargeException", "The request is larger than %d bytes.", MaxBody)
		e.Status = http.StatusRequestEntityTooLarge
		return nil, "", e
	case err != nil:
		return nil, "", NewException("SerializationException", "The request's body cannot be read.")
	case sig == nil:
		return body, user, nil
	}
	user, e := s.auth.after(r, sig, body)
	return body, user, e
}

func (s *Server) call(ctx context.Context, name string, body []byte) (any, error) {
	op, ok := s.service.Operations[name]
	if !ok {
		if s.service.Unserved[name] {
			return nil, NewException(s.service.NotServed, "Glaux does not serve the operation %s of %s.", name, s.service.Name)
		}
		return nil, NewException("UnknownOperationException", "%s is no operation of %s.", Clip(name), s.service.Name)
	}
	return op(ctx, body)
}

// fail writes an exception. Clients look for the message under either name.
func (s *Server) fail(w http.ResponseWriter, id string, e *Exception) {
	b := append([]byte(`{"__type":`), appendText(nil, e.Name)...)
	text := appendText(nil, strings.ToValidUTF8(e.Message, "\uFFFD"))
	b = append(append(b, `,"Message":`...), text...)
	b = append(append(b, `,"message":`...), text...)
	for _, m := range e.Members {
		b = append(appendText(append(b, ','), m.Name), ':')
		b = appendText(b, m.Value)
	}
	w.Header().Set("X-Amzn-ErrorType", e.Name)
	s.answer(w, id, e.Status, append(b, '}'))
}

func (s *Server) answer(w http.ResponseWriter, id string, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", ContentType)
	h.Set("X-Amzn-RequestId", id)
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		s.log.Debug("answer not delivered", "service", s.service.Name, "request_id", id, "error", err)
	}
}

// caller is who sent a request, and with what.
type caller struct{ user, addr, agent string }

type callerKey struct{}

func withCaller(ctx context.Context, user string, r *http.Request) context.Context {
	return context.WithValue(ctx, callerKey{}, caller{user, r.RemoteAddr, r.UserAgent()})
}

// User gives who sent the request.
func User(ctx context.Context) string {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c.user
}

// Client gives the address and the program that a request came from.
func Client(ctx context.Context) (addr, agent string) {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c.addr, c.agent
}

// Names makes a set of names that are divided by white space.
func Names(names string) map[string]bool {
	set := map[string]bool{}
	for _, n := range strings.Fields(names) {
		set[n] = true
	}
	return set
}
