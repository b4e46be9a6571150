// Package postgres runs a real PostgreSQL 15 on this machine, to compare with:
// for the tests of pgdiff and for benchmarks.
package postgres

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
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Cluster is a running server. Its superuser is postgres, whom it trusts.
type Cluster struct {
	Addr string // host:port

	dir  string // to remove; "": kept
	log  bytes.Buffer
	cmd  *exec.Cmd
	stop bool
}

// binDirs are where distributions keep the server's programs.
var binDirs = []string{"/usr/lib/postgresql/15/bin", "/usr/pgsql-15/bin", "/opt/homebrew/opt/postgresql@15/bin"}

// Find gives the folder with initdb and postgres of version 15, "" if there is
// none.
func Find() string {
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

// Start runs the programs in bin over the cluster in dir, which it makes if there
// is none, with these settings ("name=value"). With dir "" the cluster is a new
// one, which Stop removes. The caller stops it.
func Start(ctx context.Context, bin, dir string, settings ...string) (*Cluster, error) {
	c := &Cluster{}
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "glaux-postgres-*"); err != nil {
			return nil, err
		}
		c.dir = dir
	}
	if err := c.run(ctx, bin, dir, settings); err != nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}

func (c *Cluster) run(ctx context.Context, bin, dir string, settings []string) error {
	attr, err := unprivileged(dir)
	if err != nil {
		return err
	}
	data := filepath.Join(dir, "data")
	if _, err := os.Stat(data); err != nil {
		initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C",
			"--lc-ctype=C.UTF-8", "--no-sync", "--no-instructions")
		initdb.SysProcAttr, initdb.Dir = attr, dir
		if out, err := initdb.CombinedOutput(); err != nil {
			return fmt.Errorf("initdb: %w\n%s", err, out)
		}
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	c.Addr = net.JoinHostPort("127.0.0.1", port)
	args := []string{"-D", data, "-p", port, "-c", "listen_addresses=127.0.0.1", "-k", "", "-F", "-c", "timezone=UTC"}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	c.cmd = exec.Command(filepath.Join(bin, "postgres"), args...)
	c.cmd.SysProcAttr, c.cmd.Dir, c.cmd.Stdout, c.cmd.Stderr = attr, dir, &c.log, &c.log
	if err := c.cmd.Start(); err != nil {
		c.cmd = nil
		return err
	}
	if err := c.wait(ctx); err != nil {
		c.Stop()
		return fmt.Errorf("PostgreSQL does not start: %w\n%s", err, c.log.Bytes())
	}
	return nil
}

// PID is the process of the postmaster, the parent of the others.
func (c *Cluster) PID() int { return c.cmd.Process.Pid }

// Stop ends the server, and its clients. It may be called again.
func (c *Cluster) Stop() {
	if c.cmd != nil && !c.stop {
		c.stop = true
		c.cmd.Process.Signal(syscall.SIGINT) // fast shutdown
		c.cmd.Wait()
	}
	if c.dir != "" {
		os.RemoveAll(c.dir)
	}
}

// unprivileged gives dir to the user postgres, or nobody, if this process is
// root, and says how to run a program as that user: PostgreSQL refuses to run as
// root.
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

func freePort() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer ln.Close()
	_, port, err := net.SplitHostPort(ln.Addr().String())
	return port, err
}

// wait waits until the server takes connections.
func (c *Cluster) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		conn, err := pgconn.Connect(ctx, "postgres://postgres@"+c.Addr+"/postgres?sslmode=disable")
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}
