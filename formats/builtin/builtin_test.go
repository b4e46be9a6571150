package builtin

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOrder: the order of Glue's classifiers, which decides between formats
// that are equally sure.
func TestOrder(t *testing.T) {
	want := "avro orc parquet arrow json bson xml ion combined_apache apache linux_kernel microsoft_log ruby_logger squid redismonlog redislog csv grok regex"
	var got []string
	for _, f := range Registry().All() {
		got = append(got, f.Name())
	}
	if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
		t.Error(diff)
	}
}
