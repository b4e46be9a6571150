package rules

import (
	"net"
	"net/netip"
)

// interfaces gives this machine's addresses with their networks.
func interfaces() []netip.Prefix {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil // samehost and samenet then match nobody
	}
	var out []netip.Prefix
	for _, a := range addrs {
		n, ok := a.(*net.IPNet)
		if !ok {
			continue
		}
		addr, ok := netip.AddrFromSlice(n.IP)
		ones, _ := n.Mask.Size()
		if ok {
			out = append(out, netip.PrefixFrom(addr.Unmap(), ones))
		}
	}
	return out
}
