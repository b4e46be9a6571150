package store

import (
	"bytes"
	"context"

	"github.com/glauxdb/glaux/catalog/fault"
)

// HasFolder reports whether an object stands for the folder at key: an empty one with
// a slash at the end of its name, as consoles and PutFolder make it. Lists leave it
// out. It costs one request, which whoever has found objects below the folder need
// not make.
func (s *S3) HasFolder(ctx context.Context, key string) (bool, error) {
	folder := Folder(key)
	if folder == "" {
		return true, nil
	}
	_, err := s.Stat(ctx, folder)
	if fault.Is(err, fault.CodeUndefinedFile) {
		return false, nil
	}
	return err == nil, err
}

// PutFolder makes the object that stands for a folder, for a table without files.
func (s *S3) PutFolder(ctx context.Context, key string, o PutOptions) error {
	_, err := s.Put(ctx, Folder(key), bytes.NewReader(nil), o)
	return err
}
