package pgdiff

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Server is a running server, with a database of its own for the test.
type Server struct {
	Addr           string // host:port
	User, Database string
}

// URL gives the address as a connection string of libpq's form.
func (s Server) URL() string {
	return "postgres://" + s.User + "@" + s.Addr + "/" + s.Database + "?sslmode=disable"
}

// binDirs are where distributions keep the server's programs.
var binDirs = []string{"/usr/lib/postgresql/15/bin", "/usr/pgsql-15/bin", "/opt/homebrew/opt/postgresql@15/bin"}

// StartPostgres gives a PostgreSQL with an empty database, until the test ends.
// It skips the test if there is none on this machine.
func StartPostgres(t testing.TB) Server {
	t.Helper()
	addr := os.Getenv("GLAUX_TEST_POSTGRES")
	if addr == "" {
		bin := findPostgres()
		if bin == "" {
			t.Skip("PostgreSQL 15 is not installed and GLAUX_TEST_POSTGRES is not set")
		}
		addr = startCluster(t, bin)
	}
	s := Server{Addr: addr, User: "postgres", Database: "postgres"}
	name := fmt.Sprintf("glaux_test_%d_%d", os.Getpid(), time.Now().UnixNano())
	command := func(ctx context.Context, sql string) error {
		c, err := pgconn.Connect(ctx, s.URL())
		if err != nil {
			return err
		}
		defer c.Close(ctx)
		_, err = c.Exec(ctx, sql).ReadAll()
		return err
	}
	if err := command(t.Context(), "create database "+name+" template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C.UTF-8'"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := command(context.Background(), "drop database "+name+" with (force)"); err != nil {
			t.Error(err)
		}
	})
	own := s
	own.Database = name
	return own
}

// findPostgres gives the folder with initdb and postgres of version 15, "" if
// there is none.
func findPostgres() string {
	dirs := binDirs
	if p, err := exec.LookPath("postgres"); err == nil {
		dirs = append([]string{filepath.Dir(p)}, dirs...)
	}
	for _, dir := range dirs {
		out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output()
		if err == nil && bytes.Contains(out, []byte(" 15.")) {
			return dir
		}
	}
	return ""
}

// startCluster makes a database cluster in a temporary folder and runs it until
// the test ends. PostgreSQL refuses to run as root: root runs it as another user.
func startCluster(t testing.TB, bin string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pgdiff")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	attr, err := unprivileged(dir)
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C",
		"--lc-ctype=C.UTF-8", "--no-sync", "--no-instructions")
	initdb.SysProcAttr, initdb.Dir = attr, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	addr := freePort(t)
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	cmd := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-p", port, "-c", "listen_addresses=127.0.0.1", "-k", "", "-F",
		"-c", "timezone=UTC", "-c", "shared_buffers=16MB", "-c", "max_connections=20")
	cmd.SysProcAttr, cmd.Dir, cmd.Stdout, cmd.Stderr = attr, dir, &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGINT) // fast shutdown
		cmd.Wait()
	})
	if err := waitFor(addr); err != nil {
		t.Fatalf("PostgreSQL does not start: %v", err)
	}
	return addr
}

// unprivileged gives dir to the user postgres, or nobody, if this process is
// root, and says how to run a program as that user.
func unprivileged(dir string) (*syscall.SysProcAttr, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	attr := &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	return attr, os.Chown(dir, int(uid), int(gid))
}

func freePort(t testing.TB) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// waitFor waits until a server takes connections.
func waitFor(addr string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		c, err := pgconn.Connect(ctx, Server{Addr: addr, User: "postgres", Database: "postgres"}.URL())
		if err == nil {
			return c.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}
