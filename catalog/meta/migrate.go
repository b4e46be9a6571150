package meta

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"

	"github.com/pressly/goose/v3"

	"github.com/glauxdb/glaux/catalog/fault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrateFile brings the file of a catalog or of a history up to date. Of several processes that
// start at once only one migrates: it holds an exclusive lock on a small
// database beside the file, which the system releases even after kill -9.
func migrateFile(ctx context.Context, path string, steps embed.FS, pragmas ...string) error {
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
	if err := migrate(ctx, db, steps); err != nil {
		return fault.As(err).In(path)
	}
	return nil
}

// migrate runs the steps that a database has not seen: the files of the one
// directory of steps.
func migrate(ctx context.Context, db *sql.DB, steps embed.FS) error {
	dirs, err := steps.ReadDir(".")
	if err != nil {
		return translate(err, "read the migrations")
	}
	files, err := fs.Sub(steps, dirs[0].Name())
	if err != nil {
		return translate(err, "read the migrations")
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files)
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
			WithHint("Use a newer version of Glaux, or another data directory.")
	}
	if current == target {
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		return translate(err, "bring the catalog up to date")
	}
	return nil
}
