// Package crawler keeps crawlers, their classifiers and the history of their
// runs in the catalog, and brings the catalog's tables up to date with what
// crawl.Find finds. What a person has changed of a table stays as it is.
//
//	Crawler (object.go), Classifier ── documents of the catalog ── Service
//	Service.Run / Start / RunDue / Scheduler          one run at a time of each crawler: a lock
//	  └─ crawl.Find ──> Findings
//	       └─ merge (base: what the last run found; theirs: the catalog; ours: the Findings)
//	            └─ one catalog.Change for each table: description, partitions, base, drift
//	                 └─ Run: what was added, changed, removed, kept, left out
//
// A killed process leaves each table as it was or as it was to become; the
// record of its run says RUNNING until someone looks, finds the crawler's lock
// free, and marks it FAILED.
//
// Names, values and texts of errors are those of the AWS Glue API where it has
// them, so that a Glue endpoint only has to translate.
package crawler
