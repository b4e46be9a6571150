package ast

import "strconv"

// The statements of cursors.
type (
	// DeclareCursor is DECLARE name [options] CURSOR [WITH | WITHOUT HOLD] FOR query.
	DeclareCursor struct {
		stmtNode
		Name     Ident
		Binary   bool
		Scroll   bool
		NoScroll bool
		// Insensitive and Asensitive say the same: cursors read the lake as it was
		// when they were declared.
		Insensitive, Asensitive bool
		Hold                    bool
		Query                   *Query
	}
	// FetchCursor is FETCH or MOVE [direction] [FROM | IN] name.
	FetchCursor struct {
		stmtNode
		Move bool
		// Direction is "forward", "backward", "absolute" or "relative"; NEXT is
		// forward 1, PRIOR backward 1, FIRST absolute 1, LAST absolute -1.
		Direction string
		Count     int64
		All       bool // FORWARD ALL, BACKWARD ALL
		Name      Ident
	}
	// CloseCursor is CLOSE name | ALL.
	CloseCursor struct {
		stmtNode
		Name Ident
		All  bool
	}
)

func (p *printer) cursorStmt(s Stmt) {
	switch s := s.(type) {
	case *DeclareCursor:
		p.s("declare ")
		p.ident(s.Name)
		p.opt(s.Binary, " binary")
		p.opt(s.Insensitive, " insensitive")
		p.opt(s.Asensitive, " asensitive")
		p.opt(s.Scroll, " scroll")
		p.opt(s.NoScroll, " no scroll")
		p.s(" cursor")
		p.opt(s.Hold, " with hold")
		p.s(" for ")
		p.query(s.Query)
	case *FetchCursor:
		if s.Move {
			p.s("move ")
		} else {
			p.s("fetch ")
		}
		p.s(s.Direction, " ")
		if s.All {
			p.s("all")
		} else {
			p.s(strconv.FormatInt(s.Count, 10))
		}
		p.s(" from ")
		p.ident(s.Name)
	case *CloseCursor:
		p.s("close ")
		if s.All {
			p.s("all")
		} else {
			p.ident(s.Name)
		}
	}
}
