//go:build !unix

package spill

import (
	"os"
	"syscall"
)

// lockFile opens the file and keeps it open. Where that is possible, an open file
// cannot be removed, which is what keeps the folders of living processes.
func lockFile(path string, _ bool) (*os.File, error) {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
}

// Windows' codes of a full disk: ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL.
func diskFull(err error) bool { return isErrno(err, syscall.Errno(39), syscall.Errno(112)) }
