package plan

// The statements with which sessions speak to each other.
type (
	// Listen is LISTEN Channel, with Off UNLISTEN; Channel "" with Off: all of them.
	Listen struct {
		Channel string
		Off     bool
	}
	// Notify is NOTIFY.
	Notify struct{ Channel, Payload string }
	// Lock is LOCK TABLE. The binder has found the tables.
	Lock struct{}
)

// Tag implements Statement.
func (l *Listen) Tag() string {
	if l.Off {
		return "UNLISTEN"
	}
	return "LISTEN"
}

// Tag implements Statement.
func (*Notify) Tag() string { return "NOTIFY" }

// Tag implements Statement.
func (*Lock) Tag() string { return "LOCK TABLE" }
