package auth

import (
	"bytes"
	"crypto/md5"
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/users"
	"github.com/glauxdb/glaux/server/auth/rules"
)

// The longest answers of clients, in bytes: PostgreSQL's limits.
const (
	maxSASL     = 1024
	maxPassword = 65535
)

// password asks for the password in the rule's way. reason says why it does not
// count; the client hears no more than that it does not.
func (a *attempt) password() (reason string, err error) {
	v, reason := a.verifier()
	switch a.rule.Method {
	case rules.Password:
		return a.clear(v, reason)
	case rules.MD5:
		if v.Method == users.MD5 {
			return a.md5(v, reason)
		}
	}
	if v.Method != users.SCRAM {
		v, reason = a.mock.verifier(a.Request.User), "the user's password is not stored for SCRAM"
	}
	return a.scram(v, reason)
}

// verifier gives what the password is checked against. Where reason is not empty
// no password fits it; it looks as real as others.
func (a *attempt) verifier() (v users.Verifier, reason string) {
	made := a.mock.verifier(a.Request.User)
	if a.user == nil {
		return made, "there is no such user"
	}
	if a.user.Password == "" {
		return made, "the user has no password"
	}
	v, err := users.ParseVerifier(a.user.Password)
	if err != nil {
		return made, "the user's stored password is damaged"
	}
	if a.user.Expired(time.Now()) {
		// The real salt, so that nothing changes for the client when a password ends.
		v.StoredKey, v.ServerKey, v.Digest = made.StoredKey, made.ServerKey, made.Digest
		return v, "the user's password has expired"
	}
	return v, ""
}

// orWrong is the reason of a password that did not fit.
func orWrong(ok bool, reason string) string {
	if reason == "" && !ok {
		return "the password is wrong"
	}
	return reason
}

// clear asks for the password itself, where nobody else can read it.
func (a *attempt) clear(v users.Verifier, reason string) (string, error) {
	if a.TLS == nil && a.addr.IsValid() && !a.addr.IsLoopback() && !a.rule.Insecure {
		return "", fault.New(fault.CodeInvalidAuth, "the rule for this connection asks for a password in clear text, which is not sent without encryption").
			WithHint("Connect with sslmode=require.")
	}
	text, err := a.askPassword(&pgproto3.AuthenticationCleartextPassword{})
	if err != nil {
		return "", err
	}
	return orWrong(v.Matches(a.Request.User, text), reason), nil
}

// md5 asks for the password's md5 digest with a salt.
func (a *attempt) md5(v users.Verifier, reason string) (string, error) {
	m := &pgproto3.AuthenticationMD5Password{}
	rand.Read(m.Salt[:])
	text, err := a.askPassword(m)
	if err != nil {
		return "", err
	}
	sum := md5.Sum(append([]byte(v.Digest), m.Salt[:]...))
	want := "md5" + hex.EncodeToString(sum[:])
	return orWrong(subtle.ConstantTimeCompare([]byte(text), []byte(want)) == 1, reason), nil
}

// askPassword reads a PasswordMessage.
func (a *attempt) askPassword(m pgproto3.BackendMessage) (string, error) {
	kind, body, err := a.Channel.Ask(m, maxPassword)
	if err != nil {
		return "", err
	}
	if kind != 'p' {
		return "", fault.New(fault.CodeProtocolViolation, "expected password response, got message type %d", kind)
	}
	if at := bytes.IndexByte(body, 0); at < 0 || at != len(body)-1 {
		return "", fault.New(fault.CodeProtocolViolation, "invalid password packet size")
	}
	if len(body) == 1 {
		return "", fault.New(fault.CodeInvalidPassword, "empty password returned by client")
	}
	return string(body[:len(body)-1]), nil
}

// scram leads through SCRAM-SHA-256. The client learns that a user does not count
// only after its proof was checked like any other.
func (a *attempt) scram(v users.Verifier, reason string) (string, error) {
	var endPoint []byte
	if a.TLS != nil {
		endPoint = a.TLS.EndPoint
	}
	s := newScram(v, endPoint)
	body, err := a.askSASL(&pgproto3.AuthenticationSASL{AuthMechanisms: s.mechanisms()})
	if err != nil {
		return "", err
	}
	name, msg, err := initialResponse(body)
	if err != nil {
		return "", err
	}
	if err := s.choose(name); err != nil {
		return "", err
	}
	if msg == nil { // the client wants to be asked once more
		if msg, err = a.askSASL(&pgproto3.AuthenticationSASLContinue{}); err != nil {
			return "", err
		}
	}
	reply, err := s.first(msg)
	if err != nil {
		return "", err
	}
	if msg, err = a.askSASL(&pgproto3.AuthenticationSASLContinue{Data: reply}); err != nil {
		return "", err
	}
	reply, err = s.final(msg)
	if errors.Is(err, errProof) || err == nil && reason != "" {
		return orWrong(false, reason), nil
	}
	if err != nil {
		return "", err
	}
	a.Channel.Tell(&pgproto3.AuthenticationSASLFinal{Data: reply})
	return "", nil
}

func (a *attempt) askSASL(m pgproto3.BackendMessage) ([]byte, error) {
	kind, body, err := a.Channel.Ask(m, maxSASL)
	if err != nil {
		return nil, err
	}
	if kind != 'p' {
		return nil, fault.New(fault.CodeProtocolViolation, "expected SASL response, got message type %d", kind)
	}
	return body, nil
}

// initialResponse reads SASLInitialResponse: the mechanism, and the first message
// or -1 for none, which is a nil msg.
func initialResponse(b []byte) (mechanism string, msg []byte, err error) {
	name, rest, ok := bytes.Cut(b, []byte{0})
	if !ok {
		return "", nil, fault.New(fault.CodeProtocolViolation, "invalid string in message")
	}
	if len(rest) < 4 {
		return "", nil, fault.New(fault.CodeProtocolViolation, "insufficient data left in message")
	}
	n, rest := int32(binary.BigEndian.Uint32(rest)), rest[4:]
	switch {
	case n == -1 && len(rest) == 0:
		return string(name), nil, nil
	case n < -1 || int64(n) > int64(len(rest)):
		return "", nil, fault.New(fault.CodeProtocolViolation, "insufficient data left in message")
	case int(n) < len(rest):
		return "", nil, fault.New(fault.CodeProtocolViolation, "invalid message format")
	}
	return string(name), rest, nil
}
