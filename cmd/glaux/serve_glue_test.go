package main

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestGlueConfig(t *testing.T) {
	key := map[string]string{"GLAUX_GLUE_ACCESS_KEY": "a", "GLAUX_GLUE_SECRET_KEY": "b"}
	for _, c := range []struct {
		name string
		conf glueConfig
		flag string
		env  map[string]string
		want string // part of the error; "": none
		keys int
	}{
		{name: "no endpoint"},
		{name: "keys for no endpoint", env: key, keys: 1},
		{name: "flag and environment", flag: "0.0.0.0:8421", env: key, keys: 1},
		{name: "file and environment", conf: glueConfig{Listen: "0.0.0.0:8421", Keys: []awsKey{{"x", "y", "z"}}}, env: key, keys: 2},
		{name: "half a key", env: map[string]string{"GLAUX_GLUE_ACCESS_KEY": "a"}, want: "needed together"},
		{name: "no keys", flag: "127.0.0.1:8421", want: "has no keys"},
		{name: "anonymous", conf: glueConfig{Anonymous: true}, flag: "127.0.0.1:8421"},
		{name: "anonymous on v6", conf: glueConfig{Anonymous: true}, flag: "[::1]:8421"},
		{name: "anonymous on localhost", conf: glueConfig{Anonymous: true}, flag: "localhost:8421"},
		{name: "anonymous for all", conf: glueConfig{Anonymous: true}, flag: "0.0.0.0:8421", want: "needs keys"},
		{name: "anonymous for all by default", conf: glueConfig{Anonymous: true}, flag: ":8421", want: "needs keys"},
		{name: "anonymous elsewhere", conf: glueConfig{Anonymous: true}, flag: "lake.example:8421", want: "needs keys"},
	} {
		err := c.conf.complete(c.flag, func(k string) string { return c.env[k] })
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if err == nil && len(c.conf.Keys) != c.keys {
			t.Errorf("%s: keys %v", c.name, c.conf.Keys)
		}
	}
}

func TestGlueConfigFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "glaux.yaml")
	text := "glue:\n  listen: 127.0.0.1:8421\n  catalog_id: \"123456789012\"\n  keys:\n    - {access_key: AK, secret_key: SK, user: ada}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := loadConfig(file)
	if err != nil {
		t.Fatal(err)
	}
	if c.Glue.Listen != "127.0.0.1:8421" || c.Glue.CatalogID != "123456789012" || len(c.Glue.Keys) != 1 || c.Glue.Keys[0] != (awsKey{"AK", "SK", "ada"}) {
		t.Errorf("glue = %+v", c.Glue)
	}
}

// fakeServer serves until it is shut down, or fails at once.
type fakeServer struct {
	err  error
	stop chan struct{}
}

func (f *fakeServer) Serve(net.Listener) error {
	if f.err == nil {
		<-f.stop
	}
	return f.err
}

func (f *fakeServer) Shutdown(context.Context) error { close(f.stop); return nil }

// TestServeAll ends both servers when one fails and when the context ends.
func TestServeAll(t *testing.T) {
	broken := errors.New("broken")
	for _, fails := range []error{nil, broken} {
		a, b := &fakeServer{stop: make(chan struct{})}, &fakeServer{err: fails, stop: make(chan struct{})}
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		stopped := false
		err := serveAll(ctx, []endpoint{a, b}, make([]net.Listener, 2), time.Second, func() { stopped = true })
		cancel()
		if !errors.Is(err, fails) || stopped != (fails == nil) {
			t.Errorf("%v: error %v, stopped %v", fails, err, stopped)
		}
		<-a.stop
		<-b.stop
	}
}
