// Package glueapi serves a catalog over AWS Glue's own protocol (AWS JSON 1.1,
// signed with Signature Version 4), so that the AWS command line, the SDKs,
// PyIceberg, awswrangler, Spark and Trino work with Glaux by setting nothing
// but the endpoint's address.
//
//	awsapi.Server ── operations (op_*.go, one family a file) ──> catalog, crawler
//	   errors ── exception.go ──> an exception of Glue
//
// Requests and responses are the structs of the official SDK; a handler is a
// function from one to the other and knows nothing of HTTP, which is awsapi's.
// Whatever a client sends ends as an answer or as an exception of Glue, never as
// text of a statement, and never as a panic.
package glueapi
