package op

import "sync"

// partQueue hands partitions on disk to the copies of an operator, each once.
type partQueue struct {
	mu     sync.Mutex // guards what follows
	next   int        // partition that nobody has taken
	active int        // how many are at work
}

// take gives the next of n partitions. There is none for a copy that finds others at
// work and too little memory for one more: they will take it. size is about what a
// partition takes, 0 for one that leads to no rows; free is the memory there is.
func (q *partQueue) take(n int, size func(p int) int64, free func() int64) (int, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for ; q.next < n; q.next++ {
		need := size(q.next)
		if need == 0 {
			continue
		}
		if q.active > 0 && need > free()/2 {
			return 0, false
		}
		q.active++
		q.next++
		return q.next - 1, true
	}
	return 0, false
}

// done tells that a partition is at its end.
func (q *partQueue) done() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.active--
}
