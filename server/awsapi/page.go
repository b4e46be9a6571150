package awsapi

import (
	"encoding/base64"
	"encoding/json"
	"hash/fnv"
	"io"
	"strconv"
)

// maxToken bounds the tokens that clients send back: the values of a partition
// with some thousand characters each are the longest.
const maxToken = 64 << 10

// token is where a page ended. Clients see it as an opaque text; it says nothing
// but a position, so that a forged one gives nothing away.
type token struct {
	Scope string   `json:"s"` // of what it continues: operation and what was asked
	After []string `json:"a"` // what came last
}

// Scope names what a client asked, which must be the same on every page.
func Scope(parts ...string) string {
	h := fnv.New64a()
	for _, p := range parts {
		io.WriteString(h, p)
		h.Write([]byte{0})
	}
	return strconv.FormatUint(h.Sum64(), 36)
}

// NextToken writes the token behind a page that ended with after.
func NextToken(scope string, after ...string) *string {
	b, _ := json.Marshal(token{scope, after}) // texts always marshal
	s := base64.RawURLEncoding.EncodeToString(b)
	return &s
}

// Resume reads a token; nil and "" begin anew. n is how many texts after must
// have. ok is false for what NextToken did not write for this scope.
func Resume(scope string, text *string, n int) (after []string, ok bool) {
	if text == nil || *text == "" {
		return nil, true
	}
	if len(*text) > maxToken {
		return nil, false
	}
	b, err := base64.RawURLEncoding.DecodeString(*text)
	if err != nil {
		return nil, false
	}
	var t token
	if json.Unmarshal(b, &t) != nil || t.Scope != scope || len(t.After) != n {
		return nil, false
	}
	return t.After, true
}
