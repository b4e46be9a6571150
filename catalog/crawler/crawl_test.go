package crawler

import "testing"

func TestRuns(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/k=1/1.csv": ab, "l/t/k=2/1.csv": ab, "l/u/1.csv": cde})
	w.create(nil)
	w.want("t added +2", "u added")
	w.want("t unchanged", "u unchanged")
	w.put(map[string]string{"l/t/k=3/1.csv": ab2, "l/v/1.csv": ab})
	w.want("t updated +1", "u unchanged", "v added")
	w.wantPartitions("t", "1", "2", "3")
}
