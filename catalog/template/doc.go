// Package template knows the tables of the logs that services write: what their
// columns are called, how the lines are read, and in which folders they lie.
//
//	services/cloudtrail.sql ──> Template: DDL without a location, layouts of folders, a source
//	location, options ── Place ──> where the partitions of one table are: keys and table properties
//
// A template is a file of Hive's data definition with comments in front that
// say the rest:
//
//	-- title: AWS CloudTrail events
//	-- source: https://docs.aws.amazon.com/...
//	-- alias: cloudtrail_logs
//	-- since: 2013-11-01
//	-- layout daily: AWSLogs/[${organization}]/${account}/CloudTrail/${region}/${day}
//	-- exclude: **/*_net.*
//	-- fields: version account_id ...
//	CREATE EXTERNAL TABLE cloudtrail (...) ... TBLPROPERTIES (...)
//
// Source is where the service's own list of fields is, since the day before which
// there are no files: projected dates begin there. A layout is a path of folders.
// The location of a table may end anywhere in it: what is in front of that end is
// known, what follows becomes partition keys. See layout.go for what may stand in
// one. Exclude names files in these folders that are others' logs. Fields marks a
// template whose files have the columns that their owner chose: the definition has
// all there may be, "fields" those that there are unless the option of that name
// says otherwise; where it is empty, "ask" says what to give. A definition that has
// (...) for its columns has those of the template that "columns" names.
package template
