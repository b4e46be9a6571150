package users

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
)

// User is a role: a user if it may log in, else a group. What the Store returns is
// shared and never changes.
type User struct {
	// ID is stable and never used again; PostgreSQL clients see it in the OID.
	ID         int64  `json:"id"`
	Name       string `json:"name"`
	Password   string `json:"password,omitempty"` // the verifier, never the password; "": none
	Login      bool   `json:"login,omitempty"`
	Superuser  bool   `json:"superuser,omitempty"`
	CreateRole bool   `json:"create_role,omitempty"`
	// CreateDB, Replication and BypassRLS are kept for clients that set and show
	// them. They allow nothing.
	CreateDB    bool      `json:"create_db,omitempty"`
	Replication bool      `json:"replication,omitempty"`
	BypassRLS   bool      `json:"bypass_rls,omitempty"`
	Inherit     bool      `json:"inherit,omitempty"`
	ConnLimit   int       `json:"conn_limit"` // connections at a time; -1: any number
	ValidUntil  time.Time `json:"valid_until,omitzero"`
	// MemberOf are the roles that this one was granted, by name and sorted; AdminOf
	// are those of them that it may grant to others.
	MemberOf []string          `json:"member_of,omitempty"`
	AdminOf  []string          `json:"admin_of,omitempty"`
	Settings map[string]string `json:"settings,omitempty"` // of its sessions, by lower-case name
	Comment  string            `json:"comment,omitempty"`
	Created  time.Time         `json:"created"`
}

// New gives a role with PostgreSQL's defaults: it inherits, may not log in and has
// no limit of connections.
func New(name string) *User { return &User{Name: name, Inherit: true, ConnLimit: -1} }

// Clone gives a copy that may be changed.
func (u *User) Clone() *User {
	c := *u
	c.MemberOf, c.AdminOf, c.Settings = slices.Clone(u.MemberOf), slices.Clone(u.AdminOf), maps.Clone(u.Settings)
	return &c
}

// Expired reports whether the password no longer counts at a time.
func (u *User) Expired(now time.Time) bool {
	return !u.ValidUntil.IsZero() && !now.Before(u.ValidUntil)
}

// CheckName refuses the names that no role may have: 42939 for reserved ones, 42602
// for what is no name.
func CheckName(name string) error {
	switch {
	case name == "" || len(name) > 63:
		return fault.New(fault.CodeInvalidName, "the name of a role must have 1 to 63 bytes, not %d", len(name))
	case name == "public" || name == "none":
		return fault.New(fault.CodeReservedName, "role name %q is reserved", name)
	case strings.HasPrefix(name, "pg_"):
		return fault.New(fault.CodeReservedName, "role name %q is reserved", name).
			WithDetail(`Role names starting with "pg_" are reserved.`)
	}
	for _, r := range name {
		if r < ' ' || r == 0x7F || r == 0xFFFD {
			return fault.New(fault.CodeInvalidName, "the name %q of a role holds a character that is not allowed", name)
		}
	}
	return nil
}

// check refuses what no role can be.
func (u *User) check() error {
	if u.ConnLimit < -1 {
		return fault.New(fault.CodeInvalidParameter, "invalid connection limit: %d", u.ConnLimit)
	}
	if u.Password == "" {
		return nil
	}
	_, err := ParseVerifier(u.Password)
	return err
}
