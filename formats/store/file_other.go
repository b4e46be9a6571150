//go:build !unix

package store

import "io/fs"

// inode is not known here; size and time alone tell versions apart.
func inode(fs.FileInfo) uint64 { return 0 }
