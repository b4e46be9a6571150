//go:build !linux

package main

import "errors"

// evict drops the files below dir from the system's cache.
func evict(string) error { return errors.New("--cold needs Linux") }
