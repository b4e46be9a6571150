package meta

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/glauxdb/glaux/catalog/fault"
)

// pgConnector opens connections that speak the statements of this package, which
// are written for SQLite and PostgreSQL alike.
type pgConnector struct {
	driver.Connector
	begin   string // how transactions begin
	replace bool   // texts that PostgreSQL cannot hold are changed and not refused
}

// pool makes the connections of one purpose.
func (p *postgres) pool(begin string, conns int) *sql.DB {
	return openPool(pgConnector{Connector: stdlib.GetConnector(*p.config), begin: begin}, conns)
}

// historyPool is the same for the history: it does not wait for the disk, and
// what a query's text held that PostgreSQL does not take must not lose its record.
func (p *postgres) historyPool(conns int) *sql.DB {
	config := p.config.Copy()
	config.RuntimeParams["synchronous_commit"] = "off"
	return openPool(pgConnector{Connector: stdlib.GetConnector(*config), begin: "begin", replace: true}, conns)
}

func openPool(c pgConnector, conns int) *sql.DB {
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db
}

// Connect implements driver.Connector.
func (c pgConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &pgConn{Conn: conn.(*stdlib.Conn), of: c}, nil
}

// pgConn is a connection whose statements have ? for parameters.
type pgConn struct {
	*stdlib.Conn
	of pgConnector
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *pgConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	return c.Conn.PrepareContext(ctx, numbered(query))
}

// ExecContext implements driver.ExecerContext.
func (c *pgConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return c.Conn.ExecContext(ctx, numbered(query), args)
}

// QueryContext implements driver.QueryerContext.
func (c *pgConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.Conn.QueryContext(ctx, numbered(query), args)
}

// BeginTx implements driver.ConnBeginTx. Isolation and lock come with the
// beginning, in one message.
func (c *pgConn) BeginTx(ctx context.Context, _ driver.TxOptions) (driver.Tx, error) {
	conn := c.Conn.Conn()
	if conn.IsClosed() {
		return nil, driver.ErrBadConn
	}
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{BeginQuery: c.of.begin})
	if err != nil {
		return nil, err
	}
	return pgTx{context.WithoutCancel(ctx), tx}, nil
}

// endTimeout bounds the end of a transaction on a connection that is dead.
const endTimeout = 30 * time.Second

// pgTx ends a transaction even where its context has ended.
type pgTx struct {
	ctx context.Context
	tx  pgx.Tx
}

// Commit implements driver.Tx.
func (t pgTx) Commit() error {
	ctx, cancel := context.WithTimeout(t.ctx, endTimeout)
	defer cancel()
	return t.tx.Commit(ctx)
}

// Rollback implements driver.Tx.
func (t pgTx) Rollback() error {
	ctx, cancel := context.WithTimeout(t.ctx, endTimeout)
	defer cancel()
	return t.tx.Rollback(ctx)
}

// CheckNamedValue implements driver.NamedValueChecker: text is UTF-8 without
// null characters.
func (c *pgConn) CheckNamedValue(v *driver.NamedValue) error {
	text, ok := v.Value.(string)
	if !ok || utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 {
		return c.Conn.CheckNamedValue(v)
	}
	if !c.of.replace {
		return badText(text)
	}
	v.Value = goodText(text)
	return nil
}

func badText(text string) error {
	return fault.New(fault.CodeBadEncoding, "the catalog in PostgreSQL cannot hold a text with null characters or without UTF-8: %.100q", text)
}

// goodText replaces what PostgreSQL cannot hold.
func goodText(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// numberedTexts keeps the statements of this package as PostgreSQL takes them.
// There are as many as the code has, and some for the filters of the history.
var numberedTexts sync.Map

// numbered writes the parameters ? and ?1 of a statement as $1. None of the
// statements has a question mark elsewhere.
func numbered(query string) string {
	if strings.IndexByte(query, '?') < 0 {
		return query
	}
	if text, ok := numberedTexts.Load(query); ok {
		return text.(string)
	}
	var b strings.Builder
	n := 0
	for i := range len(query) {
		c := query[i]
		if c != '?' {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('$')
		if i+1 == len(query) || query[i+1] < '0' || query[i+1] > '9' {
			n++
			b.WriteString(strconv.Itoa(n))
		}
	}
	numberedTexts.Store(query, b.String())
	return b.String()
}
