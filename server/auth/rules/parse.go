package rules

import (
	"math/bits"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
)

// maxDepth is how deep @files may name other @files.
const maxDepth = 10

// ParseFile reads a file in pg_hba.conf's syntax. An error names the file and
// line; there are no partial lists.
func ParseFile(path string) (Rules, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.Wrap(err, fault.CodeUndefinedFile, "cannot read the rules: %v", err)
	}
	return Parse(string(text), path)
}

// Parse reads rules; path is for errors and for @files, which lie beside it.
func Parse(text, path string) (Rules, error) {
	out := Rules{}
	p := parser{dir: filepath.Dir(path)}
	number := 0
	for text != "" {
		var line string
		number++
		start := number
		line, text, _ = strings.Cut(text, "\n")
		for strings.HasSuffix(line, "\\") && text != "" { // goes on in the next line
			var more string
			more, text, _ = strings.Cut(text, "\n")
			line = strings.TrimSuffix(line, "\\") + more
			number++
		}
		rule, err := p.line(line)
		if err != nil {
			e := fault.As(err)
			e.Message = "rules: " + e.Message
			e.Object, e.Line = path, int64(start)
			return nil, e
		}
		if rule != nil {
			rule.Line = start
			out = append(out, *rule)
		}
	}
	return out, nil
}

type parser struct{ dir string }

// line reads one entry; nil if the line has none.
func (p parser) line(line string) (*Rule, error) {
	fields, err := split(line)
	if err != nil || len(fields) == 0 {
		return nil, err
	}
	r := &Rule{Type: Type(fields[0][0].Text)}
	fields = fields[1:]
	switch r.Type {
	case Local, Host, HostSSL, HostNoSSL, hostGSS, hostNoGSS:
	default:
		return nil, bad("invalid connection type %q", string(r.Type))
	}
	if len(fields) < 2 {
		return nil, bad("the entry ends before its user")
	}
	if r.Databases, err = p.expand(fields[0], 0); err != nil {
		return nil, err
	}
	if r.Users, err = p.expand(fields[1], 0); err != nil {
		return nil, err
	}
	fields = fields[2:]
	if r.Type != Local {
		used, err := r.address(fields)
		if err != nil {
			return nil, err
		}
		fields = fields[used:]
	}
	if len(fields) == 0 {
		return nil, bad("the entry ends before its method")
	}
	if len(fields[0]) != 1 {
		return nil, bad("an entry has one method")
	}
	return r, r.method(fields[0][0].Text, fields[1:])
}

// address reads an address, which may be two fields: address and mask.
func (r *Rule) address(fields [][]Word) (used int, err error) {
	if len(fields) == 0 {
		return 0, bad("the entry ends before its address")
	}
	if len(fields[0]) != 1 {
		return 0, bad("an entry has one address")
	}
	text := fields[0][0].Text
	if len(fields) > 1 && len(fields[1]) == 1 && !strings.Contains(text, "/") {
		if addr, err := netip.ParseAddr(text); err == nil {
			r.Addresses.Prefix, err = withMask(addr, fields[1][0].Text)
			return 2, err
		}
	}
	r.Addresses, err = parseAddress(text, fields[0][0].Quoted)
	return 1, err
}

func parseAddress(text string, quoted bool) (a Addresses, err error) {
	switch {
	case quoted:
	case text == "all":
		return Addresses{All: true}, nil
	case text == "samehost":
		return Addresses{SameHost: true}, nil
	case text == "samenet":
		return Addresses{SameNet: true}, nil
	}
	if p, err := netip.ParsePrefix(text); err == nil {
		return Addresses{Prefix: p.Masked()}, nil
	}
	if _, err := netip.ParseAddr(text); err == nil {
		return a, bad("the address %s has no network mask", text).WithHint("Write %s/32 (or /128) for one address.", text)
	}
	return a, bad("invalid address %q", text).WithHint("Give a network such as 10.0.0.0/8, or all, samehost or samenet. Host names are not looked up.")
}

// withMask makes a network of an address and a mask such as 255.255.255.0.
func withMask(addr netip.Addr, mask string) (netip.Prefix, error) {
	m, err := netip.ParseAddr(mask)
	if err != nil || m.BitLen() != addr.BitLen() {
		return netip.Prefix{}, bad("invalid network mask %q for the address %s", mask, addr)
	}
	ones, ended := 0, false
	for _, b := range m.AsSlice() {
		n := bits.LeadingZeros8(^b)
		if ended && b != 0 || bits.OnesCount8(b) != n {
			return netip.Prefix{}, bad("invalid network mask %q", mask)
		}
		ones, ended = ones+n, n < 8
	}
	return netip.PrefixFrom(addr, ones).Masked(), nil
}

// method reads the method and its options.
func (r *Rule) method(name string, options [][]Word) error {
	r.Method = Method(name)
	if !slices.Contains(methods, r.Method) {
		return bad("invalid authentication method %q", name).
			WithHint("The methods are trust, reject, scram-sha-256, md5, password and cert.")
	}
	if r.Method == Cert {
		if r.Type != HostSSL {
			return bad("the method cert is for hostssl entries only")
		}
		r.Cert = VerifyFull
	}
	for _, o := range options {
		if len(o) != 1 {
			return bad("invalid option %q", o[0].Text)
		}
		if err := r.option(o[0].Text); err != nil {
			return err
		}
	}
	return nil
}

func (r *Rule) option(text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok {
		return bad("the option %q is not written as name=value", text)
	}
	switch {
	case name == "clientcert" && r.Type != HostSSL:
		return bad("the option clientcert is for hostssl entries only")
	case name == "clientcert" && value == "verify-full":
		r.Cert = VerifyFull
	case name == "clientcert" && value == "verify-ca" && r.Method != Cert:
		r.Cert = VerifyCA
	case name == "insecure" && r.Method == Password && value == "1":
		r.Insecure = true
	case name == "insecure" && r.Method == Password && value == "0":
	case name == "clientcert" || name == "insecure":
		return bad("invalid option %s=%s for the method %s", name, value, r.Method)
	default:
		return bad("unrecognized authentication option name: %q", name).WithHint("The options are clientcert and insecure.")
	}
	return nil
}

// expand reads @files: words separated by spaces, commas and lines.
func (p parser) expand(words []Word, depth int) ([]Word, error) {
	var out []Word
	for _, w := range words {
		if w.Quoted || len(w.Text) < 2 || w.Text[0] != '@' {
			out = append(out, w)
			continue
		}
		if depth == maxDepth {
			return nil, bad("files name each other too deeply: %s", w.Text)
		}
		more, err := p.include(w.Text[1:], depth)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

func (p parser) include(path string, depth int) ([]Word, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(p.dir, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.Wrap(err, fault.CodeUndefinedFile, "cannot read %s: %v", path, err)
	}
	var words []Word
	for line := range strings.Lines(string(text)) {
		fields, err := split(strings.TrimRight(line, "\n"))
		if err != nil {
			return nil, err
		}
		words = append(words, slices.Concat(fields...)...)
	}
	return parser{filepath.Dir(path)}.expand(words, depth+1)
}

func bad(format string, args ...any) *fault.Error {
	return fault.New(fault.CodeInvalidParameter, format, args...)
}
