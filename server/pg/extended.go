package pg

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/server/pgtype"
)

// prepared is a statement of the extended protocol.
type prepared struct {
	name  string
	stmt  *statement // nil: an empty text
	given []uint32   // the OIDs that the client gave for the parameters
}

// params gives the types of the parameters.
func (s *prepared) params() []types.Type {
	if s.stmt == nil {
		return nil
	}
	return s.stmt.params
}

// paramOID gives the OID of a parameter: the client's, if it gave one.
func (s *prepared) paramOID(i int) uint32 {
	if i < len(s.given) && s.given[i] != 0 && s.given[i] != pgtype.Unknown {
		return s.given[i]
	}
	return pgtype.Param(s.stmt.params[i])
}

// decoder is a message of the client.
type decoder interface{ Decode([]byte) error }

func decode(m decoder, body []byte) error {
	if err := m.Decode(body); err != nil {
		return fault.Wrap(err, fault.CodeProtocolViolation, "invalid message format")
	}
	return nil
}

// extended answers a message of the extended protocol. An error of its own is
// sent by the caller, and skips messages up to Sync.
func (c *conn) extended(f frame) error {
	switch f.kind {
	case 'P':
		m := &pgproto3.Parse{}
		if err := decode(m, f.body); err != nil {
			return err
		}
		return c.parse(m)
	case 'B':
		m := &pgproto3.Bind{}
		if err := decode(m, f.body); err != nil {
			return err
		}
		return c.bind(m)
	case 'D':
		m := &pgproto3.Describe{}
		if err := decode(m, f.body); err != nil {
			return err
		}
		return c.describe(m)
	case 'E':
		m := &pgproto3.Execute{}
		if err := decode(m, f.body); err != nil {
			return err
		}
		if len(f.body) != len(m.Portal)+5 {
			return errFormat
		}
		return c.execute(m)
	case 'C':
		m := &pgproto3.Close{}
		if err := decode(m, f.body); err != nil {
			return err
		}
		return c.close(m)
	}
	return fault.New(fault.CodeInternal, "message %q is not of the extended protocol", f.kind)
}

// functionCall refuses a FunctionCall message. It ends its round, as if Sync
// followed it.
func (c *conn) functionCall() error {
	e := fault.New(fault.CodeFeatureNotSupported, "function calls by message are not supported").WithHint("Call the function in a query.")
	if c.sess.txStatus() == 'E' {
		e = errAborted
	}
	c.sendError(e)
	return c.ready(false)
}

// maxStatements limits what a connection may keep prepared.
const maxStatements = 10_000

func (c *conn) parse(m *pgproto3.Parse) error {
	if err := c.decodeTexts(&m.Name, &m.Query); err != nil {
		return err
	}
	if m.Name == "" {
		delete(c.statements, "")
	} else if c.statements[m.Name] != nil {
		return fault.New(fault.CodeDuplicateStatement, "prepared statement %q already exists", m.Name)
	}
	if len(c.statements) >= maxStatements {
		return fault.New(fault.CodeLimitExceeded, "a connection may keep %d prepared statements", maxStatements)
	}
	given, err := paramTypes(m.ParameterOIDs)
	if err != nil {
		return err
	}
	pieces, err := c.sess.split(m.Query)
	if err != nil {
		return c.ofStatement(context.Background(), err, m.Query, 0)
	}
	s := &prepared{name: m.Name, given: m.ParameterOIDs}
	switch len(pieces) {
	case 0:
	case 1:
		if err := c.prepareOne(s, m.Query, pieces[0], given); err != nil {
			return err
		}
	default:
		return fault.New(fault.CodeSyntax, "cannot insert multiple commands into a prepared statement").At(pieces[1].pos)
	}
	c.statements[m.Name] = s
	c.send(&pgproto3.ParseComplete{})
	return nil
}

// prepareOne prepares the one statement of a text.
func (c *conn) prepareOne(s *prepared, text string, p piece, given []types.Type) error {
	ctx, done := c.begin()
	defer done()
	st, err := c.sess.prepare(ctx, p.sql, given)
	if err != nil {
		return c.ofStatement(ctx, err, text, p.pos-1)
	}
	st.text, st.offset = text, p.pos-1
	s.stmt = st
	return nil
}

func paramTypes(oids []uint32) ([]types.Type, error) {
	out := make([]types.Type, len(oids))
	for i, oid := range oids {
		t, ok := pgtype.TypeOf(oid)
		if !ok {
			return nil, fault.New(fault.CodeUndefinedObject, "type with OID %d does not exist", oid)
		}
		out[i] = t
	}
	return out, nil
}

func (c *conn) statement(name string) (*prepared, error) {
	if s := c.statements[name]; s != nil {
		return s, nil
	}
	if name == "" {
		return nil, fault.New(fault.CodeInvalidStatementName, "unnamed prepared statement does not exist")
	}
	return nil, fault.New(fault.CodeInvalidStatementName, "prepared statement %q does not exist", name)
}

func (c *conn) bind(m *pgproto3.Bind) error {
	if err := c.decodeTexts(&m.DestinationPortal, &m.PreparedStatement); err != nil {
		return err
	}
	s, err := c.statement(m.PreparedStatement)
	if err != nil {
		return err
	}
	if m.DestinationPortal == "" {
		c.dropPortal("")
	} else if c.portals[m.DestinationPortal] != nil {
		return fault.New(fault.CodeDuplicateCursor, "cursor %q already exists", m.DestinationPortal)
	}
	if err := c.notAborted(s.stmt); err != nil {
		return err
	}
	st, err := c.current(s.stmt)
	if err != nil {
		return err
	}
	params, err := c.bindParams(s, m)
	if err != nil {
		return err
	}
	formats, err := resultFormats(m.ResultFormatCodes, len(st.shown()))
	if err != nil {
		return err
	}
	p := c.newPortal(st, params, formats)
	p.name = m.DestinationPortal
	if st.shown() != nil {
		if p.cur, err = c.sess.openPortal(p.name, st, params); err != nil {
			return err
		}
	}
	c.portals[m.DestinationPortal] = p
	c.send(&pgproto3.BindComplete{})
	return nil
}

// current gives the statement of a portal that is being made: FETCH has the
// columns that the cursor has now.
func (c *conn) current(st *statement) (*statement, error) {
	if st == nil || st.fetches == "" {
		return st, nil
	}
	ctx, done := c.begin()
	defer done()
	return c.sess.prepare(ctx, st.fetches, nil)
}

// notAborted refuses what a failed transaction does not take.
func (c *conn) notAborted(st *statement) error {
	if (st == nil || !st.ends) && c.sess.txStatus() == 'E' {
		return errAborted
	}
	return nil
}

// bindParams makes the values of a Bind message.
func (c *conn) bindParams(s *prepared, m *pgproto3.Bind) ([]types.Value, error) {
	want := s.params()
	if n := len(m.ParameterFormatCodes); n > 1 && n != len(m.Parameters) {
		return nil, fault.New(fault.CodeProtocolViolation, "bind message has %d parameter formats but %d parameters", n, len(m.Parameters))
	}
	if len(m.Parameters) != len(want) {
		return nil, fault.New(fault.CodeProtocolViolation, "bind message supplies %d parameters, but prepared statement %q requires %d",
			len(m.Parameters), s.name, len(want))
	}
	out, cs := make([]types.Value, len(want)), c.charset()
	for i, b := range m.Parameters {
		format := int16(0)
		switch len(m.ParameterFormatCodes) {
		case 0:
		case 1:
			format = m.ParameterFormatCodes[0]
		default:
			format = m.ParameterFormatCodes[i]
		}
		v, err := paramValue(b, format, s.paramOID(i), want[i], cs)
		if err != nil {
			return nil, paramError(err, i)
		}
		out[i] = v
	}
	return out, nil
}

// resultFormats expands the format codes of Bind to one a column; true is
// binary.
func resultFormats(codes []int16, columns int) ([]bool, error) {
	if n := len(codes); n > 1 && n != columns {
		return nil, fault.New(fault.CodeProtocolViolation, "bind message has %d result formats but query has %d columns", n, columns)
	}
	out := make([]bool, columns)
	for i := range out {
		if len(codes) == 0 {
			break
		}
		code := codes[0]
		if len(codes) > 1 {
			code = codes[i]
		}
		if code != 0 && code != 1 {
			return nil, fault.New(fault.CodeInvalidParameter, "unsupported format code: %d", code)
		}
		out[i] = code == 1
	}
	return out, nil
}

func (c *conn) describe(m *pgproto3.Describe) error {
	if err := c.decodeTexts(&m.Name); err != nil {
		return err
	}
	switch m.ObjectType {
	case 'S':
		s, err := c.statement(m.Name)
		if err == nil && s.stmt.shown() != nil {
			err = c.notAborted(s.stmt)
		}
		if err != nil {
			return err
		}
		oids := make([]uint32, len(s.params()))
		for i := range oids {
			oids[i] = s.paramOID(i)
		}
		c.send(&pgproto3.ParameterDescription{ParameterOIDs: oids})
		c.describeRows(s.stmt, nil)
		return nil
	case 'P':
		p, err := c.portal(m.Name)
		if err == nil && p.stmt.shown() != nil {
			err = c.notAborted(p.stmt)
		}
		if err != nil {
			return err
		}
		c.describeRows(p.stmt, p.formats)
		return nil
	}
	return fault.New(fault.CodeProtocolViolation, "invalid DESCRIBE message subtype %d", m.ObjectType)
}

func (c *conn) describeRows(st *statement, formats []bool) {
	cols := st.shown()
	if cols == nil {
		c.send(&pgproto3.NoData{})
		return
	}
	c.send(rowDescription(cols, formats, c.recordRows()))
}

func (c *conn) execute(m *pgproto3.Execute) error {
	if err := c.decodeTexts(&m.Portal); err != nil {
		return err
	}
	p, err := c.portal(m.Portal)
	if err != nil {
		return err
	}
	if p.stmt == nil {
		c.send(&pgproto3.EmptyQueryResponse{})
		return nil
	}
	if err := c.notAborted(p.stmt); err != nil {
		return err
	}
	c.sess.beginRound(false)
	ctx, done := c.begin()
	defer done()
	more := false
	if p.stmt.copy != nil {
		err = p.runCopy(ctx)
	} else if p.stmt.copyIn != nil {
		err = p.runCopyIn(ctx)
	} else {
		more, err = p.run(ctx, max(0, int(int32(m.MaxRows))))
	}
	if more {
		c.send(&pgproto3.PortalSuspended{})
	}
	if err == nil {
		return nil
	}
	var io errIO
	if !errors.As(err, &io) {
		err = c.ofStatement(ctx, err, p.stmt.text, p.stmt.offset)
	}
	p.close()
	return err
}

func (c *conn) close(m *pgproto3.Close) error {
	if err := c.decodeTexts(&m.Name); err != nil {
		return err
	}
	switch m.ObjectType {
	case 'S':
		delete(c.statements, m.Name)
	case 'P':
		c.dropPortal(m.Name)
	default:
		return fault.New(fault.CodeProtocolViolation, "invalid CLOSE message subtype %d", m.ObjectType)
	}
	c.send(&pgproto3.CloseComplete{})
	return nil
}

// sync ends a round of the extended protocol.
func (c *conn) sync() error {
	ok := !c.skip
	c.skip = false
	return c.ready(ok)
}
