package fn

import (
	"bytes"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

func ipEntries() []*Entry {
	bound := func(name, doc, want string, last bool) *Entry {
		return &Entry{Names: []string{name}, Doc: doc, Examples: []Example{{SQL: name + "(ipprefix '192.64.1.1/9')", Result: want}},
			overs: []overload{{sig: name + "(ipprefix) ipaddress", scalar: mapText(func(b, s []byte) []byte { return types.AppendMaskedIP(b, s[:16], int(s[16]), last) })}}}
	}
	return []*Entry{
		{Names: []string{"ip_prefix"}, Doc: "The network of an address with a prefix of so many bits.", Examples: []Example{{SQL: "ip_prefix('192.168.255.255', 9)", Result: "192.128.0.0/9"}, {SQL: "ip_prefix(ipaddress '2001:db8::1', 32)", Result: "2001:db8::/32"}},
			overs: []overload{{sig: "ip_prefix(ipaddress, bigint) ipprefix", scalar: eval(ipPrefix)}, {sig: "ip_prefix(varchar, bigint) ipprefix", scalar: eval(ipPrefix)}}},
		bound("ip_subnet_min", "The first address of a network.", "192.0.0.0", false),
		bound("ip_subnet_max", "The last address of a network.", "192.127.255.255", true),
		{Names: []string{"ip_subnet_range"}, Doc: "The first and the last address of a network.", Examples: []Example{{SQL: "ip_subnet_range(ipprefix '1.2.3.160/24')", Result: "{1.2.3.0,1.2.3.255}"}},
			overs: []overload{{sig: "ip_subnet_range(ipprefix) array(ipaddress)", scalar: eval(ipRange)}}},
		{Names: []string{"is_subnet_of"}, Doc: "Whether an address or a network lies within the network of the first argument.", Examples: []Example{{SQL: "is_subnet_of(ipprefix '1.2.3.128/26', ipaddress '1.2.3.129')", Result: "true"}, {SQL: "is_subnet_of(ipprefix '1.2.3.128/26', ipprefix '1.2.3.128/25')", Result: "false"}},
			overs: []overload{
				{sig: "is_subnet_of(ipprefix, ipaddress) boolean", scalar: boolFn(prefixHolds)},
				{sig: "is_subnet_of(ipprefix, ipprefix) boolean", scalar: boolFn(prefixHolds)},
			}},
	}
}

// prefixHolds reports whether the second argument, an address or a prefix, lies
// within the first one.
func prefixHolds(s []kernel.Strings, i int) bool { return networkHolds(s[0].At(i), s[1].At(i)) }

// networkHolds: an IPv4 network is none of IPv6.
func networkHolds(p, x []byte) bool {
	if len(x) == 17 && x[16] < p[16] || types.IPBits(p[:16]) != types.IPBits(x[:16]) {
		return false
	}
	var buf [16]byte
	return bytes.Equal(types.AppendMaskedIP(buf[:0], x[:16], int(p[16]), false), p[:16])
}

func errNetwork(s []byte) *fault.Error {
	return fault.New(fault.CodeInvalidParameter, "invalid network: %q", s).WithHint("Write an address and the bits of its prefix, such as '10.0.0.0/8'.")
}

// firstOfNetwork tells whether an address, a text, is the first of a network. Trino asks
// for that of IPv4.
func firstOfNetwork(addr, network []byte) bool {
	var buf [16]byte
	a, err := types.ParseIP(buf[:0], bytes.TrimSpace(addr))
	return err == nil && (types.IPBits(a) == 128 || bytes.Equal(a, network[:16]))
}

// ipContains are the overloads of contains() for networks, of which Trino takes the
// text.
func ipContains() []overload {
	return []overload{
		{sig: "contains(varchar, ipaddress) boolean", scalar: eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			s, dst := strs(args), vector.Values[bool](out)
			var p []byte
			return kernel.EachErr(sel, out.Len, func(i int) (err error) {
				if p, err = types.ParseIPPrefix(p[:0], s[0].At(i)); err != nil {
					return errNetwork(s[0].At(i))
				}
				if given, _, _ := bytes.Cut(s[0].At(i), []byte("/")); !firstOfNetwork(given, p) {
					return errNetwork(s[0].At(i)).WithDetail("the address has bits behind its prefix")
				}
				dst[i] = networkHolds(p, s[1].At(i))
				return nil
			})
		})},
		{sig: "contains(ipprefix, ipaddress) boolean", scalar: boolFn(prefixHolds)},
	}
}

func ipPrefix(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s, n, w := kernel.StringsOf(args[0]), kernel.FixedOf[int64](args[1]), kernel.NewTextOut(out)
	text := args[0].Type.IsString()
	return kernel.EachErr(sel, out.Len, func(i int) error {
		addr := s.At(i)
		if text {
			var err error
			if addr, err = types.ParseIP(nil, addr); err != nil {
				return types.TextError(err, types.OpaqueOf(types.OpaqueIPAddress), s.At(i))
			}
		}
		bits := n.At(i)
		if bits < 0 || bits > int64(types.IPBits(addr)) {
			return fault.New(fault.CodeInvalidParameter, "a prefix of this address has between 0 and %d bits, not %d", types.IPBits(addr), bits)
		}
		return w.End(i, append(types.AppendMaskedIP(w.Start(), addr, int(bits), false), byte(bits)))
	})
}

func ipRange(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s, l := kernel.StringsOf(args[0]), newListOut(out)
	kernel.Each(sel, out.Len, func(i int) {
		p := s.At(i)
		l.start()
		var buf [16]byte
		l.elem.AppendBytes(types.AppendMaskedIP(buf[:0], p[:16], int(p[16]), false))
		l.elem.AppendBytes(types.AppendMaskedIP(buf[:0], p[:16], int(p[16]), true))
		l.end(i)
	})
	return nil
}
