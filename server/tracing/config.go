package tracing

import (
	"math"
	"net/url"
	"strings"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Config says where spans go and what is in them. The YAML names are those of
// glaux.yaml. What it leaves open OpenTelemetry's environment variables say.
type Config struct {
	// Endpoint is the collector's URL, as http://127.0.0.1:4318; without a path
	// spans go to /v1/traces. "": what OTEL_EXPORTER_OTLP_TRACES_ENDPOINT or
	// OTEL_EXPORTER_OTLP_ENDPOINT says; without them there are no traces.
	Endpoint string            `yaml:"endpoint"`
	Headers  map[string]string `yaml:"headers"`
	// Sample is the share of the statements without a traceparent that are traced,
	// from 0 to 1; those with one are traced if it says so. nil: OTEL_TRACES_SAMPLER,
	// else all.
	Sample *float64 `yaml:"sample"`
	// QueryText is what of a statement's text goes into its span, and of its error's
	// message: hidden (the default: without values), full or none.
	QueryText string `yaml:"query_text"`
}

// What QueryText may be.
const (
	TextHidden = "hidden"
	TextFull   = "full"
	TextNone   = "none"
)

// complete lays the environment under the configuration and checks it. on tells
// whether there is somewhere to send spans.
func (c *Config) complete(env func(string) string) (on bool, err error) {
	if c.QueryText == "" {
		c.QueryText = TextHidden
	}
	if t := c.QueryText; t != TextHidden && t != TextFull && t != TextNone {
		return false, fault.New(fault.CodeInvalidParameter, "tracing.query_text must be hidden, full or none, not %q", t)
	}
	if s := c.Sample; s != nil && !(*s >= 0 && *s <= 1) { // so that NaN is none
		return false, fault.New(fault.CodeInvalidParameter, "tracing.sample must be from 0 to 1, not %v", *s)
	}
	if strings.EqualFold(env("OTEL_SDK_DISABLED"), "true") || strings.EqualFold(env("OTEL_TRACES_EXPORTER"), "none") {
		return false, nil
	}
	if c.Endpoint, err = endpoint(c.Endpoint, env); err != nil || c.Endpoint == "" {
		return false, err
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"} {
		if p := env(name); p != "" {
			if !strings.HasPrefix(p, "http/") {
				return false, fault.New(fault.CodeFeatureNotSupported, "%s=%s: spans are sent over HTTP only", name, p).
					WithHint("Use http/protobuf and the collector's HTTP port, which is 4318 unless it was changed.")
			}
			break
		}
	}
	return true, nil
}

// endpoint gives the URL that spans are posted to, "" if nobody names one. Of the
// general variable OTLP's specification has the path appended, the one for traces
// is taken as it is.
func endpoint(configured string, env func(string) string) (string, error) {
	const traces, general = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"
	switch {
	case configured != "":
		u, err := parseURL("tracing.endpoint", configured)
		if err != nil {
			return "", err
		}
		if strings.Trim(u.Path, "/") == "" {
			u.Path = "/v1/traces"
		}
		return u.String(), nil
	case env(traces) != "":
		u, err := parseURL(traces, env(traces))
		if err != nil {
			return "", err
		}
		return u.String(), nil
	case env(general) != "":
		u, err := parseURL(general, env(general))
		if err != nil {
			return "", err
		}
		return u.JoinPath("v1", "traces").String(), nil
	}
	return "", nil
}

func parseURL(from, text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil {
		return u, nil
	}
	return nil, fault.New(fault.CodeInvalidParameter, "%s: %q is no address of a collector", from, text).
		WithHint("Write it as http://127.0.0.1:4318; what a collector asks for goes into tracing.headers.")
}

// options are those of the exporter; what is not among them it takes from the
// environment: timeout, certificates, compression, headers.
func (c *Config) options() []otlptracehttp.Option {
	out := []otlptracehttp.Option{otlptracehttp.WithEndpointURL(c.Endpoint)}
	if len(c.Headers) > 0 {
		out = append(out, otlptracehttp.WithHeaders(c.Headers))
	}
	return out
}

// sampler is nil where the environment decides.
func (c *Config) sampler() sdktrace.Sampler {
	if c.Sample == nil || math.IsNaN(*c.Sample) {
		return nil
	}
	return sdktrace.ParentBased(sdktrace.TraceIDRatioBased(*c.Sample))
}
