package main

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/server/awsapi"
	"github.com/glauxdb/glaux/server/glueapi"
)

// complete lays the flag and the environment over the configuration and checks
// it. Keys come from the environment and the file alone: a command line is seen
// by others.
func (c *glueConfig) complete(listen string, env func(string) string) error {
	overlay(&c.Listen, listen)
	k, err := envKey(env, "GLAUX_GLUE")
	if err != nil {
		return err
	}
	c.Keys = append(c.Keys, k...)
	return checkDoor("Glue", "glue", c.Listen, len(c.Keys), c.Anonymous)
}

// envKey gives the key in the environment variables PREFIX_ACCESS_KEY and
// PREFIX_SECRET_KEY, if they are set.
func envKey(env func(string) string, prefix string) ([]awsKey, error) {
	access, secret := prefix+"_ACCESS_KEY", prefix+"_SECRET_KEY"
	k := awsKey{AccessKey: env(access), SecretKey: env(secret)}
	switch {
	case k == awsKey{}:
		return nil, nil
	case k.AccessKey == "" || k.SecretKey == "":
		return nil, fault.New(fault.CodeInvalidParameter, "%s and %s are needed together", access, secret)
	}
	return []awsKey{k}, nil
}

// checkDoor refuses an endpoint that anybody could use. section is where its
// settings are.
func checkDoor(name, section, listen string, keys int, anonymous bool) error {
	upper := strings.ToUpper(section)
	switch {
	case listen == "" || keys > 0:
		return nil
	case !anonymous:
		return fault.New(fault.CodeInvalidParameter, "the %s endpoint on %s has no keys", name, listen).
			WithHint("Set GLAUX_%s_ACCESS_KEY and GLAUX_%s_SECRET_KEY, or configure %s.keys.", upper, upper, section)
	case !loopback(listen):
		// Whoever reaches a port without keys can change the catalog.
		return fault.New(fault.CodeInvalidParameter, "the %s endpoint on %s needs keys", name, listen).
			WithHint("%s.anonymous works on 127.0.0.1, [::1] or localhost only. Configure %s.keys.", section, section)
	}
	return nil
}

// keysOf gives keys as the endpoints take them.
func keysOf(keys []awsKey) []awsapi.Key {
	out := make([]awsapi.Key, len(keys))
	for i, k := range keys {
		out[i] = awsapi.Key{AccessKey: k.AccessKey, SecretKey: k.SecretKey, User: k.User}
	}
	return out
}

// listenGlue opens the Glue endpoint's port and makes its server; nil, nil
// without an address.
func (a *app) listenGlue() (*glueapi.Server, net.Listener, error) {
	c := a.conf.Glue
	if c.Listen == "" {
		return nil, nil, nil
	}
	conf := glueapi.Config{Catalog: a.Catalog, Crawlers: a.Crawlers, Readable: a.Readable, Anonymous: len(c.Keys) == 0 && c.Anonymous,
		CatalogID: c.CatalogID, Region: c.Region, Logger: a.Log(), Keys: keysOf(c.Keys)}
	srv, err := glueapi.New(conf)
	if err != nil {
		return nil, nil, err
	}
	ln, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.CodeConnectionFailure, "the Glue endpoint cannot listen on %s: %v", c.Listen, err).
			WithHint("Another server may be using the port; choose one with --glue-listen.")
	}
	return srv, ln, nil
}

// loopback reports whether an address can be reached from this machine only.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// endpoint is a server of serve: both kinds look alike.
type endpoint interface {
	Serve(ln net.Listener) error
	Shutdown(ctx context.Context) error
}

// serveAll serves until ctx ends or one of the servers fails; then all are
// shut down, and running work gets the time drain to finish.
func serveAll(ctx context.Context, servers []endpoint, lns []net.Listener, drain time.Duration, stopping func()) error {
	done := make(chan error, len(servers))
	for i, s := range servers {
		go func() { done <- s.Serve(lns[i]) }()
	}
	var errs []error
	ended := 0
	select {
	case err := <-done:
		errs = append(errs, err)
		ended++
	case <-ctx.Done():
		stopping()
	}
	stop, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	for _, s := range servers {
		if err := s.Shutdown(stop); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			errs = append(errs, err)
		}
	}
	for ; ended < len(servers); ended++ {
		errs = append(errs, <-done)
	}
	return errors.Join(errs...)
}
