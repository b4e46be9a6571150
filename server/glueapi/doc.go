// Package glueapi serves a catalog over AWS Glue's own protocol (AWS JSON 1.1,
// signed with Signature Version 4), so that the AWS command line, the SDKs,
// PyIceberg, awswrangler, Spark and Trino work with Glaux by setting nothing
// but the endpoint's address.
//
//	HTTP POST / ── auth (sigv4*.go) ──> caller
//	   X-Amz-Target ── operations (op_*.go, one family a file) ──> catalog, crawler
//	   JSON body ── codec (awsjson*.go) ──> *glue.XInput ... *glue.XOutput ──> JSON
//	   errors ── exception.go ──> {"__type": ..., "Message": ...}
//
// Requests and responses are the structs of the official SDK; a handler is a
// function from one to the other and knows nothing of HTTP. Whatever a client
// sends ends as an answer or as an exception of Glue, never as text of a
// statement, and never as a panic.
package glueapi
