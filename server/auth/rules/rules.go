// Package rules says by which method a connection must prove who it is, in the
// way of PostgreSQL's pg_hba.conf: a list whose first matching entry counts. The
// list comes from a file in pg_hba.conf's syntax (ParseFile) or from the
// configuration (FromEntries).
package rules

import (
	"net/netip"
	"slices"
)

// Type is which kind of connection a rule is for.
type Type string

// The types of rules.
const (
	Local     Type = "local"     // not over a network
	Host      Type = "host"      // TCP, encrypted or not
	HostSSL   Type = "hostssl"   // TCP with TLS
	HostNoSSL Type = "hostnossl" // TCP without TLS
	hostGSS   Type = "hostgssenc"
	hostNoGSS Type = "hostnogssenc"
)

// Method is how a client proves its user.
type Method string

// The methods.
const (
	Trust    Method = "trust"         // not at all
	Reject   Method = "reject"        // it is refused
	SCRAM    Method = "scram-sha-256" // a password, by SCRAM-SHA-256, with channel binding where there is TLS
	MD5      Method = "md5"           // a password, by SCRAM if its verifier allows, else by md5
	Password Method = "password"      // a password in clear text
	Cert     Method = "cert"          // a client certificate whose common name is the user
)

var methods = []Method{Trust, Reject, SCRAM, MD5, Password, Cert}

// ClientCert is what a rule asks of the client's certificate besides its method.
type ClientCert uint8

// What clientcert= can ask for.
const (
	NoCert     ClientCert = iota
	VerifyCA              // there is one, from an authority that the server trusts
	VerifyFull            // and its common name is the user
)

// Rule is one entry.
type Rule struct {
	Type      Type
	Databases []Word
	Users     []Word
	Addresses Addresses // of Host, HostSSL and HostNoSSL
	Method    Method
	Cert      ClientCert
	// Insecure lets the method password work over the network without TLS.
	Insecure bool
	Line     int // in its file; 0: none
}

// Word is a database or user of a rule. A quoted word has no special meaning.
type Word struct {
	Text   string
	Quoted bool
}

// Addresses are those that a rule is for.
type Addresses struct {
	All      bool
	SameHost bool // any of this machine's own addresses
	SameNet  bool // any in a network that this machine is in
	Prefix   netip.Prefix
}

// Conn is what rules look at.
type Conn struct {
	Addr     netip.Addr // invalid: not over a network
	TLS      bool
	Database string
	User     string
	// MemberOf reports whether the user is, or is a member of, a role.
	MemberOf func(role string) bool
}

// Rules are a list of them. It does not change once made.
type Rules []Rule

// Match gives the first rule for a connection, nil if there is none.
func (r Rules) Match(c Conn) *Rule {
	for i := range r {
		if r[i].matches(c) {
			return &r[i]
		}
	}
	return nil
}

func (r *Rule) matches(c Conn) bool {
	return r.typeMatches(c) && slices.ContainsFunc(r.Users, func(w Word) bool { return w.isUser(c) }) &&
		slices.ContainsFunc(r.Databases, func(w Word) bool { return w.isDatabase(c) })
}

func (r *Rule) typeMatches(c Conn) bool {
	switch {
	case r.Type == Local:
		return !c.Addr.IsValid()
	case !c.Addr.IsValid() || r.Type == hostGSS: // there is no GSSAPI encryption
		return false
	case r.Type == HostSSL && !c.TLS || r.Type == HostNoSSL && c.TLS:
		return false
	}
	return r.Addresses.contain(c.Addr)
}

func (a Addresses) contain(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	switch {
	case a.All:
		return true
	case a.SameHost || a.SameNet:
		return slices.ContainsFunc(interfaces(), func(p netip.Prefix) bool {
			return p.Addr() == addr || a.SameNet && p.Masked().Contains(addr)
		})
	}
	return a.Prefix.Contains(addr)
}

func (w Word) isUser(c Conn) bool {
	switch {
	case !w.Quoted && w.Text == "all":
		return true
	case !w.Quoted && len(w.Text) > 1 && w.Text[0] == '+':
		return c.MemberOf != nil && c.MemberOf(w.Text[1:])
	}
	return w.Text == c.User
}

// isDatabase knows PostgreSQL's words; replication never connects here, so that
// its rules match nothing.
func (w Word) isDatabase(c Conn) bool {
	if w.Quoted {
		return w.Text == c.Database
	}
	switch w.Text {
	case "all":
		return true
	case "sameuser":
		return c.User == c.Database
	case "samerole", "samegroup":
		return c.MemberOf != nil && c.MemberOf(c.Database)
	case "replication":
		return false
	}
	return w.Text == c.Database
}

// Everybody gives the rule that lets all databases and users in by a method.
func Everybody(t Type, a Addresses, m Method) Rule {
	all := []Word{{Text: "all"}}
	return Rule{Type: t, Databases: all, Users: all, Addresses: a, Method: m}
}

// Loopback are the rules for everybody on this machine.
func Loopback(m Method) Rules {
	return Rules{
		Everybody(Local, Addresses{}, m),
		Everybody(Host, Addresses{Prefix: netip.MustParsePrefix("127.0.0.0/8")}, m),
		Everybody(Host, Addresses{Prefix: netip.MustParsePrefix("::1/128")}, m),
	}
}
