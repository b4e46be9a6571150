package auth

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/users"
	"github.com/glauxdb/glaux/server/auth/rules"
)

// Directory knows the users; users.Store is one.
type Directory interface {
	// Roles gives all of them as they are now.
	Roles(ctx context.Context) (*users.Roles, error)
}

// Config says how clients prove who they are.
type Config struct {
	Users Directory
	// Rules gives the rules as they are now. Without it, and when it gives nil, the
	// default ones count, which Policy describes.
	Rules func() rules.Rules
	// Demo trusts this machine whatever users there are, and lets in names that are
	// no user's as superusers.
	Demo bool
	// TLS tells that the server offers encryption, which the default rules then
	// want of other machines.
	TLS bool
	// Secret makes salts for users that do not exist; nil: one of this process.
	Secret []byte
	Logger *slog.Logger // nil: discards
}

// Policy decides who comes in. Without rules of its own:
//
//   - While no user has a password, this machine is trusted: any name that is no
//     user's is a superuser. Other machines are refused.
//   - Once a user has one, everybody needs a password (scram-sha-256), and other
//     machines need TLS if the server offers it.
//
// Safe for concurrent use.
type Policy struct {
	conf    Config
	log     *slog.Logger
	limiter *limiter
	mock    mock
}

// New makes a policy.
func New(c Config) (*Policy, error) {
	if c.Users == nil {
		return nil, errors.New("auth: Config.Users is missing")
	}
	p := &Policy{conf: c, log: c.Logger, limiter: newLimiter(time.Now), mock: newMock(c.Secret)}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	return p, nil
}

// Request is who wants to come in, and how.
type Request struct {
	User, Database string
	Remote         net.Addr
	TLS            *TLS // nil: not encrypted
	Channel        Channel
}

// TLS is what is known of an encrypted connection.
type TLS struct {
	EndPoint []byte            // of our certificate, for channel binding; nil: none
	Peer     *x509.Certificate // the client's, verified; nil: it showed none
}

// Channel speaks with the client.
type Channel interface {
	// Ask sends a message and gives the client's answer, a message of any type with
	// at most limit bytes. Its errors end the connection.
	Ask(m pgproto3.BackendMessage, limit int) (kind byte, body []byte, err error)
	// Tell sends a message with the next one.
	Tell(m pgproto3.BackendMessage)
}

// Identity is who has come in.
type Identity struct {
	Name string
	// User is the role; nil where names that are no user's are let in.
	User      *users.User
	Superuser bool
	Method    rules.Method
}

// Authenticate leads a connection through the method of its rule. Errors: 28000 and
// 28P01 for who may not come in, 08P01 for clients that break the protocol, and
// the Channel's.
func (p *Policy) Authenticate(ctx context.Context, r Request) (*Identity, error) {
	roles, err := p.conf.Users.Roles(ctx)
	if err != nil {
		p.log.Error("users cannot be read", "error", err)
		return nil, fault.New(fault.CodeExternal, "the users cannot be read")
	}
	in := &attempt{Policy: p, Request: r, ctx: ctx, roles: roles, user: roles.Find(r.User), addr: addrOf(r.Remote)}
	if err := in.choose(); err != nil {
		p.log.Warn("connection refused", "user", r.User, "database", r.Database, "remote", in.host(), "reason", err)
		return nil, err
	}
	if err := in.run(); err != nil {
		return nil, err
	}
	return in.identity()
}

// attempt is one Authenticate.
type attempt struct {
	*Policy
	Request
	ctx   context.Context
	roles *users.Roles
	user  *users.User // nil: there is none
	addr  netip.Addr  // invalid: not over a network
	rule  *rules.Rule
	// anybody lets names in that are no user's.
	anybody bool
}

func addrOf(a net.Addr) netip.Addr {
	if tcp, ok := a.(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}

// host is the address as PostgreSQL's errors show it.
func (a *attempt) host() string {
	if a.addr.IsValid() {
		return a.addr.String()
	}
	return "[local]"
}

// choose finds the rule, and refuses who falls under none or one that rejects.
func (a *attempt) choose() error {
	list, defaults := a.list()
	a.rule = list.Match(rules.Conn{Addr: a.addr, TLS: a.TLS != nil, Database: a.Database, User: a.Request.User,
		MemberOf: func(role string) bool { return a.user != nil && a.roles.IsMember(a.user.Name, role) }})
	encryption := "no encryption"
	if a.TLS != nil {
		encryption = "SSL encryption"
	}
	place := fmt.Sprintf("host %q, user %q, database %q, %s", a.host(), a.Request.User, a.Database, encryption)
	switch {
	case a.rule == nil:
		e := fault.New(fault.CodeInvalidAuth, "no pg_hba.conf entry for %s", place)
		if defaults && a.anybody {
			e = e.WithHint("This server has no user with a password yet and trusts its own machine only. There, make one: glaux user create NAME --password")
		} else if defaults {
			e = e.WithHint("Connections from other machines must be encrypted: sslmode=require.")
		}
		return e
	case a.rule.Method == rules.Reject:
		return fault.New(fault.CodeInvalidAuth, "pg_hba.conf rejects connection for %s", place)
	}
	return nil
}

// list gives the rules that count, and whether they are the default ones.
func (a *attempt) list() (list rules.Rules, defaults bool) {
	a.anybody = a.conf.Demo
	if a.conf.Rules != nil {
		if list = a.conf.Rules(); list != nil {
			return list, false
		}
	}
	all := rules.Addresses{All: true}
	switch {
	case a.conf.Demo:
		return rules.Loopback(rules.Trust), true
	case !hasPasswords(a.roles):
		a.anybody = true
		return rules.Loopback(rules.Trust), true
	case a.conf.TLS:
		return append(rules.Loopback(rules.SCRAM), rules.Everybody(rules.HostSSL, all, rules.SCRAM)), true
	}
	return rules.Rules{rules.Everybody(rules.Local, all, rules.SCRAM), rules.Everybody(rules.Host, all, rules.SCRAM)}, true
}

func hasPasswords(r *users.Roles) bool {
	for _, u := range r.All() {
		if u.Login && u.Password != "" {
			return true
		}
	}
	return false
}

// run leads through the rule's method.
func (a *attempt) run() error {
	if err := a.clientCert(); err != nil {
		return err
	}
	switch a.rule.Method {
	case rules.Trust:
		return nil
	case rules.Cert:
		if !a.certNamesUser() {
			return a.failed("the certificate's common name is another", "certificate authentication failed for user", fault.CodeInvalidAuth)
		}
		return nil
	}
	if err := a.tooMany(); err != nil {
		return err
	}
	reason, err := a.password()
	if err != nil {
		return err
	}
	if reason == "" && a.rule.Cert == rules.VerifyFull && !a.certNamesUser() {
		reason = "the certificate's common name is another"
	}
	if reason != "" {
		return a.failed(reason, "password authentication failed for user", fault.CodeInvalidPassword)
	}
	a.limiter.succeeded(a.addr, a.Request.User)
	return nil
}

func (a *attempt) clientCert() error {
	if a.rule.Cert != rules.NoCert && (a.TLS == nil || a.TLS.Peer == nil) {
		return fault.New(fault.CodeInvalidAuth, "connection requires a valid client certificate")
	}
	return nil
}

func (a *attempt) certNamesUser() bool { return a.TLS.Peer.Subject.CommonName == a.Request.User }

// tooMany refuses to listen to a client that has failed too often.
func (a *attempt) tooMany() error {
	wait := a.limiter.refused(a.addr, a.Request.User)
	if wait <= 0 {
		return nil
	}
	return fault.New(fault.CodeInvalidAuth, "too many failed log-ins for user %q from %s", a.Request.User, a.host()).
		WithHint("Try again in %d seconds.", int(wait.Round(time.Second)/time.Second)+1)
}

// failed logs the reason, waits as the limiter says, and gives what the client is
// told.
func (a *attempt) failed(reason, message string, code fault.Code) error {
	a.log.Warn("log-in failed", "user", a.Request.User, "database", a.Database, "remote", a.host(), "method", a.rule.Method,
		"rule", a.rule.Line, "reason", reason)
	select {
	case <-time.After(a.limiter.failed(a.addr, a.Request.User)):
	case <-a.ctx.Done():
		return context.Cause(a.ctx)
	}
	return fault.New(code, "%s %q", message, a.Request.User)
}

// identity checks what is asked of a user who has come in.
func (a *attempt) identity() (*Identity, error) {
	id := &Identity{Name: a.Request.User, User: a.user, Method: a.rule.Method}
	switch {
	case a.user == nil && !a.anybody:
		return nil, fault.New(fault.CodeInvalidAuth, "role %q does not exist", a.Request.User)
	case a.user == nil:
		id.Superuser = true
	case !a.user.Login:
		return nil, fault.New(fault.CodeInvalidAuth, "role %q is not permitted to log in", a.Request.User)
	default:
		id.Superuser = a.user.Superuser
	}
	return id, nil
}
