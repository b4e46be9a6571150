package op

import (
	"context"
	"errors"
	"io"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/formats/vector"
)

// Recursive puts out the rows of a first query and then, round by round, what a
// query makes of the rows of the round before, until there are none. It holds
// one round's rows, and with Distinct a table of all of them.
type Recursive struct {
	Name      string
	Types     []types.Type
	Distinct  bool
	MaxRounds int // after which it is 54001; 0: no limit
	Mem       *mem.Account
	// Round builds the pipeline, still without a sink, of the next round, which reads
	// the rows of the last one: of the first query if work is nil. done is called when it
	// has run.
	Round func(work *Collect) (p *Pipeline, done func(), err error)
}

// Width is 1: a round needs all of the one before.
func (r *Recursive) Width() int { return 1 }

// Open makes the operator.
func (r *Recursive) Open(w *Worker) (Operator, error) {
	o := &recursiveOp{r: r, q: w.Query}
	if r.Distinct {
		keys := make([]int, len(r.Types))
		for i := range keys {
			keys[i] = i
		}
		lay := keytab.NewLayout(r.Types, true)
		g := &GroupLimit{Keys: keys, KeyTypes: r.Types, Count: 1, Mem: r.Mem}
		o.unique = &groupLimitOp{g: g, in: emptyOp{}, enc: keytab.NewEncoder(lay), tab: keytab.NewTable(lay, 0), held: r.Mem.Local()}
	}
	return o, nil
}

type recursiveOp struct {
	r      *Recursive
	q      *Query
	unique *groupLimitOp // lives over all rounds; nil: rows may repeat
	rows   *Collect      // of the last round; nil: none has run
	out    Operator      // reads them for whoever is above; nil: all were put out
	rounds int
}

// Next implements Operator.
func (o *recursiveOp) Next(ctx context.Context, b *vector.Batch) error {
	for {
		if o.out != nil {
			err := o.out.Next(ctx, b)
			if err != io.EOF {
				return err
			}
			if err := o.closeOut(); err != nil {
				return err
			}
			if o.rows.count() == 0 {
				return io.EOF
			}
		}
		if err := o.round(ctx); err != nil {
			return err
		}
	}
}

func (o *recursiveOp) closeOut() error {
	if o.out == nil {
		return nil
	}
	err := o.out.Close()
	o.out = nil
	return err
}

// round runs the next round.
func (o *recursiveOp) round(ctx context.Context) error {
	if o.rounds++; o.r.MaxRounds > 0 && o.rounds > o.r.MaxRounds {
		return fault.New(fault.CodeStatementTooComplex, "recursive query %q did not end after %d rounds", o.r.Name, o.r.MaxRounds).
			WithHint("Use UNION instead of UNION ALL if rows repeat, or raise max_recursion_depth (0: no limit).")
	}
	p, done, err := o.r.Round(o.rows)
	if err != nil {
		return err
	}
	defer done()
	next := &Collect{Types: o.r.Types, Mem: o.r.Mem, lasts: true}
	p.Sink = next
	if o.unique != nil {
		p.Source = &uniqueRound{in: p.Source, unique: o.unique}
	}
	err = p.Run(ctx, o.q)
	if o.rows != nil {
		o.rows.drop()
	}
	o.rows = next
	if err != nil {
		return err
	}
	o.out, err = next.Reader(nil).Open(&Worker{Query: o.q, Count: 1})
	return err
}

// Close implements Operator.
func (o *recursiveOp) Close() error {
	err := o.closeOut()
	if o.rows != nil {
		o.rows.drop()
	}
	if o.unique != nil {
		err = errors.Join(err, o.unique.Close())
	}
	return err
}

// uniqueRound passes the rows of one round that no round had before.
type uniqueRound struct {
	in     Source
	unique *groupLimitOp
}

// Width implements Source.
func (u *uniqueRound) Width() int { return 1 }

// Open implements Source.
func (u *uniqueRound) Open(w *Worker) (Operator, error) {
	in, err := u.in.Open(w)
	if err != nil {
		return nil, err
	}
	u.unique.in = in
	return &uniqueRoundOp{unique: u.unique, in: in}, nil
}

type uniqueRoundOp struct {
	unique *groupLimitOp
	in     Operator
}

// Next implements Operator.
func (o *uniqueRoundOp) Next(ctx context.Context, b *vector.Batch) error {
	return o.unique.Next(ctx, b)
}

// Close implements Operator.
func (o *uniqueRoundOp) Close() error {
	o.unique.in = emptyOp{}
	return o.in.Close()
}
