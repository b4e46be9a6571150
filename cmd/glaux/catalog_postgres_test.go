package main

import (
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
)

// TestChooseCatalog lays --catalog and GLAUX_CATALOG_URL over configuration files.
func TestChooseCatalog(t *testing.T) {
	glue, pg := &awsGlueConfig{}, func() *postgresConfig { return &postgresConfig{URL: "file"} }
	for name, c := range map[string]struct {
		conf     catalogConfig
		in, env  string
		want     string // the URL, "glue" or "local"
		wantHint string
	}{
		"nothing":              {want: "local"},
		"the URL alone":        {env: "env", want: "local"},
		"the file":             {conf: catalogConfig{Postgres: pg()}, want: "file"},
		"the environment wins": {conf: catalogConfig{Postgres: pg()}, env: "env", want: "env"},
		"the flag":             {in: "postgres", env: "env", want: "env"},
		"the flag over glue":   {conf: catalogConfig{Glue: glue}, in: "postgres", env: "env", want: "env"},
		"glue over the file":   {conf: catalogConfig{Postgres: pg()}, in: "glue", want: "glue"},
		"local over the file":  {conf: catalogConfig{Postgres: pg()}, in: "local", env: "env", want: "local"},
		"no URL":               {in: "postgres", wantHint: "GLAUX_CATALOG_URL"},
		"an empty one":         {conf: catalogConfig{Postgres: &postgresConfig{}}, wantHint: "GLAUX_CATALOG_URL"},
		"two catalogs":         {conf: catalogConfig{Postgres: pg(), Glue: glue}, wantHint: "--catalog"},
		"two, and one of them": {conf: catalogConfig{Postgres: pg(), Glue: glue}, in: "postgres", want: "file"},
		"two, and neither":     {conf: catalogConfig{Postgres: pg(), Glue: glue}, in: "local", want: "local"},
	} {
		t.Setenv("GLAUX_CATALOG_URL", c.env)
		err := c.conf.choose(c.in)
		if c.wantHint != "" {
			if !fault.Is(err, fault.CodeInvalidParameter) || !strings.Contains(fault.As(err).Hint, c.wantHint) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		got := "local"
		if c.conf.Glue != nil {
			got = "glue"
		}
		if c.conf.Postgres != nil {
			got = c.conf.Postgres.URL
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
}
