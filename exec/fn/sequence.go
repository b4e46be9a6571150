package fn

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// sequenceEntries are the functions over the sequences of temporary tables.
func sequenceEntries() []*Entry {
	return []*Entry{
		{Names: []string{"nextval"}, Doc: "The next number of a sequence: those of serial and identity columns of temporary tables.",
			overs: []overload{{sig: "nextval(varchar) bigint", volatile: plan.Volatile, scalar: eval(sequenceFn(plan.Sequences.NextVal))}}},
		{Names: []string{"currval"}, Doc: "The number that the session took last from a sequence.",
			overs: []overload{{sig: "currval(varchar) bigint", volatile: plan.Volatile, scalar: eval(sequenceFn(plan.Sequences.CurrVal))}}},
		{Names: []string{"lastval"}, Doc: "The number that the session took last from any sequence.",
			overs: []overload{{sig: "lastval() bigint", volatile: plan.Volatile, scalar: eval(lastVal)}}},
		{Names: []string{"setval"}, Doc: "Sets the number that a sequence has given last or, if the third argument is false, the one that it gives next.",
			overs: []overload{{sig: "setval(varchar, bigint) bigint", volatile: plan.Volatile, scalar: eval(setVal)},
				{sig: "setval(varchar, bigint, boolean) bigint", volatile: plan.Volatile, scalar: eval(setVal)}}},
		{Names: []string{"pg_get_serial_sequence"}, Doc: "The name of the sequence of a serial or identity column of a temporary table, NULL for another column.",
			overs: []overload{{sig: "pg_get_serial_sequence(varchar, varchar) varchar", volatile: plan.Stable, scalar: eval(serialSequence)}}},
	}
}

// sequencesOf gives the session's sequences, nil without any.
func sequencesOf(c *kernel.EvalCtx) plan.Sequences {
	s, _ := session(c).Temp.(plan.Sequences)
	return s
}

// sequenceName strips the schema and the quotes of a sequence's name.
func sequenceName(s []byte) string {
	name := strings.TrimPrefix(string(s), plan.TempSchema+".")
	if n := len(name); n > 1 && name[0] == '"' && name[n-1] == '"' {
		return strings.ReplaceAll(name[1:n-1], `""`, `"`)
	}
	return name
}

func noSequence(name string) error {
	return fault.New(fault.CodeUndefinedTable, "relation %q does not exist", name)
}

func sequenceFn(f func(plan.Sequences, string) (int64, error)) kernel.Kernel {
	return func(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		names, dst, seqs := kernel.StringsOf(args[0]), vector.Values[int64](out), sequencesOf(c)
		return kernel.EachErr(sel, out.Len, func(i int) (err error) {
			name := sequenceName(names.At(i))
			if seqs == nil {
				return noSequence(name)
			}
			dst[i], err = f(seqs, name)
			return err
		})
	}
}

func lastVal(c *kernel.EvalCtx, _ []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	dst, seqs := vector.Values[int64](out), sequencesOf(c)
	return kernel.EachErr(sel, out.Len, func(i int) (err error) {
		if seqs == nil {
			return fault.New(fault.CodeObjectNotReady, "lastval is not yet defined in this session")
		}
		dst[i], err = seqs.LastVal()
		return err
	})
}

func setVal(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	names, dst, seqs := kernel.StringsOf(args[0]), vector.Values[int64](out), sequencesOf(c)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		name, called := sequenceName(names.At(i)), true
		if seqs == nil {
			return noSequence(name)
		}
		if len(args) == 3 {
			b := kernel.FixedOf[bool](args[2])
			called = b.At(i)
		}
		dst[i] = intArg(args, 1, i)
		return seqs.SetVal(name, dst[i], called)
	})
}

func serialSequence(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	tables, columns, w, seqs := kernel.StringsOf(args[0]), kernel.StringsOf(args[1]), kernel.NewTextOut(out), sequencesOf(c)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		name := ""
		if seqs != nil {
			var err error
			if name, err = seqs.SequenceOf(sequenceName(tables.At(i)), string(columns.At(i))); err != nil {
				return err
			}
		}
		if name == "" {
			out.SetNull(i)
			return w.End(i, w.Start())
		}
		return w.End(i, append(w.Start(), plan.TempSchema+"."+types.QuoteIdent(name)...))
	})
}
