package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server/tracing"
	"github.com/glauxdb/glaux/server/workgroup"
)

// config is glaux.yaml. Flags win over it.
type config struct {
	Listen     string              `yaml:"listen"`
	DataDir    string              `yaml:"data_dir"`
	Memory     string              `yaml:"memory"`      // of all queries together, as 4GB
	SpillDir   string              `yaml:"spill_dir"`   // of what does not fit the memory
	SpillLimit workgroup.Size      `yaml:"spill_limit"` // of all queries together; 0: what the disk has
	Workers    int                 `yaml:"workers"`     // 0: one per core
	Lakes      []lakeConfig        `yaml:"lakes"`
	S3         s3Config            `yaml:"s3"`
	Cache      cacheConfig         `yaml:"cache"`
	Catalog    catalogConfig       `yaml:"catalog"`
	Workgroups []workgroup.Setting `yaml:"workgroups"`
	Budgets    []workgroup.Budget  `yaml:"budgets"`
	Queries    queriesConfig       `yaml:"queries"`
	// History is what a server keeps of finished queries; other commands forget nothing.
	History workgroup.HistorySetting `yaml:"history"`
	Reuse   reuseConfig              `yaml:"result_reuse"`
	AWS     awsConfig                `yaml:"aws"`
	Glue    glueConfig               `yaml:"glue"`
	Athena  athenaConfig             `yaml:"athena"`
	Metrics metricsConfig            `yaml:"metrics"`
	Tracing tracing.Config           `yaml:"tracing"`
	Parquet parquetConfig            `yaml:"parquet"`
	Door    doorConfig               `yaml:",inline"`
}

// parquetConfig is how Parquet files are read.
type parquetConfig struct {
	Keys map[string]string `yaml:"keys"` // of encrypted files, base64, by the IDs that files name
}

// keys decodes the keys. No message shows one.
func (c parquetConfig) keys() (map[string][]byte, error) {
	out := map[string][]byte{}
	for id, text := range c.Keys {
		key, err := base64.StdEncoding.DecodeString(text)
		if n := len(key); err != nil || n != 16 && n != 24 && n != 32 {
			return nil, fault.New(fault.CodeInvalidParameter, "parquet.keys: key %q is not the base64 of 16, 24 or 32 bytes", id)
		}
		out[id] = key
	}
	return out, nil
}

// queriesConfig is what holds for the queries of all workgroups together.
type queriesConfig struct {
	Concurrency uint16 `yaml:"concurrency"` // that run at a time; 0: any number
}

// reuseConfig bounds the memory of results that are kept; 0: the engine's limits.
type reuseConfig struct {
	MaxSize   workgroup.Size `yaml:"max_size"`   // of all together
	MaxResult workgroup.Size `yaml:"max_result"` // of one
}

func (c reuseConfig) limits() *exec.ReuseLimits {
	l := exec.DefaultReuseLimits()
	if c.MaxSize > 0 {
		l.Size = int64(c.MaxSize)
	}
	if c.MaxResult > 0 {
		l.Result = int64(c.MaxResult)
	}
	return &l
}

// glueConfig is the endpoint that speaks AWS Glue's protocol. Without an address
// there is none.
type glueConfig struct {
	Listen    string   `yaml:"listen"`
	Keys      []awsKey `yaml:"keys"`      // beside those of aws
	Anonymous bool     `yaml:"anonymous"` // without keys, on this machine's own addresses only
	CatalogID string   `yaml:"catalog_id"`
	Region    string   `yaml:"region"`
}

// awsConfig is what the endpoints that speak AWS's protocols have in common.
type awsConfig struct {
	Keys      []awsKey `yaml:"keys"`
	Anonymous bool     `yaml:"anonymous"` // without keys, on this machine's own addresses only
}

// awsKey is a pair of keys that clients sign their requests with.
type awsKey struct {
	AccessKey string `yaml:"access_key"`
	SecretKey string `yaml:"secret_key"`
	User      string `yaml:"user"`
}

// athenaConfig is the endpoint that speaks Amazon Athena's protocol. Without an
// address there is none.
type athenaConfig struct {
	Listen      string        `yaml:"listen"`
	Account     string        `yaml:"account"`      // in ARNs
	Region      string        `yaml:"region"`       // in ARNs
	Results     string        `yaml:"results"`      // directory of results that go nowhere else; "": in the data directory
	KeepResults time.Duration `yaml:"keep_results"` // that are there; 0: a day
	KeepHistory time.Duration `yaml:"keep_history"` // of executions; 0: 45 days
}

// catalogConfig says where descriptions live: in the data directory unless AWS
// Glue or a PostgreSQL is named.
type catalogConfig struct {
	Glue     *awsGlueConfig  `yaml:"glue"`
	Postgres *postgresConfig `yaml:"postgres"`
}

// postgresConfig is the PostgreSQL that keeps the catalog. GLAUX_CATALOG_URL wins
// over the file.
type postgresConfig struct {
	URL string `yaml:"url"`
}

// awsGlueConfig is which AWS Glue; what is empty comes from AWS's usual
// environment and files.
type awsGlueConfig struct {
	Region    string `yaml:"region"`
	Endpoint  string `yaml:"endpoint"`
	Profile   string `yaml:"profile"`
	CatalogID string `yaml:"catalog_id"`
}

// lakeConfig is a location that the server may read; with a database it is
// crawled when the server starts.
type lakeConfig struct {
	Location string `yaml:"location"`
	Database string `yaml:"database"`
	Writable bool   `yaml:"writable"` // new tables may be written there
}

// s3Config is where and how S3 is reached; what is empty comes from AWS's usual
// environment and files.
type s3Config struct {
	Endpoint  string `yaml:"endpoint"`
	Region    string `yaml:"region"`
	Profile   string `yaml:"profile"`
	PathStyle bool   `yaml:"path_style"`
	Anonymous bool   `yaml:"anonymous"`

	// Exact has nothing read along between wanted ranges, and no request made twice.
	Exact bool          `yaml:"exact"`
	Stall time.Duration `yaml:"stall"` // an answer that brings nothing for so long is asked for again; 0: 30 s

	RequesterPays bool `yaml:"requester_pays"` // for crawlers and all queries; a workgroup may say so for its own
}

// cacheConfig is the local disk cache of what is read from S3. Without a folder
// there is none.
type cacheConfig struct {
	Dir  string         `yaml:"dir"`
	Size workgroup.Size `yaml:"size"` // 0: server.DefaultCacheSize
}

// loadConfig reads a YAML file strictly: an unknown key is an error that names
// its line.
func loadConfig(path string) (*config, error) {
	if path == "" {
		return &config{}, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fault.Wrap(err, fault.CodeUndefinedFile, "configuration file %s does not exist", path)
		}
		return nil, fault.Wrap(err, fault.CodeIO, "cannot read configuration file %s: %v", path, err)
	}
	return parseConfig("configuration file "+path, text)
}

func parseConfig(name string, text []byte) (*config, error) {
	c := &config{}
	if len(bytes.TrimSpace(text)) == 0 {
		return c, nil
	}
	if err := yaml.UnmarshalWithOptions(text, c, yaml.Strict()); err != nil {
		e := fault.Wrap(err, fault.CodeInvalidParameter, "%s: %s", name, strings.TrimRight(yaml.FormatError(err, false, true), " \n"))
		var value *fault.Error // of a size or time
		if errors.As(err, &value) {
			e.Hint = value.Hint
		}
		return nil, e
	}
	return c, nil
}

// defaultDataDir is where the catalog lives unless --data-dir says otherwise.
func defaultDataDir() (string, error) {
	if d := os.Getenv("XDG_DATA_HOME"); d != "" && filepath.IsAbs(d) {
		return filepath.Join(d, "glaux"), nil
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		d, err := os.UserConfigDir()
		if err != nil {
			return "", fault.Wrap(err, fault.CodeInvalidParameter, "no data directory: %v", err).WithHint("Name one with --data-dir or GLAUX_DATA_DIR.")
		}
		return filepath.Join(d, "glaux"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fault.Wrap(err, fault.CodeInvalidParameter, "no data directory: %v", err).WithHint("Name one with --data-dir or GLAUX_DATA_DIR.")
	}
	return filepath.Join(home, ".local", "share", "glaux"), nil
}
