package exec

import "time"

// Activity is what a session does at the moment: a row of pg_stat_activity.
type Activity struct {
	PID         int32
	User        string
	Database    string
	Application string
	ClientAddr  string // "host:port", "" where there is no network
	Workgroup   string
	Started     time.Time // of the session
	TxStarted   time.Time // zero outside a transaction
	Changed     time.Time // of State
	// State is as PostgreSQL names it: active, idle, idle in transaction, idle in
	// transaction (aborted).
	State        string
	QueryID      string    // of the query that runs
	QueryStarted time.Time // of the latest statement
	Query        string    // the latest statement's text
}
