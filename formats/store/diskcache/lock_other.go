//go:build !unix

package diskcache

import (
	"os"
	"path/filepath"
)

// lockDir only opens the file: there is no lock to take here, and two processes in
// one directory cost each other ranges, never right bytes.
func lockDir(dir string) (*os.File, error) {
	return os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
}
