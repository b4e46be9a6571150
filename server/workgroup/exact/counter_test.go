package exact

import (
	"context"
	"sync"

	"github.com/glauxdb/glaux/formats/store"
)

// counter is a store that sums the bytes that another one returned, by what they
// were read for. It asks no meter: the store below does.
type counter struct {
	*store.Memory
	// hold, if not nil, is called with the data of every read before it is handed
	// out.
	hold func()

	mu     sync.Mutex // guards what follows
	data   int64      // bytes of data
	other  int64      // bytes of footers, headers, indexes
	begun  int        // reads of data that were asked for
	points []int64    // data after each read of it
}

// ReadRanges implements store.Store.
func (c *counter) ReadRanges(ctx context.Context, o store.Info, rs []store.Range) ([][]byte, error) {
	isData := store.KindOf(ctx) == store.ReadData
	if isData {
		c.mu.Lock()
		c.begun++
		c.mu.Unlock()
	}
	bufs, err := c.Memory.ReadRanges(ctx, o, rs)
	c.count(isData, bufs)
	if isData && c.hold != nil {
		c.hold()
	}
	return bufs, err
}

// count counts all that was returned, with an error or without.
func (c *counter) count(isData bool, bufs [][]byte) {
	n := int64(0)
	for _, b := range bufs {
		n += int64(len(b))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !isData {
		c.other += n
		return
	}
	if n > 0 {
		c.data += n
		c.points = append(c.points, c.data)
	}
}

// counts is what a counter has counted.
type counts struct {
	data, other int64
	begun       int
	points      []int64
}

// take gives the counts and begins anew.
func (c *counter) take() counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := counts{c.data, c.other, c.begun, c.points}
	c.data, c.other, c.begun, c.points = 0, 0, 0, nil
	return out
}
