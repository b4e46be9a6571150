package parse

import "testing"

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"create user a password 'x' login":                              "create user a password '***' login",
		"alter role a with encrypted password $$x'y$$":                  "alter role a with encrypted password '***'",
		"alter role a PASSWORD E'x\\'y'\n 'z' valid until '2030-01-01'": "alter role a PASSWORD '***' valid until '2030-01-01'",
		"alter role a password /* 'c' */ U&'x' uescape '!'":             "alter role a password /* 'c' */ '***' uescape '!'",
		"alter role a password null":                                    "alter role a password null",
		`create user "password" valid until 'x'`:                        `create user "password" valid until 'x'`,
		"create user a password 'x":                                     "***",
	} {
		if got := Redact(in); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
}
