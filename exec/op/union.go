package op

import (
	"context"
	"io"

	"github.com/glauxdb/glaux/formats/vector"
)

// Union delivers the rows of its inputs one after another; every copy works on
// each of them. Maps[k][i] is the position of output column i in input k.
type Union struct {
	In   []Source
	Maps [][]int
}

// Width is that of the widest input.
func (u *Union) Width() int {
	w := 1
	for _, in := range u.In {
		w = max(w, in.Width())
	}
	return w
}

// Open makes one copy. Inputs are opened when their turn comes.
func (u *Union) Open(w *Worker) (Operator, error) { return &unionOp{u: u, w: w}, nil }

type unionOp struct {
	u    *Union
	w    *Worker
	next int
	in   Operator
	b    vector.Batch
}

func (o *unionOp) Next(ctx context.Context, b *vector.Batch) error {
	for {
		if o.in == nil {
			if o.next == len(o.u.In) {
				return io.EOF
			}
			if err := o.openNext(); err != nil {
				return err
			}
			continue
		}
		err := o.in.Next(ctx, &o.b)
		if err == nil {
			b.N, b.Sel, b.Cols = o.b.N, o.b.Sel, b.Cols[:0]
			for _, p := range o.u.Maps[o.next-1] {
				b.Cols = append(b.Cols, o.b.Cols[p])
			}
			return nil
		}
		if err != io.EOF {
			return err
		}
		if err := o.Close(); err != nil {
			return err
		}
	}
}

// openNext opens the next input. One that runs in a single copy (its order or its
// state allows no more) is opened by one copy only, each time another one.
func (o *unionOp) openNext() (err error) {
	k, in, w := o.next, o.u.In[o.next], o.w
	o.next++
	if in.Width() == 1 {
		if k%w.Count != w.Index {
			return nil
		}
		w = &Worker{Query: w.Query, Count: 1}
	}
	o.in, err = in.Open(w)
	return err
}

func (o *unionOp) Close() error {
	if o.in == nil {
		return nil
	}
	err := o.in.Close()
	o.in = nil
	return err
}
