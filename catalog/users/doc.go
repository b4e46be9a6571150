// Package users keeps who may use a server: users and groups, which are both
// roles as in PostgreSQL, with verifiers of passwords, attributes, memberships
// and the settings that their sessions start with.
//
// Roles are documents of the catalog, one each (space "user", key: the name). One
// more document counts: it has the last ID that was given, and every change of any
// role writes it. Its version therefore tells whether what was read before is
// still true, in this process and in others, and no two changes can pass each
// other: a cycle of memberships or a role that two processes make at once cannot
// come about.
package users
