package metrics

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/glauxdb/glaux/server/workgroup"
)

// scrapeTime bounds what a scrape asks of stores and databases.
const scrapeTime = 5 * time.Second

// groupState shows how full workgroups and budgets are and what becomes of the
// history: a prometheus.Collector that asks the governor.
type groupState struct {
	groups *workgroup.Governor
	log    *slog.Logger
	failed prometheus.Counter
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

var (
	inFlight = desc("glaux_queries_in_flight", "Statements that have begun and not ended.", groupLabel, "state")
	turns    = desc("glaux_workgroup_running", "Turns of the workgroup that are taken: what concurrency bounds.", groupLabel)
	lanes    = desc("glaux_workgroup_running_short", "Turns of the short-query lane that are taken.", groupLabel)
	allowed  = desc("glaux_workgroup_concurrency", "Turns that the workgroup has; no series if it has any number.", groupLabel)
	queued   = desc("glaux_workgroup_queued", "Queries that wait for their turn.", groupLabel)
	length   = desc("glaux_workgroup_queue_length", "Queries that may wait for their turn.", groupLabel)
	longest  = desc("glaux_workgroup_longest_wait_seconds", "Since when the first of the queue waits.", groupLabel)
	enabled  = desc("glaux_workgroup_enabled", "1 if the workgroup takes queries, 0 if it is disabled.", groupLabel)

	budgetLimit = desc("glaux_budget_limit_bytes", "Bytes that a budget allows in its period.", "budget")
	budgetUsed  = desc("glaux_budget_used_bytes", "Bytes of the current period that are used; of a budget for each user, by the one who used most.", "budget")
	budgetEnd   = desc("glaux_budget_period_end_timestamp_seconds", "When the current period of a budget that was used ends.", "budget")

	historyLost    = desc("glaux_history_lost_total", "Ended queries that the history has lost.")
	historyFailing = desc("glaux_history_failing", "1 if the history could not be written the last time.")
)

// Describe implements prometheus.Collector.
func (s *groupState) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{inFlight, turns, lanes, allowed, queued, length, longest, enabled,
		budgetLimit, budgetUsed, budgetEnd, historyLost, historyFailing} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (s *groupState) Collect(ch chan<- prometheus.Metric) {
	names := s.queues(ch)
	s.running(ch, names)
	s.budgets(ch)
	lost, failing := s.groups.HistoryState()
	ch <- prometheus.MustNewConstMetric(historyLost, prometheus.CounterValue, float64(lost))
	gauge(ch, historyFailing, oneIf(failing != nil))
}

func gauge(ch chan<- prometheus.Metric, d *prometheus.Desc, v float64, labels ...string) {
	ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func (s *groupState) queues(ch chan<- prometheus.Metric) (names map[string]bool) {
	names = map[string]bool{}
	for _, q := range s.groups.Queues() {
		names[q.Workgroup] = true
		gauge(ch, turns, float64(q.Running), q.Workgroup)
		gauge(ch, lanes, float64(q.Short), q.Workgroup)
		if q.Concurrency > 0 {
			gauge(ch, allowed, float64(q.Concurrency), q.Workgroup)
		}
		gauge(ch, queued, float64(q.Queued), q.Workgroup)
		gauge(ch, length, float64(q.Length), q.Workgroup)
		gauge(ch, longest, q.Longest.Seconds(), q.Workgroup)
		gauge(ch, enabled, oneIf(q.State == workgroup.Enabled), q.Workgroup)
	}
	return names
}

func (s *groupState) running(ch chan<- prometheus.Metric, names map[string]bool) {
	type key struct{ group, state string }
	n := map[key]int{}
	for name := range names {
		for _, state := range []string{workgroup.Planning, workgroup.Queued, workgroup.Running} {
			n[key{name, state}] = 0
		}
	}
	for _, q := range s.groups.Running() {
		n[key{q.Group, q.State}]++
	}
	for k, v := range n {
		gauge(ch, inFlight, float64(v), k.group, k.state)
	}
}

// budgets asks the ledger. A budget that cannot be asked has a limit and no use.
func (s *groupState) budgets(ch chan<- prometheus.Metric) {
	used, end := map[string]int64{}, map[string]time.Time{}
	for _, b := range s.groups.Budgets() {
		gauge(ch, budgetLimit, float64(b.Limit), b.Name)
		used[b.Name] = 0
	}
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	list, err := s.groups.BudgetUsage(ctx)
	if err != nil {
		s.failed.Inc()
		s.log.Warn("a scrape of metrics could not read the budgets", "error", err)
		return
	}
	for _, u := range list {
		used[u.Budget.Name] = max(used[u.Budget.Name], u.Spent+u.Leased)
		end[u.Budget.Name] = u.End
	}
	for name, n := range used {
		gauge(ch, budgetUsed, float64(n), name)
	}
	for name, t := range end {
		gauge(ch, budgetEnd, float64(t.Unix()), name)
	}
}
