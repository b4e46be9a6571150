package pgdiff

import (
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"
)

// Exchange is what a client sends in one connection, and what PostgreSQL 15 was
// recorded to answer. Its file has a line for each message:
//
//	startup NAME=VALUE ...        settings of the start-up packet; first line
//	Q SQL                         Query
//	P NAME [OID,OID] : SQL        Parse; - is the unnamed statement
//	B PORTAL NAME [params=0,1] [results=1] : VALUE | NULL | \x00ff   Bind
//	DS NAME, DP PORTAL, CS NAME, CP PORTAL, E PORTAL [ROWS], S, H, X
//	d TEXT, c, f TEXT             CopyData (\n, \t and \\ are escapes), CopyDone, CopyFail
//	F OID                         FunctionCall without arguments
//	raw HEX                       any bytes
//	cancel                        a cancel request on a connection of its own
//	read Z | read N | read EOF    wait for ReadyForQuery, N messages, or the end
//	< ANSWER                      what PostgreSQL answers to the last read
//	~ REASON                      before a read: Glaux answers otherwise, because ...
//	= ANSWER                      what Glaux answers then
//	# COMMENT
type Exchange struct {
	Name    string
	About   string // the first comment
	Startup map[string]string
	Steps   []Step
}

// Step is one message, or a read with its answers.
type Step struct {
	Line   string
	Send   []byte // nil: a read, or a cancel
	Cancel bool
	Until  string // of a read: "Z", "EOF", or a number
	Want   []string
	Reason string // why Glaux differs, "" if it does not
	Glaux  []string
}

// ReadExchange reads an exchange's file.
func ReadExchange(path, name string) (*Exchange, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	x := &Exchange{Name: name, Startup: map[string]string{}}
	reason := ""
	for n, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
		word, rest, _ := strings.Cut(line, " ")
		last := len(x.Steps) - 1
		switch word {
		case "", "#":
			if x.About == "" {
				x.About = rest
			}
		case "startup":
			for _, kv := range strings.Fields(rest) {
				k, v, _ := strings.Cut(kv, "=")
				x.Startup[k] = strings.ReplaceAll(v, "+", " ")
			}
		case "~":
			reason = rest
		case "<":
			x.Steps[last].Want = append(x.Steps[last].Want, rest)
		case "=":
			x.Steps[last].Glaux = append(x.Steps[last].Glaux, rest)
		case "read":
			x.Steps = append(x.Steps, Step{Line: line, Until: rest, Reason: reason})
			reason = ""
		case "cancel":
			x.Steps = append(x.Steps, Step{Line: line, Cancel: true})
		default:
			b, err := encode(word, rest)
			if err != nil {
				return nil, fmt.Errorf("%s:%d: %w", path, n+1, err)
			}
			x.Steps = append(x.Steps, Step{Line: line, Send: b})
		}
	}
	return x, nil
}

// Text writes the exchange as its file, with the answers that it has.
func (x *Exchange) Text(old string) string {
	var b strings.Builder
	i := 0
	for _, line := range strings.Split(strings.TrimRight(old, "\n"), "\n") {
		word, _, _ := strings.Cut(line, " ")
		switch word {
		case "<", "=", "~":
			continue
		case "", "#", "startup":
			b.WriteString(line + "\n")
			continue
		}
		s := x.Steps[i]
		i++
		if s.Reason != "" {
			b.WriteString("~ " + s.Reason + "\n")
		}
		b.WriteString(line + "\n")
		for _, a := range s.Want {
			b.WriteString("< " + a + "\n")
		}
		for _, a := range s.Glaux {
			b.WriteString("= " + a + "\n")
		}
	}
	return b.String()
}

// encode makes the bytes of a message.
func encode(word, rest string) ([]byte, error) {
	name := func(s string) string { return strings.Replace(strings.TrimSpace(s), "-", "", 1) }
	var m pgproto3.FrontendMessage
	switch word {
	case "Q":
		m = &pgproto3.Query{String: rest}
	case "P":
		m = parseLine(rest)
	case "B":
		return bindLine(rest)
	case "DS", "DP":
		m = &pgproto3.Describe{ObjectType: word[1], Name: name(rest)}
	case "CS", "CP":
		m = &pgproto3.Close{ObjectType: word[1], Name: name(rest)}
	case "E":
		portal, limit, _ := strings.Cut(rest, " ")
		n, _ := strconv.ParseUint(limit, 10, 32)
		m = &pgproto3.Execute{Portal: name(portal), MaxRows: uint32(n)}
	case "S":
		m = &pgproto3.Sync{}
	case "H":
		m = &pgproto3.Flush{}
	case "X":
		m = &pgproto3.Terminate{}
	case "d":
		m = &pgproto3.CopyData{Data: []byte(strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`).Replace(rest))}
	case "c":
		m = &pgproto3.CopyDone{}
	case "f":
		m = &pgproto3.CopyFail{Message: rest}
	case "F":
		n, err := strconv.ParseUint(rest, 10, 32)
		if err != nil {
			return nil, err
		}
		m = &pgproto3.FunctionCall{Function: uint32(n)}
	case "raw":
		return hex.DecodeString(strings.ReplaceAll(rest, " ", ""))
	default:
		return nil, fmt.Errorf("unknown message %q", word)
	}
	return m.Encode(nil)
}

func parseLine(rest string) *pgproto3.Parse {
	head, sql, _ := strings.Cut(rest, " : ")
	name, oids, _ := strings.Cut(head, " ")
	m := &pgproto3.Parse{Name: strings.TrimPrefix(name, "-"), Query: sql}
	for _, s := range strings.FieldsFunc(oids, func(r rune) bool { return r == ',' }) {
		n, _ := strconv.ParseUint(s, 10, 32)
		m.ParameterOIDs = append(m.ParameterOIDs, uint32(n))
	}
	return m
}

func bindLine(rest string) ([]byte, error) {
	head, values, _ := strings.Cut(rest, " :")
	f := strings.Fields(head)
	if len(f) < 2 {
		return nil, fmt.Errorf("a Bind names its portal and statement")
	}
	m := &pgproto3.Bind{DestinationPortal: strings.TrimPrefix(f[0], "-"), PreparedStatement: strings.TrimPrefix(f[1], "-")}
	for _, o := range f[2:] {
		key, list, _ := strings.Cut(o, "=")
		for _, s := range strings.Split(list, ",") {
			n, err := strconv.ParseInt(s, 10, 16)
			if err != nil {
				return nil, err
			}
			if key == "params" {
				m.ParameterFormatCodes = append(m.ParameterFormatCodes, int16(n))
			} else {
				m.ResultFormatCodes = append(m.ResultFormatCodes, int16(n))
			}
		}
	}
	if strings.TrimSpace(values) == "" {
		return m.Encode(nil)
	}
	for _, v := range strings.Split(values, "|") {
		v = strings.TrimSpace(v)
		switch {
		case v == "NULL":
			m.Parameters = append(m.Parameters, nil)
		case strings.HasPrefix(v, `\x`):
			b, err := hex.DecodeString(v[2:])
			if err != nil {
				return nil, err
			}
			m.Parameters = append(m.Parameters, b)
		default:
			m.Parameters = append(m.Parameters, []byte(v))
		}
	}
	return m.Encode(nil)
}
