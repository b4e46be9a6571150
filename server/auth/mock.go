package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/users"
)

// secretBytes is the length of a server's secret.
const secretBytes = 32

// What verifiers of users look like unless somebody made them otherwise.
const (
	usualRounds = 4096
	usualSalt   = 16
)

// mock makes verifiers of users that there are not. A user has the same salt each
// time, as a real one would.
type mock struct{ secret []byte }

func newMock(secret []byte) mock {
	if len(secret) == 0 {
		secret = make([]byte, secretBytes)
		rand.Read(secret)
	}
	return mock{secret}
}

// verifier makes one that no password fits, because nobody knows of what its keys
// would be derived.
func (m mock) verifier(user string) users.Verifier {
	v := users.Verifier{Method: users.SCRAM, Rounds: usualRounds, Salt: m.derive("salt", user)[:usualSalt]}
	copy(v.StoredKey[:], m.derive("stored key", user))
	copy(v.ServerKey[:], m.derive("server key", user))
	v.Digest = hex.EncodeToString(m.derive("digest", user)[:16])
	return v
}

func (m mock) derive(what, user string) []byte {
	h := hmac.New(sha256.New, m.secret)
	h.Write([]byte(what + "\x00" + user))
	return h.Sum(nil)
}

// LoadSecret reads the secret that a server keeps in a file, and makes it the
// first time.
func LoadSecret(path string) ([]byte, error) {
	secret, err := os.ReadFile(path)
	if err == nil && len(secret) >= secretBytes {
		return secret, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Wrap(err, fault.CodeIO, "cannot read the server's secret: %v", err)
	}
	secret = make([]byte, secretBytes)
	rand.Read(secret)
	if err := os.WriteFile(path, secret, 0o600); err != nil {
		return nil, fault.Wrap(err, fault.CodeIO, "cannot keep the server's secret: %v", err)
	}
	return secret, nil
}

// SharedSecret reads the secret that the servers of one catalog keep in it, and
// makes it the first time: with one of its own each, the same name would get other
// answers from another server, which tells that nobody has it.
func SharedSecret(ctx context.Context, docs catalog.Documents) ([]byte, error) {
	const space, key = "server", "auth.secret"
	for {
		d, err := docs.Document(ctx, space, key)
		if err != nil {
			return nil, err
		}
		if d != nil {
			return d.Data, nil
		}
		made := catalog.Document{Space: space, Key: key, Data: make([]byte, secretBytes)}
		rand.Read(made.Data)
		if _, err := docs.PutDocuments(ctx, made); err == nil {
			return made.Data, nil
		} else if !fault.Is(err, fault.CodeDuplicateObject) { // another server was faster
			return nil, err
		}
	}
}
