package main

import (
	"context"
	"sort"

	"github.com/glauxdb/glaux/benchmarks/peer"
)

// compare runs one query in all engines, alternating. The first run of each is
// cold or not counted.
func (c *cli) compare(ctx context.Context, q query, e *engines) (result, error) {
	res := result{Name: q.name, Sides: make([]side, len(e.peers))}
	for run := range c.Runs + 1 {
		answers := make([]peer.Answer, len(e.peers))
		for i := range e.peers {
			s := &res.Sides[i]
			if s.Engine = e.peers[i].Name; s.Error != "" {
				continue
			}
			if c.Cold && run == 0 {
				if err := e.restart(ctx, i); err != nil {
					return res, err
				}
				if err := evict(c.Lake); err != nil {
					return res, err
				}
			}
			a, memory, bytes, err := e.peers[i].Run(q.text(s.Engine))
			if err != nil {
				return res, err
			}
			if answers[i] = a; a.Error != "" {
				s.Error = a.Error
				continue
			}
			s.add(a.MS, run, c.Cold)
			s.PeakMemory = max(s.PeakMemory, memory)
			if s.BytesRead = a.Bytes; a.Bytes == 0 {
				s.BytesRead = bytes
			}
		}
		if run == 0 {
			res.check(answers)
		}
	}
	if err := c.plan(q, e.peers[0], &res); err != nil {
		return res, err
	}
	res.finish()
	return res, nil
}

// plan measures what Glaux takes before anything runs: EXPLAIN.
func (c *cli) plan(q query, glaux *peer.Peer, res *result) error {
	if res.Sides[0].Error != "" {
		return nil
	}
	var runs []float64
	for range c.Runs {
		a, _, _, err := glaux.Run("EXPLAIN " + q.sql)
		if err != nil {
			return err
		}
		runs = append(runs, a.MS)
	}
	res.Plan = median(runs)
	return nil
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	s := append([]float64(nil), v...)
	sort.Float64s(s)
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}
