package workgroup

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/size"
)

// Bytes prints a number of bytes for people: 1536 is "1.5 KB".
func Bytes(n int64) string { return size.Text(n) }

// ParseBytes reads a number of bytes as size.Parse does.
func ParseBytes(s string) (int64, error) { return size.Parse(s) }

// clip shortens what somebody else wrote for a message.
func clip(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..."
}

// Size is a number of bytes that texts write as people do: 10GB.
type Size int64

// UnmarshalText reads what ParseBytes reads.
func (s *Size) UnmarshalText(b []byte) error {
	n, err := ParseBytes(string(b))
	*s = Size(n)
	return err
}

// UnmarshalYAML implements yaml.NodeUnmarshaler.
func (s *Size) UnmarshalYAML(n ast.Node) error { return fromYAML(n, s.UnmarshalText) }

// MarshalText writes the size so that it is read back to the byte: 10GB, or
// 10000001.
func (s Size) MarshalText() ([]byte, error) {
	n, u := int64(s), 0
	for n != 0 && n%1024 == 0 && u < len(size.Units) {
		n, u = n/1024, u+1
	}
	out := strconv.AppendInt(nil, n, 10)
	if u > 0 {
		out = append(out, size.Units[u-1], 'B')
	}
	return out, nil
}

// Limit is a Size that texts never give as 0, which might mean "nothing" as well
// as "everything". As a number 0 is no limit.
type Limit int64

// UnmarshalText reads what ParseBytes reads; 0 is 22023.
func (l *Limit) UnmarshalText(b []byte) error {
	n, err := ParseBytes(string(b))
	if err == nil && n == 0 {
		err = fault.New(fault.CodeInvalidParameter, "a limit of zero bytes is refused: it does not say whether nothing is allowed or everything").
			WithHint("Leave the limit out (RESET) to have none; state = 'DISABLED' refuses queries.")
	}
	*l = Limit(n)
	return err
}

// UnmarshalYAML implements yaml.NodeUnmarshaler.
func (l *Limit) UnmarshalYAML(n ast.Node) error { return fromYAML(n, l.UnmarshalText) }

// MarshalText writes the limit as Size does.
func (l Limit) MarshalText() ([]byte, error) { return Size(l).MarshalText() }

// Span is a length of time that texts write as time.ParseDuration reads it: 90s.
type Span time.Duration

// UnmarshalText reads a duration; a number alone is seconds.
func (s *Span) UnmarshalText(b []byte) error {
	text := strings.TrimSpace(string(b))
	if _, err := strconv.ParseUint(text, 10, 63); err == nil {
		text += "s"
	}
	d, err := time.ParseDuration(text)
	if days, ok := strings.CutSuffix(text, "d"); ok {
		var n uint64
		if n, err = strconv.ParseUint(days, 10, 16); err == nil {
			d = time.Duration(n) * 24 * time.Hour
		}
	}
	if err != nil || d < 0 {
		return fault.New(fault.CodeInvalidParameter, "invalid length of time %q", clip(string(b))).WithHint("Write it as 90s, 15m, 2h or 45d.")
	}
	*s = Span(d)
	return nil
}

// UnmarshalYAML implements yaml.NodeUnmarshaler.
func (s *Span) UnmarshalYAML(n ast.Node) error { return fromYAML(n, s.UnmarshalText) }

// MarshalText writes the time as it is read: 1m30s, 2h.
func (s Span) MarshalText() ([]byte, error) {
	text := time.Duration(s).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return []byte(text), nil
}

// fromYAML reads a value with its place in errors, as line and column, which the
// YAML library leaves out of those of UnmarshalText.
func fromYAML(n ast.Node, read func([]byte) error) error {
	at := n.GetToken()
	var err error
	if _, ok := n.(ast.ScalarNode); !ok {
		err = fault.New(fault.CodeInvalidParameter, "a number or a text is wanted here")
	} else if n.Type() != ast.NullType {
		err = read([]byte(at.Value))
	}
	if err == nil {
		return nil
	}
	f := *fault.As(err)
	f.Message = fmt.Sprintf("[%d:%d] %s", at.Position.Line, at.Position.Column, f.Message)
	return &f
}
