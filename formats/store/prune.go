package store

import (
	"context"
	"path/filepath"
)

// Prune removes the folders that held a key and hold nothing any more, up to the
// store's root, which stays. Only stores with real folders have it.
func (d *Dir) Prune(key string) error {
	root, err := d.open(context.Background(), key)
	if err != nil {
		return err
	}
	defer root.Close()
	for dir := filepath.Dir(filepath.FromSlash(key)); dir != "."; dir = filepath.Dir(dir) {
		if err := root.Remove(dir); err != nil {
			return nil // it is not empty, or somebody else's business
		}
	}
	return nil
}
