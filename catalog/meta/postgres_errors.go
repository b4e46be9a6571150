package meta

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/glauxdb/glaux/catalog/fault"
)

// pgFault is how an error of PostgreSQL is told.
type pgFault struct {
	code fault.Code
	text string // behind "cannot do this: "; "": what PostgreSQL says
	hint string
}

// pgFaults are the faults by SQLSTATE, or by its class.
var pgFaults = map[string]pgFault{
	"55P03": {fault.CodeLockNotAvailable, "another process is changing the catalog", "Try again; a crawl of many partitions can take some seconds."},
	"53100": {fault.CodeDiskFull, "the disk of the catalog's PostgreSQL is full", ""},
	"53300": {fault.CodeTooManyConnections, "the catalog's PostgreSQL takes no more connections", "Raise max_connections there; docs/catalog.md says how many a server of Glaux needs."},
	"25006": {fault.CodeInsufficientPriv, "the catalog is not writable", "The URL must name PostgreSQL's primary server, not a standby."},
	"42501": {fault.CodeInsufficientPriv, "", "The catalog's user needs all rights on the tables of its schema."},
	"54000": {fault.CodeProgramLimit, "", ""},
	"57014": {fault.CodeQueryCanceled, "", ""},
	"40001": {fault.CodeLockNotAvailable, "", "Try again."},
	"40P01": {fault.CodeLockNotAvailable, "", "Try again."},
	"3D000": {fault.CodeInvalidCatalogName, "", "Create the database first."},
	"42P01": {fault.CodeObjectNotReady, "", "The tables of the catalog were dropped or moved; was the search path changed?"},
	"XX001": {fault.CodeDataCorrupted, "the catalog is damaged", "Restore the database from a backup."},
	"XX002": {fault.CodeDataCorrupted, "the catalog is damaged", "Rebuild the index that PostgreSQL's log names."},
	"08":    {fault.CodeConnectionFailure, "", ""},
	"28":    {fault.CodeInvalidAuth, "", "Check user and password in the URL of the catalog, PGPASSWORD, or libpq's password file."},
	"53":    {fault.CodeExternal, "", ""},
	"57":    {fault.CodeConnectionFailure, "", ""},
	"58":    {fault.CodeIO, "", ""},
}

// translatePostgres makes the fault for an error of PostgreSQL's driver; nil for
// an error that is none.
func translatePostgres(err error, what string) error {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		if !lostConnection(err) {
			return nil
		}
		hint := "What was not confirmed may have been done or not; look before you repeat it."
		if errors.As(err, new(*pgconn.ConnectError)) {
			hint = "Does it run there, and does it take connections from this machine?"
		}
		return fault.Wrap(err, fault.CodeConnectionFailure, "cannot %s: the catalog's PostgreSQL does not answer: %v", what, err).WithHint("%s", hint)
	}
	f, ok := pgFaults[e.Code]
	if !ok && len(e.Code) == 5 {
		f, ok = pgFaults[e.Code[:2]]
	}
	if !ok {
		f = pgFault{code: fault.CodeInternal}
	}
	if f.text == "" {
		f.text = e.Message + " (" + e.Code + " of the catalog's PostgreSQL)"
	}
	out := fault.Wrap(err, f.code, "cannot %s: %s", what, f.text)
	if f.hint != "" {
		out = out.WithHint("%s", f.hint)
	}
	return out
}

// lostConnection reports whether an error says that a connection could not be made
// or broke.
func lostConnection(err error) bool {
	if errors.As(err, new(*pgconn.ConnectError)) {
		return true
	}
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return strings.HasPrefix(e.Code, "57P")
	}
	var network net.Error
	return errors.Is(err, errUnsure) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || strings.Contains(err.Error(), "conn closed")
}

func isPostgresUnique(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == "23505"
}
