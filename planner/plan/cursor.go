package plan

import "time"

// The statements of cursors; exec keeps the cursors.
type (
	// DeclareCursor makes a cursor of a query, which may have parameters.
	DeclareCursor struct {
		Name             string
		Binary           bool
		Scroll, NoScroll bool // neither: forward only
		Hold             bool
		Query            *Query
	}
	// FetchCursor reads rows of a cursor, or with Move passes over them. Direction
	// and Count are as in ast.FetchCursor.
	FetchCursor struct {
		Name      string
		Move      bool
		Direction string
		Count     int64
		All       bool
	}
	// CloseCursor ends one cursor, or all of them.
	CloseCursor struct {
		Name string
		All  bool
	}
)

// Tag implements Statement.
func (*DeclareCursor) Tag() string { return "DECLARE CURSOR" }

// Tag implements Statement.
func (f *FetchCursor) Tag() string {
	if f.Move {
		return "MOVE"
	}
	return "FETCH"
}

// Tag implements Statement.
func (c *CloseCursor) Tag() string {
	if c.All {
		return "CLOSE CURSOR ALL"
	}
	return "CLOSE CURSOR"
}

// CursorInfo is an open cursor as pg_cursors shows it.
type CursorInfo struct {
	Name, Statement              string
	Holdable, Binary, Scrollable bool
	Created                      time.Time
}
