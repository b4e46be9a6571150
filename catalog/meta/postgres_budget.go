package meta

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/glauxdb/glaux/catalog/fault"
)

// holderSession makes claims in PostgreSQL through the one connection whose
// session holds the lock of the holder: a claim that is committed was made while
// nobody could take the holder for dead.
//
// When the connection is lost, so is the lock, and others may count the leases as
// spent. The next connection is another holder. What the old one had leased is
// owed by the ledger: the next claim of that counter takes it back from spent, and
// its caller never knows. What spent and leased bytes are together rises at no
// moment, so that no budget is passed.
//
// A commit whose answer is lost was made or not: PostgreSQL tells when it is asked
// for the transaction's number.
type holderSession struct {
	b  *Budgets
	p  *postgres
	db *sql.DB // one connection

	mu     sync.Mutex // one claim at a time; guards what follows
	leased map[BudgetKey]int64
	owed   map[BudgetKey]int64 // to be added to what the next claim says was spent
	unsure *unsureClaim
}

// unsureClaim is a claim whose commit was not answered.
type unsureClaim struct {
	transaction string
	claims      []BudgetClaim // as the caller made them
	counts      []BudgetCount
	told        bool // the caller was told that it was made
}

func (p *postgres) openHolder(ctx context.Context, b *Budgets) (*holderSession, error) {
	h := &holderSession{b: b, p: p, leased: map[BudgetKey]int64{}, owed: map[BudgetKey]int64{}}
	connector := stdlib.GetConnector(*p.config, stdlib.OptionAfterConnect(h.join))
	h.db = openPool(pgConnector{Connector: connector, begin: p.beginAlone("ledger")}, 1)
	if err := h.db.PingContext(ctx); err != nil {
		h.db.Close()
		return nil, translate(err, "count what budgets have spent")
	}
	return h, nil
}

// join makes a new connection a holder. It runs where a claim needs a connection,
// under mu.
func (h *holderSession) join(ctx context.Context, conn *pgx.Conn) (err error) {
	defer func() {
		if err != nil {
			conn.Close(context.WithoutCancel(ctx)) // database/sql never sees it
		}
	}()
	if err := h.ask(ctx, conn); err != nil {
		return err
	}
	for n := range maxHolders {
		var ok bool
		if err := conn.QueryRow(ctx, "select pg_try_advisory_lock($1)", h.p.holderKey(n)).Scan(&ok); err != nil {
			return err
		}
		if !ok {
			continue
		}
		if _, err := conn.Exec(ctx, fmt.Sprintf("%s; update budget_counters set spent = spent + l.bytes from budget_leases l "+
			"where l.counter = budget_counters.id and l.holder = %d; delete from budget_leases where holder = %[2]d; commit", h.p.beginAlone("ledger"), n)); err != nil {
			return err
		}
		for key, bytes := range h.leased {
			h.owed[key] -= bytes
		}
		clear(h.leased)
		h.b.holder.Store(int64(n))
		return nil
	}
	return tooManyHolders()
}

func (p *postgres) holderKey(n int) int64 { return p.lockKey("lock\x00" + holderLock(n)) }

// ask finds out what became of an unsure claim.
func (h *holderSession) ask(ctx context.Context, conn *pgx.Conn) error {
	u := h.unsure
	if u == nil {
		return nil
	}
	var status *string
	for {
		if err := conn.QueryRow(ctx, "select pg_xact_status($1::text::xid8)", u.transaction).Scan(&status); err != nil {
			return err
		}
		if status == nil || *status != "in progress" {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
	h.unsure = nil
	made := status != nil && *status == "committed"
	if made {
		h.made(u.claims, u.counts)
	}
	for _, c := range u.claims {
		switch {
		case made && !u.told:
			h.owed[c.Key] -= c.Spent
		case !made && u.told:
			h.owed[c.Key] += c.Spent
		}
	}
	return nil
}

// settle asks for an unsure claim where its connection has survived.
func (h *holderSession) settle(ctx context.Context) error {
	if h.unsure == nil {
		return nil
	}
	conn, err := h.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(c any) error { return h.ask(ctx, c.(*pgConn).Conn.Conn()) })
}

// made takes note of claims that were committed.
func (h *holderSession) made(claims []BudgetClaim, counts []BudgetCount) {
	for i, c := range claims {
		delete(h.owed, c.Key)
		if h.leased[c.Key] = c.Keep + counts[i].Granted; h.leased[c.Key] == 0 {
			delete(h.leased, c.Key)
		}
	}
}

// claim is Budgets.Claim. What is lost with a connection is tried again, once.
func (h *holderSession) claim(ctx context.Context, claims []BudgetClaim) (out []BudgetCount, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for range 2 {
		out, err = h.try(ctx, claims)
		if err == nil || !lostConnection(err) {
			break
		}
	}
	return out, translate(err, "count what budgets have spent")
}

func (h *holderSession) try(ctx context.Context, claims []BudgetClaim) ([]BudgetCount, error) {
	if err := h.settle(ctx); err != nil {
		return nil, err
	}
	tx, err := h.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	out := make([]BudgetCount, len(claims))
	owed := map[BudgetKey]int64{}
	for i, c := range claims {
		if _, again := owed[c.Key]; !again {
			owed[c.Key] = h.owed[c.Key]
			c.Spent += owed[c.Key]
		}
		if err := h.b.claim(ctx, tx, &c, &out[i]); err != nil {
			return nil, err
		}
	}
	u := &unsureClaim{claims: claims, counts: out, told: true}
	for _, c := range claims {
		u.told = u.told && c.Want == 0
	}
	if err := tx.QueryRowContext(ctx, "SELECT CAST(pg_current_xact_id() AS TEXT)").Scan(&u.transaction); err != nil {
		return nil, err
	}
	err = tx.Commit()
	if err == nil {
		h.made(claims, out)
		return out, nil
	}
	if errors.As(err, new(*pgconn.PgError)) {
		return nil, err // it was rolled back
	}
	// Who gives bytes back must not use them again, whatever became of it: others
	// may have them.
	if h.unsure = u; u.told {
		return out, nil
	}
	return nil, fault.Wrap(errors.Join(err, errUnsure), fault.CodeConnectionFailure, "cannot count what budgets have spent: the catalog's PostgreSQL did not answer")
}

// errUnsure marks the error of a commit that was not answered.
var errUnsure = errors.New("the answer to a commit was lost")

// bury turns the leases of another holder into spent bytes if it is dead.
func (h *holderSession) bury(ctx context.Context, holder int) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return inTx(ctx, h.db, nil, "count what budgets have spent", func(tx *sql.Tx) error {
		var dead bool
		// The lock is the transaction's: who holds it buries, and nobody else.
		if err := tx.QueryRowContext(ctx, "SELECT pg_try_advisory_xact_lock(?)", h.p.holderKey(holder)).Scan(&dead); err != nil || !dead {
			return err
		}
		return bury(ctx, tx, holder)
	})
}

// close gives up the leases, which count as spent, and ends the session.
func (h *holderSession) close(ctx context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	err := inTx(ctx, h.db, nil, "count what budgets have spent", func(tx *sql.Tx) error { return bury(ctx, tx, int(h.b.holder.Load())) })
	return errors.Join(err, h.db.Close())
}
