package pg

import (
	"bytes"
	"crypto/tls"
	"net"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/server/auth"
	"github.com/glauxdb/glaux/server/auth/certs"
)

// tlsHandshake is the first byte of a TLS connection. No startup message begins
// with it: it would be 350 MB long.
const tlsHandshake = 0x16

// sslRequest answers a request for encryption. A nil error means that the
// connection goes on.
func (c *conn) sslRequest() error {
	if c.srv.conf.TLS == nil || c.tls != nil {
		if _, err := c.nc.Write([]byte{'N'}); err != nil {
			return errIO{err}
		}
		return c.refuseStuffed()
	}
	if _, err := c.nc.Write([]byte{'S'}); err != nil {
		return errIO{err}
	}
	stuffed := c.refuseStuffed()
	if err := c.encrypt(c.nc); err != nil {
		return err
	}
	return stuffed
}

// refuseStuffed ends a connection on which something came together with the
// request for encryption: what somebody between put there would count as sent
// under its protection.
func (c *conn) refuseStuffed() error {
	if c.in.Buffered() == 0 {
		return nil
	}
	return fault.New(fault.CodeProtocolViolation, "received unencrypted data after SSL request").
		WithDetail("This could be either a client-software bug or evidence of an attempted man-in-the-middle attack.")
}

// encrypt makes the connection one of TLS.
func (c *conn) encrypt(under net.Conn) error {
	cur := c.srv.conf.TLS.Current()
	t := tls.Server(under, cur.TLS)
	if err := t.HandshakeContext(c.ctx); err != nil {
		c.log.Info("TLS handshake failed", "error", err)
		return errIO{err}
	}
	c.tls = &auth.TLS{EndPoint: cur.EndPoint}
	if s := t.ConnectionState(); len(s.VerifiedChains) > 0 {
		c.tls.Peer = s.PeerCertificates[0]
	}
	c.in.release()
	c.nc, c.in = t, newWire(t)
	return nil
}

// directTLS serves a client that begins with TLS at once, as PostgreSQL 17's
// clients can be told to. It must name the protocol, or a client of another one
// could be led here.
func (c *conn) directTLS() error {
	if c.srv.conf.TLS == nil {
		c.srv.plainOnly.Do(func() {
			c.log.Warn("a client began with TLS, which is not configured; this is logged once")
		})
		// Fatal alert 40, handshake_failure: what the client understands.
		_, err := c.nc.Write([]byte{21, 3, 1, 0, 2, 2, 40})
		return errIO{err}
	}
	under, err := unreadOf(c.nc, c.in)
	if err != nil {
		return errIO{err}
	}
	if err := c.encrypt(under); err != nil {
		return err
	}
	if c.nc.(*tls.Conn).ConnectionState().NegotiatedProtocol != certs.ALPN {
		return fault.New(fault.CodeProtocolViolation, "received direct SSL connection request without ALPN protocol negotiation extension")
	}
	return nil
}

// unread is a connection of which a part has been read already.
type unread struct {
	net.Conn
	part *bytes.Reader
}

// unreadOf takes what the wire has read.
func unreadOf(nc net.Conn, w *wire) (*unread, error) {
	b, err := w.Peek(max(w.Buffered(), 1))
	return &unread{nc, bytes.NewReader(bytes.Clone(b))}, err
}

// Read gives the part, then what comes.
func (u *unread) Read(p []byte) (int, error) {
	if u.part.Len() > 0 {
		return u.part.Read(p)
	}
	return u.Conn.Read(p)
}

// keepAlive finds out about clients that vanished: after a minute of silence, three
// questions in 15 s each.
func keepAlive(nc net.Conn) {
	if tcp, ok := nc.(*net.TCPConn); ok {
		// A connection that cannot is served all the same.
		_ = tcp.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: time.Minute, Interval: 15 * time.Second, Count: 3})
	}
}
