package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/catalog/users"
)

// passwordEnv is the variable that a new password may be in.
const passwordEnv = "GLAUX_USER_PASSWORD"

// userCmd is "glaux user".
type userCmd struct {
	Create   userCreateCmd   `cmd:"" help:"Create a user."`
	Alter    userAlterCmd    `cmd:"" help:"Change what a user may do."`
	Password userPasswordCmd `cmd:"" help:"Give a user another password, or none."`
	Drop     userDropCmd     `cmd:"" help:"Drop users."`
	List     userListCmd     `cmd:"" help:"List users and groups."`
}

// Help is shown by --help after the commands.
func (userCmd) Help() string {
	return `A password is asked for, or read from standard input (--password-stdin) or from the variable ` + passwordEnv + `.
A server that runs on the same data directory sees every change at once.

Examples:
  glaux user create ana --superuser
  glaux user create bob --member-of readers --password-stdin < password.txt
  glaux user alter bob --connection-limit 5 --valid-until 2027-01-01
  glaux user password bob
  glaux user list`
}

// userFlags are what create and alter have in common; nil: not said.
type userFlags struct {
	Superuser       *bool   `negatable:"" help:"May do everything."`
	CreateRole      *bool   `negatable:"" help:"May create and change users."`
	Login           *bool   `negatable:"" help:"May log in; --no-login makes a group."`
	Inherit         *bool   `negatable:"" help:"Has the rights of its groups without SET ROLE."`
	ConnectionLimit *int    `placeholder:"N" help:"Connections at a time; -1 for any number."`
	ValidUntil      *string `placeholder:"TIME" help:"When the password expires; infinity for never."`
}

func (f *userFlags) apply(u *users.User) error {
	for _, b := range []struct{ to, from *bool }{{&u.Superuser, f.Superuser}, {&u.CreateRole, f.CreateRole}, {&u.Login, f.Login}, {&u.Inherit, f.Inherit}} {
		if b.from != nil {
			*b.to = *b.from
		}
	}
	if f.ConnectionLimit != nil {
		u.ConnLimit = *f.ConnectionLimit
	}
	if f.ValidUntil == nil {
		return nil
	}
	v, err := types.ParseValue(*f.ValidUntil, types.TTimestampTZ, time.Local)
	switch {
	case err != nil:
		return err
	case v.I == types.TimeInfinity:
		u.ValidUntil = time.Time{}
	default:
		u.ValidUntil = time.UnixMicro(v.I).UTC()
	}
	return nil
}

// passwordFlags say where a password comes from.
type passwordFlags struct {
	PasswordStdin bool `name:"password-stdin" xor:"password" help:"Read the password from the first line of standard input."`
	NoPassword    bool `name:"no-password" xor:"password" help:"No password: the user cannot log in with one."`
}

// verifier gives the verifier of the new password, "" for none.
func (f passwordFlags) verifier(t *terminal, user string) (string, error) {
	if f.NoPassword {
		return "", nil
	}
	password, err := f.read(t, user)
	if err != nil || users.IsVerifier(password) {
		return password, err
	}
	return users.NewVerifier(password)
}

func (f passwordFlags) read(t *terminal, user string) (string, error) {
	if f.PasswordStdin {
		line, err := bufio.NewReader(t.in).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fault.Wrap(err, fault.CodeExternal, "cannot read the password")
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	if p, ok := os.LookupEnv(passwordEnv); ok {
		return p, nil
	}
	in, ok := t.in.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return "", fault.New(fault.CodeInvalidParameter, "there is no terminal to ask for a password").
			WithHint("Use --password-stdin, the variable %s, or --no-password.", passwordEnv)
	}
	first, err := ask(t, in, "New password for "+user+": ")
	if err != nil {
		return "", err
	}
	again, err := ask(t, in, "Enter it again: ")
	if err == nil && first != again {
		err = fault.New(fault.CodeInvalidParameter, "the passwords are not the same")
	}
	return first, err
}

// ask reads a line without echo.
func ask(t *terminal, in *os.File, prompt string) (string, error) {
	fmt.Fprint(t.err, prompt)
	b, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(t.err)
	if err != nil {
		return "", fault.Wrap(err, fault.CodeExternal, "cannot read the password")
	}
	return string(b), nil
}

// roles opens the store of users of a data directory.
func (f dataFlags) roles(ctx context.Context) (*app, *users.Store, error) {
	a, err := open(ctx, f, nil, nil)
	if err != nil {
		return nil, nil, err
	}
	return a, a.Instance.Users, nil
}

type userCreateCmd struct {
	dataFlags
	userFlags
	passwordFlags
	Name     string   `arg:"" help:"Name of the user."`
	MemberOf []string `placeholder:"ROLE" help:"Make the user a member of these roles."`
}

// Run creates a user.
func (c *userCreateCmd) Run(ctx context.Context, t *terminal) error {
	u := users.New(c.Name)
	u.Login, u.MemberOf = true, c.MemberOf
	if err := c.apply(u); err != nil {
		return err
	}
	if err := users.CheckName(c.Name); err != nil {
		return err
	}
	if !u.Login {
		c.NoPassword = true
	}
	var err error
	if u.Password, err = c.verifier(t, c.Name); err != nil {
		return err
	}
	a, store, err := c.roles(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	if _, err = store.Create(ctx, u); err == nil {
		fmt.Fprintf(t.err, "Created %s.\n", c.Name)
	}
	return err
}

type userAlterCmd struct {
	dataFlags
	userFlags
	Name string `arg:"" help:"Name of the user."`
}

// Run changes a user.
func (c *userAlterCmd) Run(ctx context.Context, t *terminal) error {
	if c.userFlags == (userFlags{}) {
		return fault.New(fault.CodeInvalidParameter, "nothing to change").WithHint("See: glaux user alter --help")
	}
	a, store, err := c.roles(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	if err = store.Alter(ctx, c.Name, c.apply); err == nil {
		fmt.Fprintf(t.err, "Changed %s.\n", c.Name)
	}
	return err
}

type userPasswordCmd struct {
	dataFlags
	passwordFlags
	Name string `arg:"" help:"Name of the user."`
}

// Run changes a password.
func (c *userPasswordCmd) Run(ctx context.Context, t *terminal) error {
	a, store, err := c.roles(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	if _, err := store.User(ctx, c.Name); err != nil {
		return err
	}
	v, err := c.verifier(t, c.Name)
	if err != nil {
		return err
	}
	err = store.Alter(ctx, c.Name, func(u *users.User) error {
		u.Password = v
		return nil
	})
	if err == nil {
		fmt.Fprintf(t.err, "Changed the password of %s.\n", c.Name)
	}
	return err
}

type userDropCmd struct {
	dataFlags
	Names []string `arg:"" name:"name" help:"Names of the users."`
}

// Run drops users: all of them, or none if one is missing.
func (c *userDropCmd) Run(ctx context.Context, t *terminal) error {
	a, store, err := c.roles(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	err = store.Change(ctx, func(e *users.Edit) error {
		for _, name := range c.Names {
			if err := e.Drop(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		fmt.Fprintf(t.err, "Dropped %s.\n", strings.Join(c.Names, ", "))
	}
	return err
}

type userListCmd struct{ dataFlags }

// Run lists all roles.
func (c *userListCmd) Run(ctx context.Context, t *terminal) error {
	a, store, err := c.roles(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	all, err := store.Users(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(t.err, "There are no users. Try: glaux user create NAME --superuser")
		return nil
	}
	rows := [][]string{{"name", "login", "superuser", "create role", "password", "valid until", "connections", "member of"}}
	for _, u := range all {
		rows = append(rows, userRow(u))
	}
	printGrid(t, rows)
	return nil
}

func userRow(u *users.User) []string {
	yes := map[bool]string{true: "yes", false: ""}
	until, limit, method := "", "", ""
	if !u.ValidUntil.IsZero() {
		until = u.ValidUntil.Format("2006-01-02 15:04:05Z07:00")
	}
	if u.ConnLimit >= 0 {
		limit = strconv.Itoa(u.ConnLimit)
	}
	if v, err := users.ParseVerifier(u.Password); err == nil {
		method = map[users.Method]string{users.SCRAM: "scram-sha-256", users.MD5: "md5"}[v.Method]
	}
	return []string{u.Name, yes[u.Login], yes[u.Superuser], yes[u.CreateRole], method, until, limit, strings.Join(u.MemberOf, ", ")}
}
