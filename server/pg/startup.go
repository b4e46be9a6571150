package pg

import (
	"encoding/binary"
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
	c.raw.SetDeadline(time.Now().Add(c.srv.conf.StartupTimeout))
	select {
	case <-c.srv.stopping: // Shutdown came before the deadline
		return false, nil
	default:
	}
	body, code, err := c.firstMessage()
	if err != nil || body == nil {
		return false, err
	}
	if code>>16 != protocolMajor {
		return false, c.otherProtocol(code)
	}
	params, err := startupParams(body[4:])
	if err != nil {
		return false, err
	}
	o, err := startupOptions(params)
	if err != nil {
		return false, err
	}
	c.negotiate(code, params)
	if err := c.authenticate(o.user, o.database); err != nil {
		return false, err
	}
	if err := c.openSession(o, params); err != nil {
		return false, err
	}
	c.sess.changed()
	c.reported = map[string]string{}
	for _, s := range c.sess.reported() {
		c.reported[s.name] = s.value
		c.send(&pgproto3.ParameterStatus{Name: s.name, Value: wireText(s.value)})
	}
	c.send(&pgproto3.BackendKeyData{ProcessID: uint32(c.pid), SecretKey: c.key[:]})
	c.send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	err = c.flush()
	c.raw.SetDeadline(time.Time{})
	return err == nil, err
}

// firstMessage reads until a startup message comes. Encryption is agreed on, once;
// a cancel request is carried out. A nil body means that the connection is over:
// what is not PostgreSQL's protocol gets no answer, as PostgreSQL gives none.
func (c *conn) firstMessage() ([]byte, uint32, error) {
	asked := map[uint32]bool{}
	for {
		body, err := c.startupMessage()
		if err != nil || body == nil {
			return nil, 0, err
		}
		switch code := binary.BigEndian.Uint32(body); {
		case code == codeCancel:
			if len(body) == 12 {
				c.srv.cancel(int32(binary.BigEndian.Uint32(body[4:])), body[8:])
			}
			return nil, 0, nil
		case (code == codeSSL || code == codeGSS) && !asked[code]:
			asked[code] = true
			if code == codeSSL {
				err = c.sslRequest()
			} else {
				_, err = c.nc.Write([]byte{'N'})
			}
			if err != nil {
				return nil, 0, err
			}
		default:
			return body, code, nil
		}
	}
}

// startupMessage reads a message without a type, from a client that may begin with
// TLS instead.
func (c *conn) startupMessage() ([]byte, error) {
	if err := c.in.wait(); err != nil {
		return nil, nil
	}
	if first, err := c.in.Peek(1); err == nil && first[0] == tlsHandshake && c.tls == nil {
		if err := c.directTLS(); err != nil {
			return nil, err
		}
		if err := c.in.wait(); err != nil {
			return nil, nil
		}
	}
	body, err := readStartup(c.in.Reader)
	if err != nil {
		c.log.Debug("no startup packet", "error", err)
		return nil, nil
	}
	return body, nil
}

// otherProtocol refuses a protocol that is not 3. Clients of the old ones read
// errors as plain text.
func (c *conn) otherProtocol(code uint32) error {
	e := fault.New(fault.CodeFeatureNotSupported, "unsupported frontend protocol %d.%d: server supports 3.0 to 3.0", code>>16, code&0xffff)
	if code>>16 > protocolMajor {
		return e
	}
	_, err := c.nc.Write([]byte("EFATAL:  " + e.Message + "\n\x00"))
	return errIO{err}
}

// startupParams reads the zero-terminated names and values, which end with an
// empty name.
func startupParams(b []byte) (map[string]string, error) {
	params := map[string]string{}
	rest := string(b)
	for {
		name, after, ok := strings.Cut(rest, "\x00")
		if ok && name == "" && after == "" {
			return params, nil
		}
		value, after, more := strings.Cut(after, "\x00")
		if !ok || !more || name == "" {
			return nil, fault.New(fault.CodeProtocolViolation, "invalid startup packet layout: expected terminator as last byte")
		}
		params[name], rest = value, after
	}
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
	c.send(&pgproto3.NegotiateProtocolVersion{NewestMinorProtocol: protocolMajor << 16, UnrecognizedOptions: unknown})
}

// startupOptions reads what must be known before the client is asked who it is.
func startupOptions(params map[string]string) (sessionOptions, error) {
	o := sessionOptions{user: params["user"], database: params["database"], settings: map[string]string{}}
	switch r := strings.ToLower(params["replication"]); {
	case r == "" || isOff(r):
	case r == "database" || isOn(r):
		return o, fault.New(fault.CodeFeatureNotSupported, "replication connections are not supported")
	default:
		return o, fault.New(fault.CodeInvalidParameter, "invalid value for parameter \"replication\": %q", params["replication"]).
			WithHint(`Valid values are: "false", 0, "true", 1, "database".`)
	}
	if o.user == "" {
		return o, fault.New(fault.CodeInvalidAuth, "no PostgreSQL user name specified in startup packet")
	}
	if o.database == "" {
		o.database = o.user
	}
	return o, nil
}

// openSession opens the session of a client that has been let in. Settings of the
// startup message win over those of its options, and both over the user's own.
func (c *conn) openSession(o sessionOptions, params map[string]string) error {
	o.pid, o.superuser = c.pid, c.id.Superuser
	o.clientAddr, o.signal, o.notified, o.notice = c.raw.RemoteAddr().String(), c.signal, c.notified, c.noticeNow
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
	return nil
}

func isOn(v string) bool {
	switch v {
	case "true", "on", "yes", "1", "t", "y":
		return true
	}
	return false
}

func isOff(v string) bool {
	switch v {
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
		a, dash := args[i], "-c "
		switch {
		case a == "-c" && i+1 < len(args):
			i++
			a = args[i]
		case strings.HasPrefix(a, "--"):
			a, dash = a[2:], "--"
		case strings.HasPrefix(a, "-c") && len(a) > 2:
			a = a[2:]
		default:
			return fault.New(fault.CodeSyntax, "invalid command-line argument for server process: %s", a).
				WithHint("Settings are given as -c name=value.")
		}
		name, value, ok := strings.Cut(a, "=")
		if !ok || name == "" {
			return fault.New(fault.CodeSyntax, "%s%s requires a value", dash, a)
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
		if old, ok := c.reported[s.name]; ok && old == s.value {
			continue
		}
		c.reported[s.name] = s.value
		c.send(&pgproto3.ParameterStatus{Name: s.name, Value: wireText(s.value)})
	}
}
