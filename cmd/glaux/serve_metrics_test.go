package main

import (
	"net"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/server"
)

// TestMetricsPortTaken: the error names the address and the flag.
func TestMetricsPortTaken(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	a := &app{conf: &config{Metrics: metricsConfig{Listen: ln.Addr().String()}}}
	_, _, err = a.listenMetrics(nil)
	if f := fault.As(err); f == nil || f.Code != fault.CodeConnectionFailure || !strings.Contains(f.Message, ln.Addr().String()) || !strings.Contains(f.Hint, "--metrics-listen") {
		t.Errorf("%v", err)
	}
	a.conf.Metrics.Listen = "nowhere"
	if _, _, err = a.listenMetrics(nil); fault.As(err).Code != fault.CodeConnectionFailure {
		t.Errorf("%v", err)
	}
	a.conf.Metrics.Listen = ""
	if s, ln, err := a.listenMetrics(nil); s != nil || ln != nil || err != nil {
		t.Error(s, ln, err)
	}
}

// TestBadCollector: an address that is none is an error at the start.
func TestBadCollector(t *testing.T) {
	a := &app{Instance: &server.Instance{}, conf: &config{}}
	a.conf.Tracing.Endpoint = "127.0.0.1:4318"
	if _, err := a.trace(t.Context()); !fault.Is(err, fault.CodeInvalidParameter) {
		t.Errorf("%v", err)
	}
}
