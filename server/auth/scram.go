package auth

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/users"
)

// Names of the SASL mechanisms (RFC 7677; PLUS is with channel binding).
const (
	mechanism     = "SCRAM-SHA-256"
	mechanismPlus = "SCRAM-SHA-256-PLUS"
	bindingType   = "tls-server-end-point"
)

// nonceBytes is the random part of the server's nonce, before base64.
const nonceBytes = 18

// errProof says that the client does not know the password.
var errProof = errors.New("auth: wrong proof")

// scram is the server's side of one SCRAM-SHA-256 exchange (RFC 5802): first and
// final, in this order, once each.
type scram struct {
	verifier users.Verifier
	endPoint []byte // of the TLS certificate; nil: channel binding is not offered
	plus     bool   // the client chose channel binding

	header      string // the client's gs2 header
	clientFirst string // its first message without the header
	nonce       string // the client's and the server's
	serverFirst string
}

// newScram takes the verifier that the proof must fit, and the end point of the
// connection's TLS, if the client may bind to it.
func newScram(v users.Verifier, endPoint []byte) *scram {
	return &scram{verifier: v, endPoint: endPoint}
}

// mechanisms are what the client may choose from, the best first.
func (s *scram) mechanisms() []string {
	if s.endPoint != nil {
		return []string{mechanismPlus, mechanism}
	}
	return []string{mechanism}
}

// choose takes the mechanism that the client has chosen.
func (s *scram) choose(name string) error {
	s.plus = name == mechanismPlus
	if s.plus && s.endPoint == nil || !s.plus && name != mechanism {
		return fault.New(fault.CodeProtocolViolation, "client selected an invalid SASL authentication mechanism")
	}
	return nil
}

// first answers the client's first message:
//
//	gs2-header n=user,r=nonce[,extensions]
//
// The user in it is ignored: the startup message has named one.
func (s *scram) first(msg []byte) ([]byte, error) {
	if err := plain(msg); err != nil {
		return nil, err
	}
	rest, err := s.readHeader(string(msg))
	if err != nil {
		return nil, err
	}
	s.clientFirst = rest
	if strings.HasPrefix(rest, "m=") {
		return nil, fault.New(fault.CodeFeatureNotSupported, "client requires an unsupported SCRAM extension")
	}
	if _, rest, err = attribute(rest, 'n'); err != nil {
		return nil, err
	}
	nonce, rest, err := attribute(rest, 'r')
	if err != nil {
		return nil, err
	}
	for i := range len(nonce) {
		if nonce[i] < 0x21 || nonce[i] > 0x7e {
			return nil, fault.New(fault.CodeProtocolViolation, "non-printable characters in SCRAM nonce")
		}
	}
	if err := extensions(rest); err != nil {
		return nil, err
	}
	var random [nonceBytes]byte
	rand.Read(random[:])
	s.nonce = nonce + b64(random[:])
	s.serverFirst = serverFirst(s.nonce, s.verifier)
	return []byte(s.serverFirst), nil
}

// readHeader reads the gs2 header and gives what follows it.
func (s *scram) readHeader(msg string) (rest string, err error) {
	flag, rest, ok := strings.Cut(msg, ",")
	if !ok && len(flag) < 2 {
		return "", malformed("Comma expected, but found end of string.")
	}
	switch {
	case flag == "n" && s.plus:
		return "", malformed("The client selected SCRAM-SHA-256-PLUS, but the SCRAM message does not include channel binding data.")
	case flag == "y" && s.plus:
		return "", malformed("The client selected SCRAM-SHA-256-PLUS, but the SCRAM message does not include channel binding data.")
	case flag == "y" && s.endPoint != nil:
		// Somebody between us has taken the PLUS mechanism from the list.
		return "", fault.New(fault.CodeInvalidAuth, "SCRAM channel binding negotiation error").
			WithDetail("The client supports SCRAM channel binding but thinks the server does not.  However, this server does support channel binding.")
	case flag == "n", flag == "y":
	case strings.HasPrefix(flag, "p=") && !s.plus:
		return "", malformed("The client selected SCRAM-SHA-256 without channel binding, but the SCRAM message includes channel binding data.")
	case flag == "p="+bindingType:
	case strings.HasPrefix(flag, "p="):
		return "", fault.New(fault.CodeProtocolViolation, "unsupported SCRAM channel-binding type %q", printable(flag[2:]))
	default:
		return "", malformed(`Unexpected channel-binding flag "'%s'".`, printable(flag[:min(1, len(flag))]))
	}
	if strings.HasPrefix(rest, "a=") {
		return "", fault.New(fault.CodeFeatureNotSupported, "client uses authorization identity, but it is not supported")
	}
	rest, ok = strings.CutPrefix(rest, ",")
	if !ok {
		return "", malformed("Unexpected attribute in client-first-message.")
	}
	s.header = msg[:len(msg)-len(rest)]
	return rest, nil
}

// serverFirst is r=nonce,s=salt,i=rounds.
func serverFirst(nonce string, v users.Verifier) string {
	return "r=" + nonce + ",s=" + b64(v.Salt) + ",i=" + strconv.Itoa(v.Rounds)
}

// final answers the client's last message, c=binding,r=nonce[,extensions],p=proof,
// with the server's own proof; errProof if the password is wrong.
func (s *scram) final(msg []byte) ([]byte, error) {
	if err := plain(msg); err != nil {
		return nil, err
	}
	text := string(msg)
	binding, rest, err := attribute(text, 'c')
	if err != nil {
		return nil, err
	}
	if err := s.checkBinding(binding); err != nil {
		return nil, err
	}
	nonce, _, err := attribute(rest, 'r')
	if err != nil {
		return nil, err
	}
	at := strings.LastIndex(text, ",p=") // base64 holds no comma
	if at < 0 {
		return nil, malformed("Attribute expected, but found end of string.")
	}
	proof, err := base64.StdEncoding.DecodeString(text[at+3:])
	if err != nil || len(proof) != sha256.Size {
		return nil, malformed("Malformed proof in client-final-message.")
	}
	if subtle.ConstantTimeCompare([]byte(nonce), []byte(s.nonce)) == 0 {
		return nil, fault.New(fault.CodeProtocolViolation, "invalid SCRAM response").WithDetail("Nonce does not match.")
	}
	signed := s.clientFirst + "," + s.serverFirst + "," + text[:at]
	if !s.proves(proof, signed) {
		return nil, errProof
	}
	return []byte("v=" + b64(sign(s.verifier.ServerKey[:], signed))), nil
}

// checkBinding checks that the client saw our certificate and the header that it
// sent.
func (s *scram) checkBinding(binding string) error {
	want := []byte(s.header)
	if s.plus {
		want = append(want, s.endPoint...)
	}
	if subtle.ConstantTimeCompare([]byte(binding), []byte(b64(want))) == 1 {
		return nil
	}
	if s.plus {
		return fault.New(fault.CodeInvalidAuth, "SCRAM channel binding check failed")
	}
	return fault.New(fault.CodeProtocolViolation, "unexpected SCRAM channel-binding attribute in client-final-message")
}

// proves checks the proof: it is the client key, masked with a signature that only
// the stored key can make.
func (s *scram) proves(proof []byte, signed string) bool {
	key := sign(s.verifier.StoredKey[:], signed)
	subtle.XORBytes(key, key, proof)
	stored := sha256.Sum256(key)
	return subtle.ConstantTimeCompare(stored[:], s.verifier.StoredKey[:]) == 1
}

func sign(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func b64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// plain refuses what no message can be.
func plain(msg []byte) error {
	switch {
	case len(msg) == 0:
		return malformed("The message is empty.")
	case bytes.IndexByte(msg, 0) >= 0:
		return malformed("Message length does not match input length.")
	}
	return nil
}

// attribute reads name=value up to a comma.
func attribute(s string, name byte) (value, rest string, err error) {
	switch {
	case s == "":
		return "", "", malformed(`Expected attribute "%c" but found "0x00".`, name)
	case s[0] != name:
		return "", "", malformed("Expected attribute %q but found %q.", string(name), printable(s[:1]))
	case len(s) < 2 || s[1] != '=':
		return "", "", malformed(`Expected character "=" for attribute "%c".`, name)
	}
	value, rest, _ = strings.Cut(s[2:], ",")
	return value, rest, nil
}

// extensions reads attributes that mean nothing here.
func extensions(s string) error {
	for s != "" {
		c := s[0] | 0x20
		if c < 'a' || c > 'z' {
			return malformed("Attribute expected, but found invalid character %q.", printable(s[:1]))
		}
		var err error
		if _, s, err = attribute(s, s[0]); err != nil {
			return err
		}
	}
	return nil
}

func malformed(detail string, args ...any) error {
	return fault.New(fault.CodeProtocolViolation, "malformed SCRAM message").WithDetail(detail, args...)
}

// printable keeps what a client sent from looking like anything else in a message.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
}
