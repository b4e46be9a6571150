package main

import (
	"context"
	"log/slog"
	"net"
	"path/filepath"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/server/auth"
	"github.com/glauxdb/glaux/server/auth/certs"
	"github.com/glauxdb/glaux/server/auth/rules"
	"github.com/glauxdb/glaux/server/auth/watch"
	"github.com/glauxdb/glaux/server/pg"
)

// doorFlags say who may connect to the server, and how.
type doorFlags struct {
	TLSCert       string `name:"tls-cert" env:"GLAUX_TLS_CERT" type:"path" placeholder:"FILE" help:"Certificate of the server (PEM), read again when it changes."`
	TLSKey        string `name:"tls-key" env:"GLAUX_TLS_KEY" type:"path" placeholder:"FILE" help:"Private key of the certificate."`
	TLSClientCA   string `name:"tls-client-ca" env:"GLAUX_TLS_CLIENT_CA" type:"path" placeholder:"FILE" help:"Authorities whose client certificates count."`
	TLSSelfSigned bool   `name:"tls-self-signed" env:"GLAUX_TLS_SELF_SIGNED" help:"Make a certificate, kept in the data directory, if there is none."`
	HBA           string `name:"hba" env:"GLAUX_HBA" type:"path" placeholder:"FILE" help:"Rules in the syntax of pg_hba.conf, read again when they change."`

	MaxConnections int           `name:"max-connections" placeholder:"N" help:"Connections at a time (1000)."`
	AuthTimeout    time.Duration `name:"auth-timeout" placeholder:"TIME" help:"How long a client may take to log in (1m)."`
	Drain          time.Duration `name:"drain" default:"-1s" placeholder:"TIME" help:"How long running queries may go on after SIGTERM or Ctrl-C (20s); a second signal ends at once."`
}

// doorConfig is the same in glaux.yaml, where its keys are at the top.
type doorConfig struct {
	TLS                 tlsConfig     `yaml:"tls"`
	Rules               []rules.Entry `yaml:"rules"` // before those of HBA
	HBA                 string        `yaml:"hba"`
	MaxConnections      int           `yaml:"max_connections"`
	ReservedConnections int           `yaml:"reserved_connections"` // for superusers; -1: none
	AuthTimeout         time.Duration `yaml:"auth_timeout"`
	Drain               time.Duration `yaml:"drain"`

	path string // of the configuration file; "": there is none
	demo bool   // trust this machine whatever users there are
}

// tlsConfig names the files of TLS.
type tlsConfig struct {
	Cert       string `yaml:"cert"`
	Key        string `yaml:"key"`
	ClientCA   string `yaml:"client_ca"`
	SelfSigned bool   `yaml:"self_signed"`
}

// defaultDrain is less than the time that service managers give.
const defaultDrain = 20 * time.Second

// overlay lays the flags over the configuration of a file.
func (f doorFlags) overlay(c *doorConfig, path string) {
	overlay(&c.TLS.Cert, f.TLSCert)
	overlay(&c.TLS.Key, f.TLSKey)
	overlay(&c.TLS.ClientCA, f.TLSClientCA)
	overlay(&c.HBA, f.HBA)
	c.TLS.SelfSigned = c.TLS.SelfSigned || f.TLSSelfSigned
	if f.MaxConnections != 0 {
		c.MaxConnections = f.MaxConnections
	}
	if f.AuthTimeout != 0 {
		c.AuthTimeout = f.AuthTimeout
	}
	if f.Drain >= 0 {
		c.Drain = f.Drain
	} else if c.Drain == 0 {
		c.Drain = defaultDrain
	}
	c.path = path
}

// check refuses numbers that make no sense.
func (c *doorConfig) check() error {
	switch {
	case c.MaxConnections < 0:
		return fault.New(fault.CodeInvalidParameter, "max_connections must not be negative")
	case c.AuthTimeout < 0:
		return fault.New(fault.CodeInvalidParameter, "auth_timeout must not be negative")
	case c.MaxConnections > 0 && c.ReservedConnections >= c.MaxConnections:
		return fault.New(fault.CodeInvalidParameter, "reserved_connections must be less than max_connections")
	}
	return nil
}

// pgConfig makes the configuration of the PostgreSQL server, which will listen on an
// address.
func (a *app) pgConfig(addr string) (pg.Config, error) {
	d := &a.conf.Door
	c := pg.Config{Engine: a.Engine, Logger: a.Log(), MaxConnections: d.MaxConnections, Reserved: d.ReservedConnections,
		StartupTimeout: d.AuthTimeout}
	if err := d.check(); err != nil {
		return c, err
	}
	var err error
	if c.TLS, err = a.certificates(addr); err != nil {
		return c, err
	}
	list, err := d.rules(a.Log())
	if err != nil {
		return c, err
	}
	secret, err := a.secret()
	if err != nil {
		return c, err
	}
	if c.TLS == nil && !d.demo && !loopback(addr) {
		a.Log().Warn("connections from other machines are not encrypted", "listen", addr, "hint", "use --tls-cert and --tls-key, or --tls-self-signed")
	}
	c.Auth, err = auth.New(auth.Config{Users: a.Users, Rules: list, Demo: d.demo, TLS: c.TLS != nil, Secret: secret, Logger: a.Log()})
	return c, err
}

// secret gives what answers about users who are not there are made of.
func (a *app) secret() ([]byte, error) {
	if a.conf.Catalog.Postgres != nil {
		return auth.SharedSecret(context.Background(), a.Meta)
	}
	return auth.LoadSecret(filepath.Join(a.conf.DataDir, "auth.secret"))
}

// certificates loads what TLS needs; nil if it is not configured.
func (a *app) certificates(addr string) (*certs.Source, error) {
	t := a.conf.Door.TLS
	c := certs.Config{Cert: t.Cert, Key: t.Key, ClientCA: t.ClientCA}
	switch {
	case t.Cert == "" && t.Key == "" && t.SelfSigned:
		own, made, err := certs.SelfSigned(filepath.Join(a.conf.DataDir, "tls"), hostsOf(addr), time.Now())
		if err != nil {
			return nil, err
		}
		if made {
			a.Log().Info("made a certificate; clients that check it need it as sslrootcert", "file", own.Cert)
		}
		c.Cert, c.Key = own.Cert, own.Key
	case t.Cert == "" && t.Key == "" && t.ClientCA == "":
		return nil, nil
	}
	return certs.New(c, a.Log())
}

// hostsOf gives the names that clients of an address use, as far as it tells.
func hostsOf(addr string) []string {
	host, _, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err != nil || host == "" || ip != nil && ip.IsUnspecified() {
		return nil
	}
	return []string{host}
}

// rules gives the rules as the configuration and the file say now; they are read
// again when either changes. What it gives is nil if there are none in either.
func (d *doorConfig) rules(log *slog.Logger) (func() rules.Rules, error) {
	var paths []string
	for _, p := range []string{d.path, d.HBA} {
		if p != "" {
			paths = append(paths, p)
		}
	}
	v, err := watch.New(log, "rules for connections", d.loadRules, paths...)
	if err != nil {
		return nil, err
	}
	return v.Get, nil
}

func (d *doorConfig) loadRules() (rules.Rules, error) {
	c, err := loadConfig(d.path)
	if err != nil {
		return nil, err
	}
	var out rules.Rules
	if c.Door.Rules != nil {
		if out, err = rules.FromEntries(c.Door.Rules); err != nil {
			return nil, err
		}
	}
	if d.HBA != "" {
		more, err := rules.ParseFile(d.HBA)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
		if out == nil { // nobody comes in, as the file says
			out = rules.Rules{}
		}
	}
	return out, nil
}
