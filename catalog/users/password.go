package users

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xdg-go/stringprep"

	"github.com/glauxdb/glaux/catalog/fault"
)

// What a new SCRAM verifier is made with: PostgreSQL 15's numbers. The least
// number of rounds is RFC 7677's (section 4).
const (
	scramRounds = 4096
	scramSalt   = 16
	maxRounds   = 10_000_000 // a verifier must not keep the server busy for long
)

const scramPrefix = "SCRAM-SHA-256$"

// Method is how a verifier proves a password.
type Method uint8

// The methods of verifiers.
const (
	NoPassword Method = iota // no password will do
	SCRAM
	MD5
)

// Verifier is what is stored in a password's place, in the text that
// PostgreSQL keeps in pg_authid.rolpassword. The password cannot be read from
// it, though a weak one can be guessed.
type Verifier struct {
	Method Method
	// Of SCRAM (RFC 5802, section 3).
	Rounds               int
	Salt                 []byte
	StoredKey, ServerKey [sha256.Size]byte
	// Digest is MD5's: 32 hexadecimal digits of md5(password + name).
	Digest string
}

// NewVerifier makes the SCRAM-SHA-256 verifier of a password, with a salt of
// its own.
func NewVerifier(password string) (string, error) {
	if err := checkPassword(password); err != nil {
		return "", err
	}
	salt := make([]byte, scramSalt)
	rand.Read(salt)
	return scramVerifier(password, salt, scramRounds).String(), nil
}

// NewMD5Verifier makes the md5 verifier of a password, which holds for this name
// only. It is for clients that know nothing better: who reads it can log in
// with it.
func NewMD5Verifier(name, password string) (string, error) {
	if err := checkPassword(password); err != nil {
		return "", err
	}
	return "md5" + md5Digest(name, password), nil
}

func checkPassword(password string) error {
	if password == "" {
		return fault.New(fault.CodeInvalidParameter, "empty string is not a valid password")
	}
	if strings.IndexByte(password, 0) >= 0 {
		return fault.New(fault.CodeInvalidParameter, "a password must not contain a zero byte")
	}
	return nil
}

// ParseVerifier reads a verifier; the empty text is NoPassword. Anything that is
// no verifier is 22023, and the error does not repeat it: it may be a password.
func ParseVerifier(text string) (Verifier, error) {
	if text == "" {
		return Verifier{}, nil
	}
	if v, ok := parseMD5(text); ok {
		return v, nil
	}
	if v, ok := parseSCRAM(text); ok {
		return v, nil
	}
	return Verifier{}, fault.New(fault.CodeInvalidParameter, "the stored password is neither a SCRAM-SHA-256 nor an md5 verifier")
}

// IsVerifier tells a verifier from a password, as CREATE USER must.
func IsVerifier(text string) bool {
	v, err := ParseVerifier(text)
	return err == nil && v.Method != NoPassword
}

func parseMD5(text string) (Verifier, bool) {
	digest, ok := strings.CutPrefix(text, "md5")
	if !ok || len(digest) != 2*md5.Size || strings.Trim(digest, "0123456789abcdef") != "" {
		return Verifier{}, false
	}
	return Verifier{Method: MD5, Digest: digest}, true
}

// parseSCRAM reads SCRAM-SHA-256$rounds:salt$StoredKey:ServerKey.
func parseSCRAM(text string) (Verifier, bool) {
	rest, ok := strings.CutPrefix(text, scramPrefix)
	if !ok {
		return Verifier{}, false
	}
	head, keys, ok1 := strings.Cut(rest, "$")
	rounds, salt, ok2 := strings.Cut(head, ":")
	stored, server, ok3 := strings.Cut(keys, ":")
	if !ok1 || !ok2 || !ok3 {
		return Verifier{}, false
	}
	v := Verifier{Method: SCRAM}
	var err error
	if v.Rounds, err = strconv.Atoi(rounds); err != nil || v.Rounds < 1 || v.Rounds > maxRounds {
		return Verifier{}, false
	}
	if v.Salt, err = base64.StdEncoding.DecodeString(salt); err != nil || len(v.Salt) == 0 {
		return Verifier{}, false
	}
	return v, decodeKey(v.StoredKey[:], stored) && decodeKey(v.ServerKey[:], server)
}

func decodeKey(key []byte, text string) bool {
	b, err := base64.StdEncoding.DecodeString(text)
	return err == nil && copy(key, b) == len(key) && len(b) == len(key)
}

// String gives the verifier as it is stored.
func (v Verifier) String() string {
	switch v.Method {
	case SCRAM:
		b64 := base64.StdEncoding.EncodeToString
		return scramPrefix + strconv.Itoa(v.Rounds) + ":" + b64(v.Salt) + "$" + b64(v.StoredKey[:]) + ":" + b64(v.ServerKey[:])
	case MD5:
		return "md5" + v.Digest
	}
	return ""
}

// Matches reports whether a user has given the right password, in constant time
// for each method.
func (v Verifier) Matches(name, password string) bool {
	switch v.Method {
	case SCRAM:
		w := scramVerifier(password, v.Salt, v.Rounds)
		return subtle.ConstantTimeCompare(v.ServerKey[:], w.ServerKey[:]) == 1
	case MD5:
		return subtle.ConstantTimeCompare([]byte(v.Digest), []byte(md5Digest(name, password))) == 1
	}
	return false
}

// scramVerifier derives the keys of RFC 5802, section 3.
func scramVerifier(password string, salt []byte, rounds int) Verifier {
	salted, err := pbkdf2.Key(sha256.New, saslPrep(password), salt, rounds, sha256.Size)
	if err != nil {
		panic(err) // only of a build that is told to allow approved algorithms alone
	}
	v := Verifier{Method: SCRAM, Rounds: rounds, Salt: salt}
	v.StoredKey = sha256.Sum256(mac(salted, "Client Key"))
	copy(v.ServerKey[:], mac(salted, "Server Key"))
	return v
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// saslPrep prepares a password as RFC 4013 wants it. What it does not allow is
// taken as it is: so do PostgreSQL and its clients.
func saslPrep(password string) string {
	if !utf8.ValidString(password) {
		return password
	}
	if p, err := stringprep.SASLprep.Prepare(password); err == nil && p != "" {
		return p
	}
	return password
}

func md5Digest(name, password string) string {
	sum := md5.Sum([]byte(password + name))
	return hex.EncodeToString(sum[:])
}
