package exec

import (
	"context"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/planner"
	"github.com/glauxdb/glaux/planner/plan"
)

// governed runs a command that is no query as one: the governor takes it on and
// hears of its end, it has an identity, a time limit and a meter.
func (s *Session) governed(ctx context.Context, kind Kind, sql string, f func(ctx context.Context) (*Result, error)) (*Result, error) {
	r, err := s.start(ctx, kind, sql)
	if err != nil {
		return nil, err
	}
	var res *Result
	err = op.Protect(r.log, r.id, func() error {
		res, err = f(r.ctx)
		return err
	})
	if err != nil {
		return nil, r.fail(err)
	}
	r.end(r.stats(), nil)
	res.notices = append(res.notices, s.takeNotices()...)
	return res, nil
}

// recordFailure tells the governor of a statement that failed before it was
// anything to run: it does not parse, or names what is not there.
func (s *Session) recordFailure(ctx context.Context, sql string, err error) {
	if s.e.o.Governor == nil || fault.Is(err, fault.CodeFailedTransaction) {
		return
	}
	r, refused := s.start(ctx, kindOfText(sql), withoutPasswords(sql))
	if refused != nil {
		return // the governor knows
	}
	r.end(r.stats(), err)
}

// withoutPasswords redacts a text that may be no statement at all.
func withoutPasswords(sql string) string {
	if !strings.Contains(strings.ToLower(sql), "password") {
		return sql
	}
	return planner.Redact(sql)
}

// kindsByWord sorts statements by their first word, as Athena does; what is not
// here is a DML.
var kindsByWord = map[string]Kind{
	"create": DDL, "alter": DDL, "drop": DDL, "msck": DDL, "grant": DDL, "revoke": DDL, "comment": DDL, "repair": DDL,
	"show": Utility, "describe": Utility, "desc": Utility, "explain": Utility, "set": Utility, "reset": Utility, "use": Utility,
	"begin": Utility, "commit": Utility, "rollback": Utility, "prepare": Utility, "deallocate": Utility, "discard": Utility,
}

// kindOfText is the kind of a statement that is known by its text only.
func kindOfText(sql string) Kind {
	if kind, ok := kindsByWord[planner.FirstWord(sql)]; ok {
		return kind
	}
	return DML
}

// ownPast are the tables of glaux_catalog that tell of others' statements: that
// somebody looked there is worth keeping.
var ownPast = map[string]bool{"query_history": true, "workgroup_usage": true}

// readsSystemOnly tells whether a plan looks at the system and does nothing else.
func readsSystemOnly(root plan.Node) bool {
	some, only := false, true
	plan.Visit(root, func(n plan.Node) bool {
		switch n := n.(type) {
		case *plan.Scan:
			only = false
		case *plan.Virtual:
			some = true
			if n.Table.Schema() == "glaux_catalog" && ownPast[n.Table.Name()] {
				only = false
			}
		}
		return only
	})
	return some && only
}

// HideLiterals gives a statement's text with ? in the place of every literal and
// without comments, for those who may not see its values.
func HideLiterals(sql string) string { return planner.HideLiterals(sql) }

// HideValues gives an error's message up to where a value may begin. Messages of
// data exceptions may be nothing but a value: of them it gives nothing.
func HideValues(code fault.Code, message string) string {
	switch code[:min(2, len(code))] {
	case "22", "23", "P0", "XX", "":
		if code != fault.CodeDivisionByZero {
			return ""
		}
	}
	i := strings.IndexAny(message, `"'`+"`:(=0123456789")
	if i < 0 {
		return message
	}
	return strings.TrimSpace(message[:i]) + " ..."
}
