//go:build unix

package spill

import (
	"os"
	"syscall"
)

// lockFile opens a file and locks it against other processes until it is closed, or
// the process ends however it does. Without wait it gives up if another has it.
func lockFile(path string, wait bool) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	how := syscall.LOCK_EX
	if !wait {
		how |= syscall.LOCK_NB
	}
	for {
		if err = syscall.Flock(int(f.Fd()), how); err != syscall.EINTR {
			break
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// diskFull tells the error of a disk, or of a user's share of it, that has no room.
func diskFull(err error) bool { return isErrno(err, syscall.ENOSPC, syscall.EDQUOT) }
