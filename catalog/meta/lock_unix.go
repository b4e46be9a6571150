//go:build unix

package meta

import (
	"errors"
	"os"
	"syscall"
)

// lockPath takes an exclusive flock(2) on a file, which belongs to the open
// file and not to the process: a second one of the same process fails too. The
// file stays when it is unlocked, since removing it would let two processes
// lock two files of one name.
func lockPath(path string) (release func(), ok bool, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, false, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err == nil {
		return func() { f.Close() }, true, nil
	}
	f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, false, nil
	}
	return nil, false, err
}
