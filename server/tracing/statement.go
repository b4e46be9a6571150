package tracing

import (
	"context"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server/workgroup"
)

// What is kept of texts, in bytes.
const (
	maxSQL     = 256 << 10 // in the queue
	maxText    = 16 << 10  // in a span
	maxMessage = 1 << 10
	maxTables  = 16
)

// statement is what a span says: a copy, for the query's own structures hold its
// plan and its session.
type statement struct {
	ctx  context.Context // with the span
	span trace.Span
	size int64 // bytes in the queue

	id, user, group, database, application, addr, sql string
	kind                                              exec.Kind
	tags, tables                                      []string
	state                                             string
	refused                                           workgroup.Reason
	code                                              fault.Code
	message                                           string
	stats                                             exec.Stats
	billed                                            int64
	started, admitted, running, ended                 time.Time
}

func newStatement(ctx context.Context, span trace.Span, e *workgroup.Ended) *statement {
	q := e.Query
	s := &statement{ctx: ctx, span: span, id: q.ID, user: q.User.Name, group: e.Workgroup, database: q.Database, application: q.Application,
		addr: q.ClientAddr, sql: cut(q.SQL, maxSQL), kind: q.Kind, tags: q.Tags, state: e.State, refused: e.Refused, stats: e.Stats, billed: e.Billed,
		started: q.Started, admitted: e.Admitted, running: e.Running, ended: e.At}
	if e.Err != nil {
		s.code, s.message = e.Err.Code, cut(e.Err.Message, maxMessage)
	}
	for i := range e.Tables {
		name := e.Tables[i].Database + "." + e.Tables[i].Table
		if len(s.tables) < maxTables && !slices.Contains(s.tables, name) {
			s.tables = append(s.tables, name)
		}
	}
	s.size = int64(1024 + len(s.sql) + len(s.message))
	return s
}

// cut gives the beginning of a text, whole characters of it.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}

// end writes the span, and its children: a phase each that the statement came to.
func (s *statement) end(tracer trace.Tracer, text string) {
	hidden := exec.HideLiterals(s.sql)
	op := s.operation(hidden)
	summary := op
	if len(s.tables) > 0 {
		summary += " " + strings.Join(s.tables, " ")
	}
	s.span.SetName(summary)
	s.span.SetAttributes(semconv.DBSystemNameKey.String("glaux"), semconv.DBOperationName(op), semconv.DBQuerySummary(summary))
	switch text {
	case TextFull:
		s.span.SetAttributes(semconv.DBQueryText(cut(s.sql, maxText)))
	case TextHidden:
		s.span.SetAttributes(semconv.DBQueryText(cut(hidden, maxText)))
	}
	s.span.SetAttributes(s.attributes()...)
	last := s.phases(tracer)
	if s.code != "" {
		for _, span := range []trace.Span{s.span, last} {
			s.fail(span, text)
		}
	}
	last.End(trace.WithTimestamp(s.ended))
	s.span.End(trace.WithTimestamp(s.ended))
}

// fail marks a span as that of a statement that did not succeed.
func (s *statement) fail(span trace.Span, text string) {
	message := ""
	switch text {
	case TextFull:
		message = s.message
	case TextHidden:
		message = exec.HideValues(s.code, s.message)
	}
	span.SetStatus(codes.Error, strings.TrimSpace(string(s.code)+" "+message))
	span.SetAttributes(semconv.DBResponseStatusCode(string(s.code)), semconv.ErrorTypeKey.String(string(s.code)))
}

// phases makes the children and ends all of them but the last, which is that in
// which the statement ended.
func (s *statement) phases(tracer trace.Tracer) (last trace.Span) {
	begin := func(name string, at time.Time) {
		if last != nil {
			last.End(trace.WithTimestamp(at))
		}
		_, last = tracer.Start(s.ctx, name, trace.WithTimestamp(at))
	}
	planned := !s.admitted.IsZero()
	if planned || s.running.IsZero() {
		begin("plan", s.started)
	}
	if planned {
		begin("queue", s.admitted)
	}
	if !s.running.IsZero() {
		begin("execute", s.running)
	}
	return last
}

// operation is the statement's first word: SELECT for whatever is a query.
func (s *statement) operation(hidden string) string {
	i := 0
	for i < len(hidden) && (hidden[i]|0x20 >= 'a' && hidden[i]|0x20 <= 'z') {
		i++
	}
	switch word := strings.ToUpper(hidden[:i]); word {
	case "WITH", "VALUES", "TABLE", "FROM", "":
		if s.kind == exec.DML {
			return "SELECT"
		}
		return string(s.kind)
	default:
		return cut(word, 32)
	}
}

func (s *statement) attributes() []attribute.KeyValue {
	st := &s.stats
	out := []attribute.KeyValue{
		attribute.String("glaux.query.id", s.id),
		attribute.String("glaux.query.kind", string(s.kind)),
		attribute.String("glaux.query.state", s.state),
		attribute.String("glaux.workgroup", s.group),
		attribute.Int64("glaux.bytes.scanned", st.BytesScanned),
		attribute.Int64("glaux.bytes.billed", s.billed),
		attribute.Int64("glaux.bytes.cached", st.BytesCached),
		attribute.Int64("glaux.bytes.metadata", st.BytesMetadata),
		attribute.Int64("glaux.requests", st.Requests),
		attribute.Int64("glaux.rows.read", st.RowsRead),
		attribute.Int64("glaux.files.read", st.FilesRead),
		attribute.Int64("glaux.files.total", st.FilesTotal),
		attribute.Int64("glaux.partitions.read", st.PartitionsRead),
		attribute.Int64("glaux.partitions.total", st.PartitionsTotal),
		attribute.Int64("glaux.memory.peak", st.PeakMemory),
		attribute.Bool("glaux.result.reused", st.Reused),
		semconv.DBResponseReturnedRows(int(st.RowsReturned)),
		semconv.UserName(s.user),
	}
	if len(s.tables) == 1 {
		out = append(out, semconv.DBCollectionName(s.tables[0]))
	}
	if s.database != "" {
		out = append(out, semconv.DBNamespace(s.database))
	}
	if s.application != "" {
		out = append(out, attribute.String("glaux.application", s.application))
	}
	if len(s.tags) > 0 {
		out = append(out, attribute.StringSlice("glaux.query.tags", s.tags))
	}
	if s.refused != "" {
		out = append(out, attribute.String("glaux.refused", string(s.refused)))
	}
	if host, port, err := net.SplitHostPort(s.addr); err == nil {
		out = append(out, semconv.ClientAddress(host))
		if n, err := strconv.Atoi(port); err == nil {
			out = append(out, semconv.ClientPort(n))
		}
	}
	return out
}
