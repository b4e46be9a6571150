package tracing

import (
	"context"
	"net/url"
	"strings"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// parent finds the span that a statement belongs to: its text begins or ends with a
// comment in the way of sqlcommenter,
//
//	/*traceparent='00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',tracestate='x%3D1'*/
//
// (https://google.github.io/sqlcommenter/spec, https://www.w3.org/TR/trace-context).
// What is none of that is a statement without a parent.
func parent(ctx context.Context, sql string) context.Context {
	if !strings.Contains(sql, "traceparent") { // nearly always
		return ctx
	}
	for comment := range comments(sql) {
		tags := propagation.MapCarrier{}
		for _, key := range []string{"traceparent", "tracestate"} {
			if v, ok := tag(comment, key); ok {
				tags[key] = v
			}
		}
		if in := (propagation.TraceContext{}).Extract(ctx, tags); trace.SpanContextFromContext(in).IsValid() {
			return in
		}
	}
	return ctx
}

// comments gives the insides of the comments at a text's end, the last first, then
// of those at its beginning. Comments between its words are not looked at: to tell
// them from strings takes a parser.
func comments(sql string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for {
			sql = strings.TrimRight(sql, " \t\r\n;")
			inside, ok := strings.CutSuffix(sql, "*/")
			i := strings.LastIndex(inside, "/*")
			if !ok || i < 0 {
				break
			}
			if !yield(inside[i+2:]) {
				return
			}
			sql = inside[:i]
		}
		for {
			sql = strings.TrimLeft(sql, " \t\r\n")
			rest, ok := strings.CutPrefix(sql, "/*")
			inside, after, ended := strings.Cut(rest, "*/")
			if !ok || !ended {
				return
			}
			if !yield(inside) {
				return
			}
			sql = after
		}
	}
}

// tag gives the value of key='value' in a comment; it is URL-encoded there, and
// quotes in it may have a backslash.
func tag(comment, key string) (string, bool) {
	for from := 0; ; {
		i := strings.Index(comment[from:], key+"='")
		if i < 0 {
			return "", false
		}
		i += from
		from = i + len(key) + 2
		if before := strings.TrimRight(comment[:i], " \t\r\n"); before != "" && !strings.HasSuffix(before, ",") {
			continue // the end of another key, or inside a value
		}
		end := from
		for end < len(comment) && comment[end] != '\'' {
			if comment[end] == '\\' {
				end++
			}
			end++
		}
		if end >= len(comment) {
			return "", false
		}
		v, err := url.PathUnescape(strings.ReplaceAll(comment[from:end], `\'`, `'`))
		return v, err == nil
	}
}
