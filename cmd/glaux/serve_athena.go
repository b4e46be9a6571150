package main

import (
	"context"
	"net"
	"path/filepath"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/server/athenaapi"
)

// completeAWS lays the flags and the environment over what the configuration says of
// the endpoints that speak AWS's protocols, and checks it. The keys of aws open both
// of them.
func (c *config) completeAWS(glueListen, athenaListen string, env func(string) string) error {
	keys, err := envKey(env, "GLAUX_AWS")
	if err != nil {
		return err
	}
	c.AWS.Keys = append(c.AWS.Keys, keys...)
	c.Glue.Keys = append(c.Glue.Keys, c.AWS.Keys...)
	c.Glue.Anonymous = c.Glue.Anonymous || c.AWS.Anonymous
	if err := c.Glue.complete(glueListen, env); err != nil {
		return err
	}
	overlay(&c.Athena.Listen, athenaListen)
	return checkDoor("Athena", "aws", c.Athena.Listen, len(c.AWS.Keys), c.AWS.Anonymous)
}

// listenAthena opens the Athena endpoint's port and makes its server; nil, nil
// without an address.
func (a *app) listenAthena(ctx context.Context) (*athenaapi.Server, net.Listener, error) {
	c := a.conf.Athena
	if c.Listen == "" {
		return nil, nil, nil
	}
	results := c.Results
	if results == "" && a.conf.DataDir != meta.Memory {
		results = filepath.Join(a.conf.DataDir, "results")
	}
	ln, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.CodeConnectionFailure, "the Athena endpoint cannot listen on %s: %v", c.Listen, err).
			WithHint("Another server may be using the port; choose one with --athena-listen.")
	}
	srv, err := athenaapi.New(ctx, athenaapi.Config{Engine: a.Engine, Catalog: a.Catalog, Stores: a.Stores, Groups: a.Groups, Keys: keysOf(a.conf.AWS.Keys),
		Anonymous: len(a.conf.AWS.Keys) == 0 && a.conf.AWS.Anonymous, Account: c.Account, Region: c.Region, ResultsDir: results,
		Keep: c.KeepHistory, KeepResults: c.KeepResults, Logger: a.Log()})
	if err != nil {
		ln.Close()
		return nil, nil, err
	}
	return srv, ln, nil
}
