// Package metrics shows what a server does to Prometheus, and whether it lives and
// is ready to those who restart and route.
//
//	workgroup.Governor ── Ended ──> Queries: counters, histograms ──┐
//	governor, engine, stores, crawlers ── asked at each scrape ─────┴─> /metrics
//	                                                    /healthz, /readyz
//
// Every label has a bounded set of values: workgroups and budgets are objects that
// an operator made, and a series goes when its object does. Users, tables and
// texts are no labels; the history has them.
package metrics
