package users

import (
	"encoding/base64"
	"strings"
	"testing"
)

// The values of RFC 7677's example, in PostgreSQL's form.
func TestVerifierOfPostgreSQL(t *testing.T) {
	salt, err := base64.StdEncoding.DecodeString("W22ZaJ0SNY7soEsUEjb6gQ==")
	if err != nil {
		t.Fatal(err)
	}
	v := scramVerifier("pencil", salt, 4096)
	want := "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
	if got := v.String(); got != want {
		t.Errorf("verifier\n got %s\nwant %s", got, want)
	}
	p, err := ParseVerifier(want)
	if err != nil || p.String() != want {
		t.Errorf("ParseVerifier: %v, %v", p, err)
	}
	if !p.Matches("anybody", "pencil") || p.Matches("anybody", "pencils") {
		t.Error("Matches is wrong")
	}
}

func TestVerifiers(t *testing.T) {
	for _, password := range []string{"secret", "пароль", "I\u00ADX", "\xff\xfe", strings.Repeat("x", 5000), "md5", "SCRAM-SHA-256$"} {
		text, err := NewVerifier(password)
		if err != nil {
			t.Fatal(err)
		}
		again, _ := NewVerifier(password)
		if text == again {
			t.Error("two verifiers share a salt")
		}
		v, err := ParseVerifier(text)
		if err != nil || !v.Matches("u", password) || v.Matches("u", password+"x") || !IsVerifier(text) || IsVerifier(password) {
			t.Errorf("%q: verifier does not hold: %v", password, err)
		}
		text, err = NewMD5Verifier("u", password)
		if err != nil {
			t.Fatal(err)
		}
		v, err = ParseVerifier(text)
		if err != nil || !v.Matches("u", password) || v.Matches("w", password) || !IsVerifier(text) {
			t.Errorf("%q: md5 verifier does not hold: %v", password, err)
		}
	}
	// SASLprep: a soft hyphen means nothing, compatibility characters are their plain ones.
	text, _ := NewVerifier("I\u00ADX\u2168")
	if v, _ := ParseVerifier(text); !v.Matches("u", "IXIX") {
		t.Error("a password is not prepared as RFC 4013 says")
	}
}

func TestBadVerifiers(t *testing.T) {
	for _, text := range []string{"secret", "md5secret", "md5" + strings.Repeat("G", 32), "md5" + strings.Repeat("a", 31), "SCRAM-SHA-256$", "SCRAM-SHA-256$4096:",
		"SCRAM-SHA-256$0:AAAA$AAAA:AAAA", "SCRAM-SHA-256$4096:AAAA$AAAA:AAAA", "SCRAM-SHA-256$99999999999:AAAA$" + strings.Repeat("A", 43) + "=:" + strings.Repeat("A", 43) + "="} {
		_, err := ParseVerifier(text)
		if err == nil || strings.Contains(err.Error(), text) {
			t.Errorf("ParseVerifier(%q) = %v", text, err)
		}
	}
	if v, err := ParseVerifier(""); err != nil || v.Method != NoPassword || v.Matches("u", "") {
		t.Errorf("no verifier: %v, %v", v, err)
	}
	for _, password := range []string{"", "a\x00b"} {
		if _, err := NewVerifier(password); err == nil {
			t.Errorf("NewVerifier(%q) works", password)
		}
	}
}
