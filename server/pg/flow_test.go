package pg

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
)

// Short names of the messages that clients send.
func query(sql string) pgproto3.FrontendMessage { return &pgproto3.Query{String: sql} }

func parseMsg(name, sql string, oids ...uint32) pgproto3.FrontendMessage {
	return &pgproto3.Parse{Name: name, Query: sql, ParameterOIDs: oids}
}

func bindMsg(portal, stmt string, params ...string) pgproto3.FrontendMessage {
	m := &pgproto3.Bind{DestinationPortal: portal, PreparedStatement: stmt}
	for _, p := range params {
		m.Parameters = append(m.Parameters, []byte(p))
	}
	return m
}

func describe(kind byte, name string) pgproto3.FrontendMessage {
	return &pgproto3.Describe{ObjectType: kind, Name: name}
}

func executeMsg(portal string, limit uint32) pgproto3.FrontendMessage {
	return &pgproto3.Execute{Portal: portal, MaxRows: limit}
}

func closeMsg(kind byte, name string) pgproto3.FrontendMessage {
	return &pgproto3.Close{ObjectType: kind, Name: name}
}

var (
	syncMsg  = &pgproto3.Sync{}
	flushMsg = &pgproto3.Flush{}
)

// TestFlows sends messages in one packet and compares the answers.
func TestFlows(t *testing.T) {
	_, addr := serveFake(t, &fakeEngine{}, Config{})
	type step struct {
		send []pgproto3.FrontendMessage
		want string
	}
	msgs := func(m ...pgproto3.FrontendMessage) []pgproto3.FrontendMessage { return m }
	for name, steps := range map[string][]step{
		"simple": {
			{msgs(query("select 1")), "T(a:20:0) D(1) C(SELECT 1) Z(I)"},
			{msgs(query("")), "I Z(I)"},
			{msgs(query(" ; -- nothing")), "I Z(I)"},
			{msgs(query("rows 2; select 1 ;")), "T(n:20:0,s:25:0) D(0,row 0) D(1,row 1) C(SELECT 2) T(a:20:0) D(1) C(SELECT 1) Z(I)"},
			{msgs(query("rows 0")), "T(n:20:0,s:25:0) C(SELECT 0) Z(I)"},
			{msgs(query("select 1; nonsense; select 1")), "T(a:20:0) D(1) C(SELECT 1) E(ERROR 42601 11) Z(I)"},
			{msgs(query("select 'x")), "E(ERROR 42601 8) Z(I)"},
			{msgs(query("fail")), "E(ERROR 22012 3) Z(I)"},
			{msgs(query("echo int")), "E(ERROR 42P02 0) Z(I)"},
			{msgs(query("set TimeZone = x")), "N(set it is) C(SET) S(TimeZone=x) Z(I)"},
		},
		"transaction": {
			{msgs(query("begin")), "C(BEGIN) Z(T)"},
			{msgs(query("fail")), "E(ERROR 22012 3) Z(E)"},
			{msgs(query("select 1")), "E(ERROR 25P02 0) Z(E)"},
			{msgs(query("commit")), "C(ROLLBACK) Z(I)"},
		},
		"extended": {
			{msgs(parseMsg("", "select 1"), bindMsg("", ""), describe('P', ""), executeMsg("", 0), syncMsg),
				"1 2 T(a:20:0) D(1) C(SELECT 1) Z(I)"},
			{msgs(parseMsg("p", "echo int"), describe('S', "p"), syncMsg), "1 t[23] T(echo:23:0) Z(I)"},
			{msgs(bindMsg("", "p", "42"), executeMsg("", 0), syncMsg), "2 D(42) C(SELECT 1) Z(I)"},
			{msgs(bindMsg("", "p", "x"), executeMsg("", 0), syncMsg), "2 E(ERROR 22P02 0) Z(I)"},
			{msgs(bindMsg("", "p"), syncMsg), "E(ERROR 08P01 0) Z(I)"},
			{msgs(parseMsg("p", "select 1"), syncMsg), "E(ERROR 42P05 0) Z(I)"},
			{msgs(closeMsg('S', "p"), closeMsg('S', "never"), bindMsg("", "p", "1"), syncMsg), "3 3 E(ERROR 26000 0) Z(I)"},
			{msgs(parseMsg("", "  "), describe('S', ""), bindMsg("", ""), describe('P', ""), executeMsg("", 0), syncMsg), "1 t[] n 2 n I Z(I)"},
			{msgs(parseMsg("", "set a = b"), bindMsg("", ""), describe('P', ""), executeMsg("", 0), executeMsg("", 0), syncMsg),
				"1 2 n N(set it is) C(SET) E(ERROR 55000 0) S(a=b) Z(I)"},
			{msgs(parseMsg("", "select 1; select 2"), syncMsg), "E(ERROR 42601 11) Z(I)"},
			{msgs(parseMsg("", "  nonsense"), bindMsg("", ""), executeMsg("", 0), syncMsg), "E(ERROR 42601 3) Z(I)"},
			{msgs(parseMsg("", "echo int", 99999), syncMsg), "E(ERROR 42704 0) Z(I)"},
			{msgs(executeMsg("no", 0), syncMsg), "E(ERROR 34000 0) Z(I)"},
			{msgs(describe('S', "no"), syncMsg), "E(ERROR 26000 0) Z(I)"},
			{msgs(describe('P', "no"), syncMsg), "E(ERROR 34000 0) Z(I)"},
			{msgs(describe('X', ""), syncMsg), "E(ERROR 08P01 0) Z(I)"},
		},
		"pipeline": {
			{msgs(parseMsg("", "select 1"), bindMsg("", ""), executeMsg("", 0), parseMsg("", "fail"), bindMsg("", ""), executeMsg("", 0),
				parseMsg("", "select 1"), bindMsg("", ""), executeMsg("", 0), syncMsg, parseMsg("", "rows 1"), bindMsg("", ""), executeMsg("", 0), syncMsg),
				"1 2 D(1) C(SELECT 1) 1 2 E(ERROR 22012 3) Z(I)"},
			{nil, "1 2 D(0,row 0) C(SELECT 1) Z(I)"},
		},
		"flush": {
			{msgs(parseMsg("", "select 1"), describe('S', ""), flushMsg), "1 t[] T(a:20:0)"},
			{msgs(bindMsg("", ""), flushMsg), "2"},
			{msgs(executeMsg("", 0), flushMsg), "D(1) C(SELECT 1)"},
			{msgs(syncMsg), "Z(I)"},
		},
		"portal outside a transaction": {
			{msgs(parseMsg("", "rows 5"), bindMsg("p", ""), executeMsg("p", 2), executeMsg("p", 2), flushMsg),
				"1 2 D(0,row 0) D(1,row 1) s D(2,row 2) D(3,row 3) s"},
			{msgs(executeMsg("p", 2), executeMsg("p", 2), syncMsg), "D(4,row 4) C(SELECT 1) C(SELECT 0) Z(I)"},
			{msgs(parseMsg("", "rows 5"), bindMsg("p", ""), executeMsg("p", 2), syncMsg), "1 2 D(0,row 0) D(1,row 1) s Z(I)"},
			{msgs(executeMsg("p", 2), syncMsg), "E(ERROR 34000 0) Z(I)"},
		},
		"portal in a transaction": {
			{msgs(query("begin")), "C(BEGIN) Z(T)"},
			{msgs(parseMsg("", "rows 4"), bindMsg("p", ""), executeMsg("p", 2), syncMsg), "1 2 D(0,row 0) D(1,row 1) s Z(T)"},
			{msgs(parseMsg("", "select 1"), bindMsg("p", ""), syncMsg), "1 E(ERROR 42P03 0) Z(E)"},
			{msgs(query("rollback")), "C(ROLLBACK) Z(I)"},
			{msgs(query("begin")), "C(BEGIN) Z(T)"},
			{msgs(parseMsg("", "rows 4"), bindMsg("p", ""), executeMsg("p", 2), syncMsg), "1 2 D(0,row 0) D(1,row 1) s Z(T)"},
			{msgs(executeMsg("p", 2), syncMsg), "D(2,row 2) D(3,row 3) s Z(T)"},
			{msgs(executeMsg("p", 0), closeMsg('P', "p"), executeMsg("p", 0), syncMsg), "C(SELECT 0) 3 E(ERROR 34000 0) Z(E)"},
			{msgs(query("commit")), "C(ROLLBACK) Z(I)"},
		},
		"function call": {
			{msgs(&pgproto3.FunctionCall{}), "E(ERROR 0A000 0) Z(I)"},
		},
		"stray copy data": {
			{msgs(&pgproto3.CopyData{Data: []byte("x")}, &pgproto3.CopyDone{}, query("select 1")), "T(a:20:0) D(1) C(SELECT 1) Z(I)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := ready(t, addr)
			for i, s := range steps {
				if s.send != nil {
					c.send(s.send...)
				}
				last := s.want[strings.LastIndexByte(s.want, ' ')+1:]
				var got string
				if strings.HasPrefix(last, "Z") {
					got = c.until("Z")
				} else { // a flush has no end of its own
					got = c.some(countMessages(s.want))
				}
				if got != s.want {
					t.Fatalf("step %d\n got %s\nwant %s", i, got, s.want)
				}
			}
			c.send(&pgproto3.Terminate{})
			if got := c.until("Z"); got != "EOF" {
				t.Errorf("after Terminate: %s", got)
			}
		})
	}
}

// countMessages counts the messages of a shown list; spaces inside parentheses
// separate none.
func countMessages(s string) int {
	n, depth := 1, 0
	for _, r := range s {
		switch {
		case r == '(' || r == '[':
			depth++
		case r == ')' || r == ']':
			depth--
		case r == ' ' && depth == 0:
			n++
		}
	}
	return n
}

// some receives n messages.
func (c *client) some(n int) string {
	c.t.Helper()
	var out []string
	for range n {
		m, err := c.f.Receive()
		if err != nil {
			c.t.Fatalf("after %v: %v", out, err)
		}
		out = append(out, show(m))
	}
	return strings.Join(out, " ")
}

// binaryBind makes a Bind message ask for binary results.
func binaryBind(m pgproto3.FrontendMessage) { m.(*pgproto3.Bind).ResultFormatCodes = []int16{1} }
