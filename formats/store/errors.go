package store

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"

	"github.com/glauxdb/glaux/catalog/fault"
)

func errMissing(cause error, url string) error {
	return fault.Wrap(cause, fault.CodeUndefinedFile, "file %q does not exist", url).In(url).
		WithHint("It may have been removed since it was listed; run the query again.")
}

func errChanged(cause error, url string) error {
	return fault.Wrap(cause, fault.CodeObjectNotReady, "file %q was replaced while it was being read", url).In(url).
		WithHint("Run the query again to read the new version.")
}

func errExists(cause error, url string) error {
	return fault.Wrap(cause, fault.CodeDuplicateObject, "file %q already exists", url).In(url)
}

func errOutside(url string) error {
	return fault.New(fault.CodeInsufficientPriv, "%q leads out of the lake's directory", url).In(url).
		WithHint("Symbolic links may only point to places inside the directory that the configuration lists.")
}

// fileError translates an error of the file system.
func fileError(err error, url string) error {
	switch {
	case err == nil:
		return nil
	case fault.As(err).Code != fault.CodeInternal:
		return err // a fault already, or a context's end
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return errMissing(err, url)
	case errors.Is(err, fs.ErrExist):
		return errExists(err, url)
	case escapes(err):
		return errOutside(url)
	case errors.Is(err, fs.ErrPermission):
		return fault.Wrap(err, fault.CodeInsufficientPriv, "permission denied for file %q", url).In(url).
			WithHint("The user that runs the server must be allowed to read it.")
	case errors.Is(err, syscall.ENOSPC):
		return fault.Wrap(err, fault.CodeDiskFull, "no space left for file %q", url).In(url)
	}
	return fault.Wrap(err, fault.CodeIO, "could not access file %q: %v", url, err).In(url)
}

// escapes recognizes os.Root's refusal, which has no exported value.
func escapes(err error) bool {
	var pe *fs.PathError
	return errors.As(err, &pe) && strings.Contains(pe.Err.Error(), "escapes from parent")
}
