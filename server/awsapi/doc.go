// Package awsapi is what the endpoints that speak AWS JSON 1.1, signed with
// Signature Version 4, have in common; what an endpoint is of is a Service, a
// table of operations.
//
//	HTTP POST / ── signature (sigv4.go) ──> user
//	   X-Amz-Target ── Service.Operations ──> handler
//	   JSON body ── Codec ──> *athena.XInput ... *athena.XOutput ──> JSON
//	   errors ── Service.Exception ──> {"__type": ..., "Message": ...}
//
// An endpoint may answer GetCallerIdentity of AWS STS beside its own (identity.go).
//
// Requests and responses are the structs of the official SDK; a handler is a
// function from one to the other and knows nothing of HTTP. Whatever a client
// sends ends as an answer or as an exception of the service, and never as a
// panic.
package awsapi
