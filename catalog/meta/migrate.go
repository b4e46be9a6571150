package meta

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"

	"github.com/pressly/goose/v3"

	"github.com/glauxdb/glaux/catalog/fault"
)

//go:embed migrations/*.sql migrations/postgres/*.sql
var migrations embed.FS

// steps are migrations of one database: those of SQLite, and in a directory
// postgres below them those of PostgreSQL, which end with the same tables at the
// same version.
type steps struct {
	files embed.FS
	dir   string
	table string // in PostgreSQL: what keeps the version; others may share the schema
}

var catalogSteps = steps{migrations, "migrations", "glaux_catalog_version"}

// migrateFile brings the file of a catalog or of a history up to date. Of several processes that
// start at once only one migrates: it holds an exclusive lock on a small
// database beside the file, which the system releases even after kill -9.
func migrateFile(ctx context.Context, path string, steps steps, pragmas ...string) error {
	lock, err := connect(path+"-migrate", "exclusive", 1, busyTimeout)
	if err != nil {
		return translate(err, "lock the catalog "+path)
	}
	defer lock.Close()
	tx, err := lock.BeginTx(ctx, nil)
	if err != nil {
		return translate(err, "lock the catalog "+path)
	}
	defer tx.Rollback()
	db, err := connect(path, "immediate", 1, append([]string{busyTimeout}, append(pragmas, "journal_mode(WAL)", "synchronous(FULL)")...)...)
	if err != nil {
		return translate(err, "open the catalog "+path)
	}
	defer db.Close()
	if err := migrate(ctx, db, goose.DialectSQLite3, steps); err != nil {
		return fault.As(err).In(path)
	}
	return nil
}

// migrate runs the steps that a database has not seen.
func migrate(ctx context.Context, db *sql.DB, dialect goose.Dialect, steps steps) error {
	dir := steps.dir
	var options []goose.ProviderOption
	if dialect == goose.DialectPostgres {
		dir += "/postgres"
		options = append(options, goose.WithTableName(steps.table))
	}
	files, err := fs.Sub(steps.files, dir)
	if err != nil {
		return translate(err, "read the migrations")
	}
	p, err := goose.NewProvider(dialect, db, files, options...)
	if err != nil {
		return translate(err, "prepare the migrations")
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return translate(err, "read the catalog's version")
	}
	if current > target {
		return fault.New(fault.CodeObjectNotReady,
			"the catalog has version %d, this program knows versions up to %d", current, target).
			WithHint("Use a newer version of Glaux, or another catalog.")
	}
	if current == target {
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		return translate(err, "bring the catalog up to date")
	}
	return nil
}
