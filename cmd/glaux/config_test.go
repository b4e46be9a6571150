package main

import (
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
)

// TestConfigPlaces: what is wrong in a configuration file is told with its line
// and column.
func TestConfigPlaces(t *testing.T) {
	for value, want := range map[string]string{
		"-5":                  `f: [3:37] size "-5" is negative`,
		"[1]":                 `f: [3:37] a number or a text is wanted here`,
		"{a: 1}":              `f: [3:37] a number or a text is wanted here`,
		`"1 ZB"`:              `f: [3:37] size "1 ZB" is out of range`,
		"NaN":                 `f: [3:37] invalid size "NaN"`,
		"9223372036854775808": `f: [3:37] size "9223372036854775808" is out of range`,
		"0":                   `f: [3:37] a limit of zero bytes is refused: it does not say whether nothing is allowed or everything`,
		"~":                   `f: [4:20] invalid length of time "3 parsecs"`,
		"5 KB # five":         `f: [4:20] invalid length of time "3 parsecs"`,
	} {
		_, err := parseConfig("f", []byte("workgroups:\n  - name: a\n    bytes_scanned_cutoff_per_query: "+value+"\n    query_timeout: 3 parsecs\n"))
		f := fault.As(err)
		if f == nil || f.Message != want || f.Code != fault.CodeInvalidParameter {
			t.Errorf("%s: %v, want %s", value, err, want)
		}
	}
}

func TestParquetKeys(t *testing.T) {
	c, err := parseConfig("f", []byte("parquet:\n  keys: {kf: MDEyMzQ1Njc4OTAxMjM0NQ==}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if keys, err := c.Parquet.keys(); err != nil || string(keys["kf"]) != "0123456789012345" {
		t.Errorf("%q, %v", keys, err)
	}
	for _, bad := range []string{"MDEy", "not base64!"} {
		_, err := parquetConfig{Keys: map[string]string{"k": bad}}.keys()
		if err == nil || !strings.Contains(err.Error(), `key "k"`) || strings.Contains(err.Error(), bad) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
