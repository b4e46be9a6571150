// Command with runs a command beside a new PostgreSQL 15, whose URL it finds in
// GLAUX_TEST_POSTGRES, and ends with the command's exit code:
//
//	go run ./server/pg/pgdiff/postgres/with go test ./catalog/meta
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/glauxdb/glaux/server/pg/pgdiff/postgres"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: with COMMAND [ARGUMENT...]")
		os.Exit(2)
	}
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

func run(command []string) (code int, err error) {
	bin := postgres.Find()
	if bin == "" {
		return 2, errors.New("no PostgreSQL 15 found")
	}
	c, err := postgres.Start(context.Background(), bin, "", "max_connections=500")
	if err != nil {
		return 2, err
	}
	defer c.Stop()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "GLAUX_TEST_POSTGRES=postgres://postgres@"+c.Addr+"/postgres?sslmode=disable")
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	if err != nil {
		return 2, err
	}
	return 0, nil
}
