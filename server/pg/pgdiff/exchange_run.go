package pgdiff

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgproto3"
)

// Play sends the exchange to a server and gives the answers of its reads, as
// lines that leave out what no two servers share: OIDs of tables, process IDs,
// hints, files and lines of source code.
func (x *Exchange) Play(s Server) ([][]string, error) {
	nc, err := net.Dial("tcp", s.Addr)
	if err != nil {
		return nil, err
	}
	defer nc.Close()
	p := &player{addr: s.Addr, nc: nc, f: pgproto3.NewFrontend(nc, nc)}
	params := map[string]string{"user": s.User, "database": s.Database}
	for k, v := range x.Startup {
		params[k] = v
	}
	b, err := (&pgproto3.StartupMessage{ProtocolVersion: pgproto3.ProtocolVersion30, Parameters: params}).Encode(nil)
	if err != nil {
		return nil, err
	}
	if _, err := nc.Write(b); err != nil {
		return nil, err
	}
	start := p.read("Z")
	if len(start) == 0 || start[len(start)-1] != "ReadyForQuery I" {
		return nil, fmt.Errorf("start-up: %v", start)
	}
	return p.play(x.Steps)
}

// player is a raw client.
type player struct {
	addr string
	nc   net.Conn
	f    *pgproto3.Frontend
	pid  uint32
	key  []byte
}

func (p *player) play(steps []Step) ([][]string, error) {
	var out [][]string
	var send []byte // up to the next read: one packet
	for _, s := range steps {
		switch {
		case s.Send != nil:
			send = append(send, s.Send...)
			continue
		case len(send) > 0:
			if _, err := p.nc.Write(send); err != nil && s.Until != "EOF" {
				return out, err
			}
			send = nil
		}
		if s.Cancel {
			if err := p.cancel(); err != nil {
				return out, err
			}
			continue
		}
		out = append(out, p.read(s.Until))
	}
	return out, nil
}

// cancel asks for the end of what runs, after it had time to start.
func (p *player) cancel() error {
	time.Sleep(200 * time.Millisecond)
	nc, err := net.Dial("tcp", p.addr)
	if err != nil {
		return err
	}
	defer nc.Close()
	b := binary.BigEndian.AppendUint32(nil, uint32(12+len(p.key)))
	b = binary.BigEndian.AppendUint32(b, 80877102)
	b = append(binary.BigEndian.AppendUint32(b, p.pid), p.key...)
	_, err = nc.Write(b)
	if err == nil {
		_, err = nc.Read(make([]byte, 1))
		if errors.Is(err, io.EOF) {
			err = nil
		}
	}
	return err
}

// read receives messages until one of the kind, or as many as until says.
func (p *player) read(until string) []string {
	p.nc.SetReadDeadline(time.Now().Add(20 * time.Second))
	n, _ := strconv.Atoi(until)
	var out []string
	for n == 0 || len(out) < n {
		m, err := p.f.Receive()
		if err != nil {
			var ne net.Error
			if errors.As(err, &ne) && ne.Timeout() {
				return append(out, "nothing more")
			}
			return append(out, "closed")
		}
		if k, ok := m.(*pgproto3.BackendKeyData); ok {
			p.pid, p.key = k.ProcessID, slices.Clone(k.SecretKey)
		}
		out = append(out, showMessage(m))
		if k := len(out) - 1; k > 0 && strings.HasPrefix(out[k], "ParameterStatus") && strings.HasPrefix(out[k-1], "ParameterStatus") {
			slices.Sort(out[k-1:]) // in no order
		}
		if _, ok := m.(*pgproto3.ReadyForQuery); ok && until == "Z" {
			return out
		}
	}
	return out
}

// showMessage writes a message as one line.
func showMessage(m pgproto3.BackendMessage) string {
	name := strings.TrimPrefix(fmt.Sprintf("%T", m), "*pgproto3.")
	var parts []string
	switch m := m.(type) {
	case *pgproto3.ReadyForQuery:
		parts = []string{string(m.TxStatus)}
	case *pgproto3.RowDescription:
		for _, f := range m.Fields {
			parts = append(parts, fmt.Sprintf("%s:%d:%d:%d:%d", f.Name, textOID(f.DataTypeOID, f.TypeModifier), f.DataTypeSize, f.TypeModifier, f.Format))
		}
	case *pgproto3.DataRow:
		for _, v := range m.Values {
			parts = append(parts, showValue(v))
		}
	case *pgproto3.CommandComplete:
		parts = []string{string(m.CommandTag)}
	case *pgproto3.ErrorResponse:
		parts = showError(m)
	case *pgproto3.NoticeResponse:
		parts = showError((*pgproto3.ErrorResponse)(m))
	case *pgproto3.ParameterStatus:
		parts = []string{m.Name, m.Value}
	case *pgproto3.ParameterDescription:
		for _, o := range m.ParameterOIDs {
			parts = append(parts, strconv.Itoa(int(textOID(o, -1))))
		}
	case *pgproto3.CopyData:
		parts = []string{showValue(m.Data)}
	case *pgproto3.CopyOutResponse:
		parts = []string{fmt.Sprint(m.OverallFormat, m.ColumnFormatCodes)}
	case *pgproto3.CopyInResponse:
		parts = []string{fmt.Sprint(m.OverallFormat, m.ColumnFormatCodes)}
	}
	return strings.TrimSpace(name + " " + strings.Join(parts, " "))
}

// textOID makes one of text and varchar without a length: Glaux has one type for
// both, which it calls varchar.
func textOID(oid uint32, typmod int32) uint32 {
	if oid == 1043 && typmod == -1 {
		return 25
	}
	return oid
}

func showError(m *pgproto3.ErrorResponse) []string {
	out := []string{m.Severity, m.Code}
	if m.Position > 0 {
		out = append(out, "at", strconv.Itoa(int(m.Position)))
	}
	return append(out, m.Message)
}

func showValue(v []byte) string {
	switch {
	case v == nil:
		return "NULL"
	case utf8.Valid(v) && !strings.ContainsFunc(string(v), func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' }):
		s := strconv.Quote(string(v))
		return s[1 : len(s)-1]
	}
	return fmt.Sprintf(`\x%x`, v)
}
