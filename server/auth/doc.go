// Package auth decides who may come in: which rule a connection falls under, and
// whether the client proves to be the user that it names.
//
//	Request ── rules.Match ──> method ── exchange over Channel ──> Identity
//
// What a stranger may learn is the same whatever users there are: the methods'
// exchanges with users that do not exist, have no password or whose password has
// expired look and take as long as the others, and fail in the same words. The log
// has the reason.
//
// auth/rules holds the rules, auth/certs the server's certificate, auth/watch
// reads their files again.
package auth
