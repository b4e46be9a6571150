package glueapi

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

// scopeOf names what a client asked, which must be the same on every page.
func scopeOf(parts ...string) string {
	h := fnv.New64a()
	for _, p := range parts {
		io.WriteString(h, p)
		h.Write([]byte{0})
	}
	return strconv.FormatUint(h.Sum64(), 36)
}

// next writes the token behind a page that ended with after.
func next(scope string, after ...string) *string {
	b, _ := json.Marshal(token{scope, after}) // texts always marshal
	s := base64.RawURLEncoding.EncodeToString(b)
	return &s
}

// resume reads a token; nil, "" begin anew. n is how many texts after must have.
func resume(scope string, text *string, n int) ([]string, error) {
	if text == nil || *text == "" {
		return nil, nil
	}
	bad := invalid("The continuation token is not one that this operation gave for this request.")
	if len(*text) > maxToken {
		return nil, bad
	}
	b, err := base64.RawURLEncoding.DecodeString(*text)
	if err != nil {
		return nil, bad
	}
	var t token
	if json.Unmarshal(b, &t) != nil || t.Scope != scope || len(t.After) != n {
		return nil, bad
	}
	return t.After, nil
}
