package tracing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server/workgroup"
)

const (
	// queueLength and queueBytes bound the statements, and their texts, that wait
	// to be sent; what comes beyond them is dropped.
	queueLength = 2048
	queueBytes  = 32 << 20
	// batchLength and batchDelay say when a batch goes: at so many statements, or so
	// long after its first.
	batchLength = 128
	batchDelay  = time.Second
	// lastBatch is how long Close waits for the collector.
	lastBatch = 5 * time.Second
	// reportEvery is how often the log hears that spans are lost.
	reportEvery = time.Minute
)

// Tracer sends a span for every sampled statement that ends: a workgroup.Observer.
// Close it when no statement ends any more.
type Tracer struct {
	text     string // QueryText
	log      *slog.Logger
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
	exporter sdktrace.SpanExporter

	queue  chan *statement
	waits  atomic.Int64 // bytes of texts in queue
	counts counts
	stop   chan struct{}
	done   chan struct{}

	batch    []sdktrace.ReadOnlySpan // only the goroutine
	reported time.Time               // only the goroutine
}

// Counts is what became of the sampled statements since the start.
type Counts struct {
	Sent    int64 // the collector has taken them
	Failed  int64 // the collector could not be reached, or refused them
	Dropped int64 // the queue was full
}

type counts struct{ sent, failed, dropped atomic.Int64 }

// New makes a Tracer; nil, nil if nobody says where to send spans. A collector
// that cannot be reached is no error: it may come.
func New(ctx context.Context, c Config, env func(string) string, log *slog.Logger) (*Tracer, error) {
	on, err := c.complete(env)
	if err != nil || !on {
		return nil, err
	}
	exporter, err := otlptracehttp.New(ctx, c.options()...)
	if err != nil {
		return nil, fault.Wrap(err, fault.CodeInvalidParameter, "traces cannot be sent to %s: %v", c.Endpoint, err)
	}
	res, err := describe(ctx)
	if err != nil {
		return nil, err
	}
	t := &Tracer{text: c.QueryText, log: log, exporter: exporter, queue: make(chan *statement, queueLength), stop: make(chan struct{}), done: make(chan struct{})}
	opts := []sdktrace.TracerProviderOption{sdktrace.WithResource(res), sdktrace.WithSpanProcessor(collect{t})}
	if s := c.sampler(); s != nil {
		opts = append(opts, sdktrace.WithSampler(s))
	}
	t.provider = sdktrace.NewTracerProvider(opts...)
	t.tracer = t.provider.Tracer("github.com/glauxdb/glaux", trace.WithInstrumentationVersion(exec.Version))
	go t.run()
	return t, nil
}

// describe says what sends the spans; OTEL_SERVICE_NAME and
// OTEL_RESOURCE_ATTRIBUTES win.
func describe(ctx context.Context) (*resource.Resource, error) {
	res, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithHost(),
		resource.WithAttributes(semconv.ServiceName("glaux"), semconv.ServiceVersion(exec.Version), semconv.ServiceInstanceID(uuid.NewString())),
		resource.WithFromEnv())
	if err != nil && !errors.Is(err, resource.ErrPartialResource) {
		return nil, fault.Wrap(err, fault.CodeInvalidParameter, "OpenTelemetry's resource attributes cannot be used: %v", err).
			WithHint("OTEL_RESOURCE_ATTRIBUTES is a list such as deployment.environment.name=prod,team=lake.")
	}
	return res, nil
}

// Ended implements workgroup.Observer.
func (t *Tracer) Ended(e *workgroup.Ended) {
	ctx, span := t.tracer.Start(parent(context.Background(), e.Query.SQL), "query", trace.WithTimestamp(e.Query.Started), trace.WithSpanKind(trace.SpanKindServer))
	if !span.IsRecording() {
		return
	}
	s := newStatement(ctx, span, e)
	if t.waits.Add(s.size) > queueBytes {
		t.drop(s)
		return
	}
	select {
	case t.queue <- s:
	default:
		t.drop(s)
	}
}

func (t *Tracer) drop(s *statement) {
	t.waits.Add(-s.size)
	t.counts.dropped.Add(1)
}

// Counts tells what became of the sampled statements so far.
func (t *Tracer) Counts() Counts {
	return Counts{Sent: t.counts.sent.Load(), Failed: t.counts.failed.Load(), Dropped: t.counts.dropped.Load()}
}

// Close sends what waits, if the collector takes it within seconds.
func (t *Tracer) Close() {
	close(t.stop)
	<-t.done
}

// run makes spans of the statements in the queue and sends them.
func (t *Tracer) run() {
	defer close(t.done)
	ctx, cancel := context.WithCancel(context.Background())
	var closing sync.WaitGroup
	closing.Go(func() { // a send that is under way when Close is called has lastBatch, too
		<-t.stop
		time.AfterFunc(lastBatch, cancel)
	})
	defer closing.Wait()
	n := 0
	var late <-chan time.Time
	send := func() {
		t.send(ctx, n)
		n, late = 0, nil
	}
	for {
		select {
		case s := <-t.queue:
			t.finish(s)
			if n++; n == 1 {
				late = time.After(batchDelay)
			}
			if n >= batchLength {
				send()
			}
			continue
		case <-late:
			send()
			continue
		case <-t.stop:
		}
		for len(t.queue) > 0 {
			t.finish(<-t.queue)
			if n++; n >= batchLength {
				send()
			}
		}
		send()
		t.exporter.Shutdown(ctx)
		cancel()
		return
	}
}

// finish makes the spans of a statement; they are in the batch then.
func (t *Tracer) finish(s *statement) {
	t.waits.Add(-s.size)
	s.end(t.tracer, t.text)
}

// send gives the collector the batch of n statements. What it does not take is
// lost: it will not be better for waiting.
func (t *Tracer) send(ctx context.Context, n int) {
	if n == 0 {
		return
	}
	err := t.exporter.ExportSpans(ctx, t.batch)
	clear(t.batch)
	t.batch = t.batch[:0]
	if err == nil {
		t.counts.sent.Add(int64(n))
		return
	}
	t.counts.failed.Add(int64(n))
	if time.Since(t.reported) >= reportEvery {
		t.reported = time.Now()
		t.log.Warn("traces are lost: the collector does not take them", "error", err, "statements", fmt.Sprint(n), "failed", t.counts.failed.Load(), "dropped", t.counts.dropped.Load())
	}
}

// collect takes the spans that finish has ended into the batch.
type collect struct{ t *Tracer }

// OnStart implements sdktrace.SpanProcessor.
func (collect) OnStart(context.Context, sdktrace.ReadWriteSpan) {}

// OnEnd implements sdktrace.SpanProcessor. Only the Tracer's goroutine ends spans.
func (c collect) OnEnd(s sdktrace.ReadOnlySpan) { c.t.batch = append(c.t.batch, s) }

// Shutdown implements sdktrace.SpanProcessor.
func (collect) Shutdown(context.Context) error { return nil }

// ForceFlush implements sdktrace.SpanProcessor.
func (collect) ForceFlush(context.Context) error { return nil }
