package rules

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
)

// The table reads: a file, and connections with the line of the rule that each
// one gets (0: none).
func TestMatch(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "admins"), []byte("root, \"all\" # two\nboss\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Parse(strings.Join([]string{
		`# a comment`,                                       // 1
		`local   all  all  trust`,                           // 2
		`host  "all"  all  all  reject`,                     // 3: a database called all
		`host sales,"my db" ann, bob 10.0.0.0/8 md5`,        // 4
		`hostssl all @admins all cert`,                      // 5
		`host all +staff 192.168.1.7 255.255.255.0 \`,       // 6
		`  scram-sha-256 # goes on`,                         // 7
		`hostnossl sameuser all ::1/128 trust`,              // 8
		`hostgssenc all all all trust`,                      // 9
		`hostnogssenc replication all all trust`,            // 10
		`host samerole all samehost password insecure=1`,    // 11
		`hostssl all carl samenet md5 clientcert=verify-ca`, // 12
	}, "\n"), filepath.Join(dir, "hba"))
	if err != nil {
		t.Fatal(err)
	}
	staff := func(role string) bool { return role == "staff" }
	for _, c := range []struct {
		addr, db, user string
		tls            bool
		want           int
	}{
		{"", "x", "y", false, 2},
		{"10.1.2.3", "all", "ann", false, 3},
		{"10.1.2.3", "sales", "ann", false, 4},
		{"10.1.2.3", "my db", "bob", true, 4},
		{"::ffff:10.1.2.3", "my db", "bob", true, 4},
		{"11.1.2.3", "sales", "eve", false, 0},
		{"11.1.2.3", "sales", "boss", true, 5},
		{"11.1.2.3", "sales", "boss", false, 0},
		{"11.1.2.3", "sales", "all", true, 5},
		{"192.168.1.99", "sales", "dan", false, 6},
		{"192.168.2.99", "sales", "dan", false, 0},
		{"::1", "eve", "eve", false, 8},
		{"::1", "eve", "eve", true, 0},
		{"127.0.0.1", "staff", "dan", false, 11},
		{"127.3.3.3", "x", "carl", true, 12},
		{"127.3.3.3", "x", "carl", false, 0},
	} {
		conn := Conn{TLS: c.tls, Database: c.db, User: c.user}
		if c.addr != "" {
			conn.Addr = netip.MustParseAddr(c.addr)
		}
		if c.user == "dan" {
			conn.MemberOf = staff
		}
		got := 0
		if m := r.Match(conn); m != nil {
			got = m.Line
		}
		if got != c.want {
			t.Errorf("%+v gets line %d, want %d", c, got, c.want)
		}
	}
	if r[3].Cert != VerifyFull || r[len(r)-1].Cert != VerifyCA || !r[len(r)-2].Insecure {
		t.Error("options are lost")
	}
}

func TestBadRules(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "loop"), []byte("@loop"), 0o600); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"hosts all all all trust":                       `invalid connection type "hosts"`,
		"host":                                          "ends before its user",
		"host all all":                                  "ends before its address",
		"host all all all":                              "ends before its method",
		"local all all":                                 "ends before its method",
		"host all all all ldap":                         `invalid authentication method "ldap"`,
		"host all all 10.0.0.1 trust":                   `invalid network mask "trust"`,
		"host all all 10.0.0.1 255.0.255.0 trust":       "invalid network mask",
		"host all all 10.0.0.1/33 trust":                "invalid address",
		"host all all example.com trust":                "Host names are not looked up",
		"host all all all cert":                         "hostssl entries only",
		"host all all all md5 clientcert=verify-ca":     "hostssl entries only",
		"hostssl all all all cert clientcert=verify-ca": "invalid option",
		"hostssl all all all cert map=x":                `unrecognized authentication option name: "map"`,
		"host all all all md5 insecure=1":               "invalid option",
		"host all all all md5 x":                        "name=value",
		`host "all all all md5`:                         "not closed",
		"host all @nosuch all md5":                      "cannot read",
		"host all @loop all md5":                        "too deeply",
		"host all all 10.0.0.0/8,11.0.0.0/8 trust":      "one address",
		"host all all all trust,md5":                    "one method",
	} {
		_, err := Parse("\n"+line, filepath.Join(dir, "hba"))
		if err == nil {
			t.Errorf("%s: it works", line)
			continue
		}
		e := fault.As(err)
		if text := fmt.Sprintf("%v %s", e, e.Hint); !strings.Contains(text, want) || !strings.Contains(text, "line 2") {
			t.Errorf("%s: %s", line, text)
		}
	}
}

func TestEntries(t *testing.T) {
	r, err := FromEntries([]Entry{
		{Method: "scram-sha-256"},
		{Type: "local", User: "ann,bob", Method: "trust"},
		{Type: "hostssl", Database: `"my db"`, Address: "10.0.0.0/8", Method: "md5", Options: "clientcert=verify-full"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(r) != 3 || r[0].Type != Host || !r[0].Addresses.All || len(r[1].Users) != 2 || r[2].Databases[0].Text != "my db" || r[2].Cert != VerifyFull {
		t.Errorf("%+v", r)
	}
	if _, err := FromEntries([]Entry{{Method: "md5"}, {Method: ""}}); err == nil {
		t.Error("a rule without a method works")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("host all all all md5 # x\nlocal \"a\"\"b\",c @d trust \\\n x=y")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Parse(strings.ReplaceAll(text, "@", ""), "hba")
		if err == nil {
			r.Match(Conn{Addr: netip.MustParseAddr("127.0.0.1"), User: "u", Database: "d"})
		}
	})
}
