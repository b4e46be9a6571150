package fn

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

const sampleURL = "http://u@example.com:8080/a%20b?x=1&y=a%26b#top"

// urlEntries take URLs apart. Text that is no URL gives NULL.
func urlEntries() []*Entry {
	part := func(name, doc, want string, f func(u *url.URL) (string, bool)) *Entry {
		return &Entry{Names: []string{"url_extract_" + name}, Doc: doc + " NULL if the text is no URL.", Examples: []Example{{SQL: "url_extract_" + name + "('" + sampleURL + "')", Result: want}},
			overs: []overload{{sig: "f(varchar) varchar", scalar: urlText(func(u *url.URL, _ []kernel.Strings, _ int) (string, bool) { return f(u) })}}}
	}
	return []*Entry{
		part("protocol", "The scheme.", "http", func(u *url.URL) (string, bool) { return u.Scheme, true }),
		part("host", "The host's name.", "example.com", func(u *url.URL) (string, bool) { return u.Hostname(), true }),
		part("path", "The path, decoded.", "/a b", func(u *url.URL) (string, bool) { return u.Path, true }),
		part("query", "The text after the question mark, as it stands.", "x=1&y=a%26b", func(u *url.URL) (string, bool) { return u.RawQuery, true }),
		part("fragment", "The text after #, decoded.", "top", func(u *url.URL) (string, bool) { return u.Fragment, true }),
		{Names: []string{"url_extract_port"}, Doc: "The port; NULL without one.", Examples: []Example{{SQL: "url_extract_port('" + sampleURL + "')", Result: "8080"}},
			overs: []overload{{sig: "url_extract_port(varchar) bigint", scalar: newURL(func(cache *urlCache, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
				s, dst := kernel.StringsOf(args[0]), vector.Values[int64](out)
				kernel.Each(sel, out.Len, func(i int) {
					if u := cache.get(s.At(i)); u != nil {
						if n, err := strconv.ParseInt(u.Port(), 10, 32); err == nil {
							dst[i] = n
							return
						}
					}
					out.SetNull(i)
				})
				return nil
			})}}},
		{Names: []string{"url_extract_parameter"}, Doc: "The first value of a query parameter, decoded; NULL if it is missing.", Examples: []Example{{SQL: "url_extract_parameter('" + sampleURL + "', 'y')", Result: "a&b"}},
			overs: []overload{{sig: "url_extract_parameter(varchar, varchar) varchar", scalar: urlText(func(u *url.URL, s []kernel.Strings, i int) (string, bool) {
				return queryParameter(u.RawQuery, string(s[1].At(i)))
			})}}},
		{Names: []string{"url_encode"}, Doc: "Text for use as a query parameter's name or value.", Examples: []Example{{SQL: "url_encode('a b&c')", Result: "a+b%26c"}},
			overs: []overload{{sig: "url_encode(varchar) varchar", scalar: mapText(urlEncode)}}},
		{Names: []string{"url_decode"}, Doc: "The text behind url_encode.", Examples: []Example{{SQL: "url_decode('a+b%26c')", Result: "a b&c"}},
			overs: []overload{{sig: "url_decode(varchar) varchar", scalar: textFn(func(b []byte, s []kernel.Strings, i int) ([]byte, error) {
				text, err := url.QueryUnescape(string(s[0].At(i)))
				if err != nil {
					return b, fault.New(fault.CodeInvalidParameter, "invalid percent-encoding: %q", clipped(s[0].At(i)))
				}
				return append(b, text...), nil
			})}}},
	}
}

// urlCache keeps the last URL: queries often take several parts of one.
type urlCache struct {
	text []byte
	u    *url.URL
	seen bool
}

// get parses a URL; nil if it is none.
func (c *urlCache) get(s []byte) *url.URL {
	if c.seen && bytes.Equal(c.text, s) {
		return c.u
	}
	c.text, c.seen = append(c.text[:0], s...), true
	u, err := url.Parse(string(s))
	if c.u = u; err != nil {
		c.u = nil
	}
	return c.u
}

// newURL makes an implementation whose every program has a cache of its own.
func newURL(f func(cache *urlCache, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error) *kernel.Impl {
	return &kernel.Impl{New: func(*kernel.EvalCtx, *plan.Func, []*types.Value) (kernel.Instance, error) {
		cache := &urlCache{}
		return kernel.Instance{Eval: func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			return f(cache, args, sel, out)
		}}, nil
	}}
}

func urlText(f func(u *url.URL, s []kernel.Strings, i int) (string, bool)) *kernel.Impl {
	return newURL(func(cache *urlCache, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		s, w := strs(args), kernel.NewTextOut(out)
		return kernel.EachErr(sel, out.Len, func(i int) error {
			text, ok := "", false
			if u := cache.get(s[0].At(i)); u != nil {
				text, ok = f(u, s, i)
			}
			if !ok {
				out.SetNull(i)
			}
			return w.End(i, append(w.Start(), text...))
		})
	})
}

func queryParameter(query, name string) (string, bool) {
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		k, v, _ := strings.Cut(pair, "=")
		if key, err := url.QueryUnescape(k); err == nil && key == name {
			v, err := url.QueryUnescape(v)
			return v, err == nil
		}
	}
	return "", false
}

// urlEncode is application/x-www-form-urlencoded as Java's URLEncoder does it: the
// letters, digits and -_.* stay, a space is +.
func urlEncode(b, s []byte) []byte {
	const digits = "0123456789ABCDEF"
	for _, c := range s {
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' || c == '*':
			b = append(b, c)
		case c == ' ':
			b = append(b, '+')
		default:
			b = append(b, '%', digits[c>>4], digits[c&15])
		}
	}
	return b
}
