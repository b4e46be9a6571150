package pg

import (
	"encoding/binary"
	"net"
	"sort"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Codes of the first message (protocol section 55.7).
const (
	protocolMajor = 3
	codeCancel    = 1234<<16 | 5678
	codeSSL       = 1234<<16 | 5679
	codeGSS       = 1234<<16 | 5680
)

// startup leads a connection to its first ReadyForQuery. It is false when the
// connection is over: a cancel request, or the client left.
func (c *conn) startup() (bool, error) {
	c.nc.SetDeadline(time.Now().Add(c.srv.conf.StartupTimeout))
	stop := make(chan struct{})
	defer close(stop)
	go func() { // Shutdown does not wait for a client that says nothing
		select {
		case <-c.srv.stopping:
			c.nc.SetReadDeadline(time.Now())
		case <-stop:
		}
	}()
	body, code, err := c.firstMessage()
	if err != nil || body == nil {
		return false, err
	}
	if code>>16 != protocolMajor {
		return false, fault.New(fault.CodeFeatureNotSupported, "unsupported frontend protocol %d.%d: server supports 3.0 to 3.0",
			code>>16, code&0xffff)
	}
	params, err := startupParams(body[4:])
	if err != nil {
		return false, err
	}
	if err := c.admit(); err != nil {
		return false, err
	}
	c.negotiate(code, params)
	if err := c.openSession(params); err != nil {
		return false, err
	}
	c.send(&pgproto3.AuthenticationOk{})
	c.sess.changed()
	for _, s := range c.sess.reported() {
		c.send(&pgproto3.ParameterStatus{Name: s.name, Value: wireText(s.value)})
	}
	c.send(&pgproto3.BackendKeyData{ProcessID: uint32(c.pid), SecretKey: c.key[:]})
	c.send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	err = c.flush()
	c.nc.SetDeadline(time.Time{})
	return err == nil, err
}

// firstMessage reads until a startup message comes: encryption is refused, a
// cancel request is carried out. A nil body means that the connection is over.
func (c *conn) firstMessage() ([]byte, uint32, error) {
	for range 4 { // one request each for SSL and GSS, and some patience
		body, err := readStartup(c.r)
		if err != nil {
			if fault.Is(err, fault.CodeProtocolViolation) {
				return nil, 0, err
			}
			return nil, 0, nil
		}
		switch code := binary.BigEndian.Uint32(body); code {
		case codeSSL, codeGSS:
			if _, err := c.nc.Write([]byte{'N'}); err != nil {
				return nil, 0, nil
			}
		case codeCancel:
			if len(body) == 12 {
				c.srv.cancel(int32(binary.BigEndian.Uint32(body[4:])), body[8:])
			}
			return nil, 0, nil
		default:
			return body, code, nil
		}
	}
	return nil, 0, fault.New(fault.CodeProtocolViolation, "no startup packet")
}

// startupParams reads the zero-terminated names and values.
func startupParams(b []byte) (map[string]string, error) {
	params := map[string]string{}
	bad := fault.New(fault.CodeProtocolViolation, "invalid startup packet layout: expected terminator as last byte")
	if len(b) == 0 || b[len(b)-1] != 0 {
		return nil, bad
	}
	parts := strings.Split(string(b), "\x00")
	// name, value, ..., and two empty strings: the terminator, and what follows it.
	for i := 0; i < len(parts) && parts[i] != ""; i += 2 {
		if i+2 >= len(parts) {
			return nil, bad
		}
		params[parts[i]] = parts[i+1]
	}
	return params, nil
}

// admit refuses who may not connect.
func (c *conn) admit() error {
	if c.refuse {
		return fault.New(fault.CodeTooManyConnections, "sorry, too many clients already").
			WithHint("The server takes %d connections.", c.srv.conf.MaxConnections)
	}
	if !loopback(c.nc.RemoteAddr()) {
		return fault.New(fault.CodeInvalidAuth, "connections from %s are not trusted", c.nc.RemoteAddr()).
			WithHint("This server trusts connections from its own machine only.")
	}
	return nil
}

// loopback reports whether an address is on this machine; pipes and sockets of
// the file system are.
func loopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return !ok || tcp.IP.IsLoopback()
}

// negotiate answers a client that asks for more than protocol 3.0.
func (c *conn) negotiate(code uint32, params map[string]string) {
	var unknown []string
	for name := range params {
		if strings.HasPrefix(name, "_pq_.") {
			unknown = append(unknown, name)
			delete(params, name)
		}
	}
	if code&0xffff == 0 && len(unknown) == 0 {
		return
	}
	sort.Strings(unknown)
	c.send(&pgproto3.NegotiateProtocolVersion{NewestMinorProtocol: 0, UnrecognizedOptions: unknown})
}

// openSession turns the startup parameters into a session.
func (c *conn) openSession(params map[string]string) error {
	o := sessionOptions{user: params["user"], database: params["database"], pid: c.pid, settings: map[string]string{}}
	if o.user == "" {
		return fault.New(fault.CodeInvalidAuth, "no PostgreSQL user name specified in startup packet")
	}
	if o.database == "" {
		o.database = o.user
	}
	if r := params["replication"]; r != "" && !isOff(r) {
		return fault.New(fault.CodeFeatureNotSupported, "replication connections are not supported")
	}
	if err := commandLine(params["options"], o.settings); err != nil {
		return err
	}
	for name, value := range params {
		switch name {
		case "user", "database", "options", "replication":
			continue
		}
		name = strings.ToLower(name)
		if name == "client_encoding" { // some drivers send their connection string's quotes
			value = strings.Trim(value, `'"`)
		}
		o.settings[name] = value
	}
	sess, err := c.srv.open(o)
	if err != nil {
		return fault.As(err)
	}
	c.sess = sess
	c.log = c.log.With("user", o.user, "database", o.database)
	return nil
}

func isOff(v string) bool {
	switch strings.ToLower(v) {
	case "false", "off", "no", "0", "f", "n":
		return true
	}
	return false
}

// commandLine reads the options parameter: -c name=value, -cname=value and
// --name=value, separated by spaces; a backslash makes the next character
// plain.
func commandLine(s string, into map[string]string) error {
	args := splitOptions(s)
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "-c" && i+1 < len(args):
			i++
			a = args[i]
		case strings.HasPrefix(a, "--"):
			a = a[2:]
		case strings.HasPrefix(a, "-c") && len(a) > 2:
			a = a[2:]
		default:
			return fault.New(fault.CodeSyntax, "invalid command-line argument for server process: %s", a).
				WithHint("Settings are given as -c name=value.")
		}
		name, value, ok := strings.Cut(a, "=")
		if !ok || name == "" {
			return fault.New(fault.CodeSyntax, "-c %s requires a value", a)
		}
		into[strings.ReplaceAll(strings.ToLower(name), "-", "_")] = value
	}
	return nil
}

func splitOptions(s string) []string {
	var out []string
	var word strings.Builder
	in := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			i++
			word.WriteByte(s[i])
			in = true
		case c == ' ' || c >= '\t' && c <= '\r':
			if in {
				out = append(out, word.String())
				word.Reset()
				in = false
			}
		default:
			word.WriteByte(c)
			in = true
		}
	}
	if in {
		out = append(out, word.String())
	}
	return out
}

// reportSettings tells the client of settings that have changed.
func (c *conn) reportSettings() {
	for _, s := range c.sess.changed() {
		c.send(&pgproto3.ParameterStatus{Name: s.name, Value: wireText(s.value)})
	}
}

// timeUnits are those of PostgreSQL's settings.
var timeUnits = map[string]time.Duration{"": time.Millisecond, "us": time.Microsecond, "ms": time.Millisecond, "s": time.Second,
	"min": time.Minute, "h": time.Hour, "d": 24 * time.Hour}

// statementTimeout gives the session's limit for a statement, 0 for none.
func (c *conn) statementTimeout() time.Duration {
	s := strings.TrimSpace(c.sess.setting("statement_timeout"))
	var n int64
	i := 0
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9' && n < 1<<40; i++ {
		n = n*10 + int64(s[i]-'0')
	}
	unit, ok := timeUnits[strings.TrimSpace(s[i:])]
	if !ok || n > int64(1<<62)/int64(unit) {
		return 0
	}
	return time.Duration(n) * unit
}
