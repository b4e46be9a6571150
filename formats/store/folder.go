package store

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
)

// HasFolder reports whether a folder exists although it may be empty. Only
// stores with real folders know; for the others a folder is what has objects.
func (d *Dir) HasFolder(ctx context.Context, key string) (bool, error) {
	if key = strings.Trim(key, "/"); key == "" {
		key = "."
	}
	if err := reserveRequest(ctx); err != nil {
		return false, err
	}
	root, err := d.open(ctx, key)
	if fault.Is(err, fault.CodeUndefinedFile) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer root.Close()
	fi, err := root.Stat(filepath.FromSlash(key))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fileError(err, d.URL(key))
	}
	return fi.IsDir(), nil
}

// MakeFolder makes a folder and those above it, for a table without files. Only
// stores with real folders have it.
func (d *Dir) MakeFolder(ctx context.Context, key string) error {
	root, err := d.open(ctx, strings.Trim(key, "/"))
	if err != nil {
		return err
	}
	defer root.Close()
	return fileError(root.MkdirAll(filepath.FromSlash(strings.Trim(key, "/")), 0o777), d.URL(key))
}
