package fn

import (
	"fmt"
	"runtime"
	"strconv"
)

// Version is Glaux's own.
const Version = "0.1.0"

// What clients are told of PostgreSQL: the version whose behaviour and catalogs
// they may expect, as server_version and server_version_num have it.
const (
	PostgresVersion  = "15.10"
	ServerVersion    = PostgresVersion + " (Glaux " + Version + ")"
	ServerVersionNum = "150010"
)

// versionText is what version() says, in PostgreSQL's order: clients look for
// the number after the first word.
func versionText() string {
	return fmt.Sprintf("PostgreSQL %s on %s-%s, compiled by %s, %d-bit", ServerVersion, runtime.GOARCH, runtime.GOOS, runtime.Version(), strconv.IntSize)
}
