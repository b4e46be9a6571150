package meta

import (
	"context"
	"database/sql/driver"
	"errors"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/glauxdb/glaux/catalog/fault"
)

// translate makes the fault for an error of the driver; a fault stays one.
func translate(err error, what string) error {
	if err == nil {
		return nil
	}
	var f *fault.Error
	if errors.As(err, &f) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if errors.Is(err, driver.ErrBadConn) {
		return fault.Wrap(err, fault.CodeIO, "cannot %s: the connection to the catalog was lost", what)
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		if f := translatePostgres(err, what); f != nil {
			return f
		}
		return fault.Wrap(err, fault.CodeInternal, "cannot %s: %v", what, err)
	}
	switch e.Code() & 0xFF {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fault.Wrap(err, fault.CodeLockNotAvailable, "cannot %s: another process is changing the catalog", what).
			WithHint("Try again; a crawl of many partitions can take some seconds.")
	case sqlite3.SQLITE_FULL:
		return fault.Wrap(err, fault.CodeDiskFull, "cannot %s: the disk is full", what)
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fault.Wrap(err, fault.CodeDataCorrupted, "cannot %s: the catalog is damaged: %v", what, err).
			WithHint("Restore %s from a backup, or remove it and crawl again.", fileName)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return fault.Wrap(err, fault.CodeInsufficientPriv, "cannot %s: the catalog is not writable", what)
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN:
		return fault.Wrap(err, fault.CodeIO, "cannot %s: %v", what, err)
	case sqlite3.SQLITE_INTERRUPT:
		return fault.Wrap(err, fault.CodeQueryCanceled, "canceling statement due to user request")
	}
	return fault.Wrap(err, fault.CodeInternal, "cannot %s: %v", what, err)
}

// isUnique reports whether an insert or update broke a unique constraint.
func isUnique(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return isPostgresUnique(err)
	}
	return (e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}
