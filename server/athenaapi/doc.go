// Package athenaapi serves SQL over Amazon Athena's own protocol (AWS JSON 1.1,
// signed with Signature Version 4), so that the AWS command line, the SDKs,
// PyAthena, awswrangler and dbt-athena work with Glaux by setting nothing but the
// endpoint's address.
//
//	awsapi.Server ── operations (op_*.go, one family a file)
//	   StartQueryExecution ── start.go: checks, workgroup, where the result goes ──> a run, and its document
//	        run.go ── exec.Session (dialect athena) ── write.go ──> <id>.csv, <id>.csv.metadata or <id>.txt
//	   GetQueryExecution ── the run while it runs, then its document
//	   GetQueryResults ── results.go ── the written file, read again from where the page begins
//
// A result is a file in the place that the client or the workgroup names, as with
// Athena, or one that the server keeps ("managed"); nothing of it stays in memory,
// so a restart loses no result. What Athena has and Glaux has no objects for
// (executions, named queries, prepared statements ...) is documents of the catalog.
// What a user may do with another's executions is in own.go.
package athenaapi
