package ast

import "strings"

// The statements with which sessions speak to each other.
type (
	// Listen is LISTEN channel, with Off UNLISTEN channel or, with All, UNLISTEN *.
	Listen struct {
		stmtNode
		Channel  Ident
		Off, All bool
	}
	// Notify is NOTIFY channel [, 'payload'].
	Notify struct {
		stmtNode
		Channel Ident
		Payload string
	}
	// Lock is LOCK [TABLE] names [IN mode MODE] [NOWAIT].
	Lock struct {
		stmtNode
		Tables []Name
		Mode   string // lower case; "" : access exclusive
		NoWait bool
	}
)

func (p *printer) talkStmt(s Stmt) {
	switch s := s.(type) {
	case *Listen:
		if s.Off {
			p.s("un")
		}
		p.s("listen ")
		if s.All {
			p.s("*")
		} else {
			p.ident(s.Channel)
		}
	case *Notify:
		p.s("notify ")
		p.ident(s.Channel)
		if s.Payload != "" {
			p.s(", ")
			p.str(s.Payload)
		}
	case *Lock:
		p.s("lock table ")
		p.list(len(s.Tables), func(i int) { p.name(s.Tables[i]) })
		if s.Mode != "" {
			p.s(" in ", s.Mode, " mode")
		}
		if s.NoWait {
			p.s(" nowait")
		}
	}
}

func (p *printer) transactionStmt(s *Transaction) {
	if s.Start {
		p.s("start transaction")
	} else {
		p.s(s.Op)
	}
	if s.Name.Name != "" {
		p.s(" ")
		p.ident(s.Name)
	}
	if s.Isolation != "" {
		p.s(" isolation level ", s.Isolation)
	}
	if s.ReadOnly != "" {
		p.s(map[string]string{"on": " read only", "off": " read write"}[s.ReadOnly])
	}
	if s.Chain {
		p.s(" and chain")
	}
}

// transactionModes prints SET TRANSACTION and SET SESSION CHARACTERISTICS.
func (p *printer) transactionModes(s *Set) {
	if s.Transaction {
		p.s("transaction")
	} else {
		p.s("session characteristics as transaction")
	}
	for ; s != nil; s = s.Also {
		value := s.Values[0].(*StringLit).Value
		switch {
		case strings.HasSuffix(s.Name, "isolation"):
			p.s(" isolation level ", value)
		case strings.HasSuffix(s.Name, "read_only"):
			p.s(map[string]string{"on": " read only", "off": " read write"}[value])
		default:
			p.s(map[string]string{"on": " deferrable", "off": " not deferrable"}[value])
		}
	}
}
