-- +goose Up
-- What budgets have spent: one row for each budget, principal and period.
CREATE TABLE budget_counters (
    id        INTEGER PRIMARY KEY,
    budget    TEXT    NOT NULL,
    principal TEXT    NOT NULL, -- whose scans: workgroup w, user u, tag t
    period    TEXT    NOT NULL, -- hour, day, week, month
    started   INTEGER NOT NULL, -- the window: from started up to, not including, ended
    ended     INTEGER NOT NULL,
    spent     INTEGER NOT NULL, -- bytes
    asked     INTEGER NOT NULL, -- rises when a holder is refused what others have leased
    UNIQUE (budget, principal, period, started)
);

CREATE INDEX budget_counters_ended ON budget_counters (ended);

-- What servers may spend of a counter without asking again: it counts as used
-- until it is given back.
CREATE TABLE budget_leases (
    counter INTEGER NOT NULL REFERENCES budget_counters (id) ON DELETE CASCADE,
    holder  INTEGER NOT NULL, -- the number of a lock that the server holds while it lives
    bytes   INTEGER NOT NULL,
    PRIMARY KEY (counter, holder)
) WITHOUT ROWID;
