package slttest

import (
	"context"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/exec"
)

// onS3 gives queries the files of S3 in the place of those of a directory.
type onS3 struct {
	Session
	dir, url string
}

// Query implements DB.
func (s onS3) Query(ctx context.Context, sql string) ([]string, error) {
	rows, err := s.Session.Query(ctx, strings.ReplaceAll(sql, s.dir, s.url))
	for i := range rows {
		rows[i] = strings.ReplaceAll(rows[i], s.url, s.dir)
	}
	return rows, err
}

// TestTemplatesOnS3 runs the script of templates with their files on S3.
func TestTemplatesOnS3(t *testing.T) {
	const dir = root + "templates/"
	e := Lake(t, root+"lake", func(o *exec.Options) {
		o.Stores = S3Stores(t, dir)
		o.Lake = lake.New(o.Stores, o.Formats)
	})
	runFile(t, root+"slt/templates.slt", false, onS3{NewSession(t, e), dir, "s3://lake/"})
}
