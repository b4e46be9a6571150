package metrics

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/glauxdb/glaux/catalog/fault"
)

// maxScrapes bounds the scrapes at one time: each asks every part of the server.
const maxScrapes = 4

// Server answers HTTP requests for metrics and health. It is not protected: whoever
// reaches its port may read it.
type Server struct {
	m        *Metrics
	http     *http.Server
	draining atomic.Bool
}

// NewServer makes the server of some metrics; Serve starts it.
func NewServer(m *Metrics) *Server {
	s := &Server{m: m}
	s.http = &http.Server{Handler: s.handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(m.log.Handler(), slog.LevelDebug)}
	return s
}

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	// A part that fails is missing, and counted; the rest is still worth having.
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError,
		ErrorLog: slog.NewLogLogger(s.m.log.Handler(), slog.LevelWarn), MaxRequestsInFlight: maxScrapes, EnableOpenMetrics: true}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", s.ready)
	return mux
}

// ready answers whether clients should be sent here.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	if s.draining.Load() {
		answer(w, http.StatusServiceUnavailable, "shutting down")
		return
	}
	if f := s.m.conf.Ready; f != nil {
		ctx, cancel := context.WithTimeout(r.Context(), scrapeTime)
		defer cancel()
		if err := f(ctx); err != nil {
			s.m.log.Warn("not ready", "error", err)
			answer(w, http.StatusServiceUnavailable, "not ready: "+fault.As(err).Message)
			return
		}
	}
	answer(w, http.StatusOK, "ready")
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write([]byte(text + "\n"))
}

// Drain has readiness denied from now on: the server finishes what it is doing.
func (s *Server) Drain() { s.draining.Store(true) }

// Serve answers requests on ln until Shutdown. It closes ln.
func (s *Server) Serve(ln net.Listener) error {
	if err := s.http.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return fault.Wrap(err, fault.CodeConnectionFailure, "the metrics endpoint on %s failed: %v", ln.Addr(), err)
	}
	return nil
}

// Shutdown stops listening and waits for the requests that are answered, until ctx
// ends; then it closes their connections.
func (s *Server) Shutdown(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	if err != nil {
		s.http.Close()
	}
	return err
}
