package pg

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/glauxdb/glaux/catalog/types"
	ourtype "github.com/glauxdb/glaux/server/pgtype"
)

// FuzzStartup reads arbitrary first messages.
func FuzzStartup(f *testing.F) {
	for _, b := range [][]byte{{0, 0, 0, 8, 0, 3, 0, 0}, {0, 0, 0, 14, 0, 3, 0, 0, 'u', 's', 'e', 'r', 0, 0},
		[]byte("\x00\x00\x00\x29\x00\x03\x00\x00user\x00u\x00options\x00-c a=b\\ c --d=e\x00\x00")} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		body, err := readStartup(bufio.NewReader(bytes.NewReader(b)))
		if err != nil {
			return
		}
		params, err := startupParams(body[4:])
		if err == nil {
			_ = commandLine(params["options"], map[string]string{})
		}
	})
}

// FuzzConnection sends arbitrary bytes after a good startup and expects the
// connection to end in order, with every session closed.
func FuzzConnection(f *testing.F) {
	add := func(list ...pgproto3.FrontendMessage) {
		var b []byte
		for _, m := range list {
			b, _ = m.Encode(b)
		}
		f.Add(b)
	}
	add(query("select 1"), query("rows 3; fail"), syncMsg)
	add(parseMsg("p", "echo int", 23), describe('S', "p"), bindMsg("x", "p", "1"), describe('P', "x"), executeMsg("x", 1), closeMsg('P', "x"), syncMsg)
	add(query("begin"), parseMsg("", "rows 9"), bindMsg("c", ""), executeMsg("c", 3), flushMsg, executeMsg("c", 0), syncMsg, &pgproto3.Terminate{})
	add(query("copy (select 1) to stdout"), &pgproto3.CopyData{Data: []byte("x")}, &pgproto3.FunctionCall{}, syncMsg)
	startup, _ := (&pgproto3.StartupMessage{ProtocolVersion: pgproto3.ProtocolVersion30, Parameters: map[string]string{"user": "u",
		"statement_timeout": "20"}}).Encode(nil)
	f.Fuzz(func(t *testing.T, b []byte) {
		e := &fakeEngine{}
		s, err := New(Config{open: e.opener})
		if err != nil {
			t.Fatal(err)
		}
		mine, theirs := net.Pipe()
		s.start(theirs)
		go func() {
			mine.Write(append(startup, b...))
			time.AfterFunc(50*time.Millisecond, func() { mine.Close() })
		}()
		io.Copy(io.Discard, mine)
		s.wg.Wait()
		if e.open.Load() != 0 || e.running.Load() != 0 {
			t.Fatalf("%d sessions, %d results are open", e.open.Load(), e.running.Load())
		}
	})
}

// FuzzParameter decodes arbitrary binary values.
func FuzzParameter(f *testing.F) {
	for _, s := range samples {
		f.Add(uint32(ourtype.Of(s.v.Type)), one(f, s.v, true))
	}
	f.Fuzz(func(t *testing.T, oid uint32, b []byte) {
		v, err := paramValue(b, 1, oid, types.TVarchar, nil)
		if err == nil && len(v.S) > 64+40*len(b)+0x4000 {
			t.Fatalf("%d bytes became %d", len(b), len(v.S))
		}
	})
}
