package pgdiff

import (
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

// bytesOf gives all that an exchange sends after its start-up.
func bytesOf(x *Exchange) []byte {
	var out []byte
	for _, s := range x.Steps {
		out = append(out, s.Send...)
	}
	return out
}

// quiet is how long a server says nothing before it is taken to wait for more;
// statement_timeout is shorter.
const quiet = 40 * time.Millisecond

// throw sends bytes after a good start-up, stops sending, and wants the server to
// close the connection soon.
func throw(t testing.TB, s Server, b []byte) {
	t.Helper()
	nc, err := net.Dial("tcp", s.Addr)
	if err != nil {
		t.Error(err)
		return
	}
	defer nc.Close()
	start, err := (&pgproto3.StartupMessage{ProtocolVersion: pgproto3.ProtocolVersion30, Parameters: map[string]string{"user": s.User,
		"database": s.Database, "statement_timeout": "20"}}).Encode(nil)
	if err != nil {
		t.Error(err)
		return
	}
	nc.SetWriteDeadline(time.Now().Add(10 * time.Second))
	go nc.Write(append(start, b...)) // fails when the server closes first
	var ne net.Error
	for err = nil; err == nil; { // until it has no more to say, for the end of what it reads ends its queries
		nc.SetReadDeadline(time.Now().Add(quiet))
		_, err = nc.Read(make([]byte, 1<<16))
	}
	nc.(*net.TCPConn).CloseWrite()
	nc.SetReadDeadline(time.Now().Add(10 * time.Second))
	_, err = io.Copy(io.Discard, nc)
	if errors.As(err, &ne) && ne.Timeout() {
		t.Errorf("the server hangs after %q", b)
	}
}

// mutate changes a few bytes of b: flipped, inserted, deleted, said twice, or cut
// off.
func mutate(r *rand.Rand, b []byte) []byte {
	b = slices.Clone(b)
	for range 1 + r.IntN(4) {
		if len(b) < 2 {
			return b
		}
		at := r.IntN(len(b))
		end := min(len(b), at+1+r.IntN(8))
		switch r.IntN(5) {
		case 0:
			b[at] ^= 1 << r.IntN(8)
		case 1:
			b = slices.Insert(b, at, byte(r.UintN(256)))
		case 2:
			b = slices.Delete(b, at, end)
		case 3:
			b = slices.Insert(b, at, slices.Clone(b[at:end])...)
		case 4:
			b = b[:at]
		}
	}
	return b
}

// TestMutations sends mutations of the exchanges: nothing crashes, hangs or is
// left. 320 of them, 10,000 with GLAUX_LONG.
func TestMutations(t *testing.T) {
	n := 320
	if os.Getenv("GLAUX_LONG") != "" {
		n = 10_000
	}
	s := StartGlaux(t)
	throw(t, s, nil)
	before := runtime.NumGoroutine()
	list := readExchanges(t)
	var wg sync.WaitGroup
	for worker := range uint64(8) {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(1, worker))
			for range n / 8 {
				throw(t, s, mutate(r, bytesOf(list[r.IntN(len(list))])))
			}
		})
	}
	wg.Wait()
	for end := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			buf := make([]byte, 1<<16)
			t.Fatalf("%d goroutines became %d\n%s", before, runtime.NumGoroutine(), buf[:runtime.Stack(buf, true)])
		}
	}
	if t.Failed() {
		return
	}
	throw(t, s, nil)
	t.Logf("%d mutations of %d exchanges", n, len(list))
}

// FuzzExchange sends what the fuzzer makes of the exchanges.
func FuzzExchange(f *testing.F) {
	files, err := os.ReadDir(exchanges)
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range files {
		x, err := ReadExchange(exchanges+"/"+e.Name(), e.Name())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(bytesOf(x))
	}
	s := StartGlaux(f)
	f.Fuzz(func(t *testing.T, b []byte) { throw(t, s, b) })
}
