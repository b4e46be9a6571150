package pg_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/jackc/pgx/v5/pgconn"

	ourtype "github.com/glauxdb/glaux/server/pgtype"
)

// failure gives the SQLSTATE and message of what ran.
func failure(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code + " " + e.Message
	}
	return ""
}

// TestClientEncoding sends and gets text in encodings that are not UTF-8.
func TestClientEncoding(t *testing.T) {
	c := connect(t, "client_encoding=latin-1").PgConn()
	ask := func(sql string) *pgconn.Result {
		t.Helper()
		list, err := c.Exec(t.Context(), sql).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return list[len(list)-1]
	}
	if got := c.ParameterStatus("client_encoding"); got != "LATIN1" {
		t.Errorf("the client hears of %q", got)
	}
	r := ask("select 'Gr\xfc\xdfe' as \"\xe4\", length('\xfc'), array['\xfc', 'a'], pg_client_encoding()")
	if got := string(bytes.Join(r.Rows[0], []byte("|"))); got != "Gr\xfc\xdfe|1|{\xfc,a}|LATIN1" || r.FieldDescriptions[0].Name != "\xe4" {
		t.Errorf("%q, %q", got, r.FieldDescriptions[0].Name)
	}
	for want, sql := range map[string]string{
		`22P05 character with byte sequence 0xe2 0x82 0xac in encoding "UTF8" has no equivalent in encoding "LATIN1"`: "select chr(8364)",
		`42P01 relation "` + "\xfc" + `?" does not exist`:                                                             `select * from U&"\00fc\20ac"`,
		`22023 invalid value for parameter "client_encoding": "klingon"`:                                              "set client_encoding = klingon",
		`0A000 invalid value for parameter "client_encoding": "JOHAB"`:                                                "set client_encoding = 'JOHAB'",
	} {
		_, err := c.Exec(t.Context(), sql).ReadAll()
		if got := failure(err); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
	ask("set client_encoding to windows_1252")
	if got := ask("show client_encoding").Rows[0][0]; string(got) != "WIN1252" {
		t.Errorf("%s", got)
	}
	if got := ask("select chr(8364)").Rows[0][0]; string(got) != "\x80" {
		t.Errorf("%q", got)
	}
	_, err := c.Exec(t.Context(), "select '\x81'").ReadAll()
	if got := failure(err); !strings.HasPrefix(got, "22P05 character with byte sequence 0x81 in encoding") {
		t.Error(got)
	}
}

// TestClientEncodingOfParameters binds texts and arrays of them, both formats.
func TestClientEncodingOfParameters(t *testing.T) {
	c := connect(t, "client_encoding=sjis").PgConn()
	const text = "\x95\\\x95\"" // 表, whose second byte is a backslash; the other is no character
	const good = "\x95\\"
	array := append([]byte{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 25, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2}, good...)
	for _, format := range []int16{0, 1} {
		r := c.ExecParams(t.Context(), "select $1::text, length($1), $2::text[]", [][]byte{[]byte(good), array},
			[]uint32{ourtype.Text, 1009}, []int16{format, 1}, []int16{format}).Read()
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		want := []byte("{" + good + "}")
		if format == 1 {
			want = array[12:] // after the type, which may be varchar
		}
		if string(r.Rows[0][0]) != good || !bytes.HasSuffix(r.Rows[0][2], want) {
			t.Errorf("format %d: %q", format, r.Rows[0])
		}
		r = c.ExecParams(t.Context(), "select $1::text", [][]byte{[]byte(text)}, []uint32{ourtype.Text}, []int16{format}, nil).Read()
		if got := failure(r.Err); !strings.HasPrefix(got, `22021 invalid byte sequence for encoding "SJIS": 0x95 0x22`) {
			t.Errorf("format %d: %s", format, got)
		}
	}
}

func TestClientEncodingOfCopy(t *testing.T) {
	c := connect(t, "client_encoding=sjis").PgConn()
	for sql, want := range map[string]string{
		"copy (select '\x95\\\\\\' as \"\x95\\\", 1) to stdout (header)": "\x95\\\t?column?\n\x95\\\\\\\\\\\t1\n",
		"copy (select '\x95\\', 1) to stdout (format csv)":               "\x95\\,1\n",
		"copy (select '\x95\\') to stdout (encoding 'utf-8')":            "表\n",
		"copy (select chr(252)) to stdout (encoding latin1)":             "\xfc\n",
	} {
		var out bytes.Buffer
		if _, err := c.CopyTo(t.Context(), &out, sql); err != nil || out.String() != want {
			t.Errorf("%q: %q, %v; want %q", sql, out.String(), err, want)
		}
	}
	var out bytes.Buffer
	if _, err := c.CopyTo(t.Context(), &out, "copy (select chr(8364)) to stdout (encoding latin1)"); failure(err)[:5] != "22P05" {
		t.Error(err)
	}
}

func TestClientEncodingOfCopyFrom(t *testing.T) {
	c := connect(t, "client_encoding=sjis").PgConn()
	if _, err := c.Exec(t.Context(), "create temp table t (s text)").ReadAll(); err != nil {
		t.Fatal(err)
	}
	for sql, data := range map[string]string{
		"copy t from stdin":                                    "\x95\\\\n\n",
		"copy t from stdin (format csv)":                       "\"\x95\\\n\"",
		"copy t from stdin (encoding 'utf8')":                  "表\\n",
		"copy t from stdin (encoding 'euc_jp')":                "\xc9\xbd\\n",
		"copy t from stdin (format binary, encoding 'euc_jp')": "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x03\xc9\xbd\n\xff\xff",
	} {
		if _, err := c.CopyFrom(t.Context(), iotest.OneByteReader(strings.NewReader(data)), sql); err != nil {
			t.Errorf("%s: %v", sql, err)
		}
	}
	list, err := c.Exec(t.Context(), "select s, count(*) from t group by s").ReadAll()
	if err != nil || string(bytes.Join(list[0].Rows[0], []byte("|"))) != "\x95\\\n|5" {
		t.Errorf("%q, %v", list[0].Rows, err)
	}
	_, err = c.CopyFrom(t.Context(), strings.NewReader("a\n\x95\"\n"), "copy t from stdin")
	if got := failure(err); got != `22021 invalid byte sequence for encoding "SJIS": 0x95 0x22` {
		t.Error(err)
	}
}
