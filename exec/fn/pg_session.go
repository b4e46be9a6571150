package fn

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// pgSessions are the functions with which sessions act on each other: signals,
// advisory locks, notifications.
func pgSessions() []*Entry { return concatAll(pgSignals(), cancels(), pgLocks(), pgChannels()) }

func noSession(name string) error {
	return fault.New(fault.CodeFeatureNotSupported, "%s() needs a session", name)
}

func pgSignals() []*Entry {
	signal := func(name string, terminate bool) *kernel.Impl {
		return eval(func(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			f, pid, res := session(c).Signal, kernel.FixedOf[int32](args[0]), vector.Values[bool](out)
			if f == nil {
				return noSession(name)
			}
			return kernel.EachErr(sel, out.Len, func(i int) (err error) {
				res[i], err = f(pid.At(i), terminate)
				return err
			})
		})
	}
	return []*Entry{
		{Names: []string{"pg_cancel_backend"}, Doc: "Cancels the statement that another session runs. It is allowed for one's own sessions, those of roles that one is a member of, and superusers.",
			overs: []overload{{sig: "pg_cancel_backend(integer) boolean", volatile: plan.Volatile, scalar: signal("pg_cancel_backend", false)}}},
		{Names: []string{"pg_terminate_backend"}, Doc: "Ends another session. It is allowed as pg_cancel_backend is. The second argument, how long to wait for it, is not waited for.",
			overs: []overload{{sig: "pg_terminate_backend(integer) boolean", volatile: plan.Volatile, scalar: signal("pg_terminate_backend", true)},
				{sig: "pg_terminate_backend(integer, bigint) boolean", volatile: plan.Volatile, scalar: signal("pg_terminate_backend", true)}}},
	}
}

func cancels() []*Entry {
	cancel := eval(func(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		f, id, res := session(c).CancelQuery, kernel.StringsOf(args[0]), vector.Values[bool](out)
		if f == nil {
			return noSession("glaux_cancel_query")
		}
		return kernel.EachErr(sel, out.Len, func(i int) (err error) {
			res[i], err = f(string(id.At(i)))
			return err
		})
	})
	return []*Entry{{Names: []string{"glaux_cancel_query"}, Doc: "Cancels a query that runs or waits, by its ID in glaux_catalog.running_queries; false, with a warning, if there is none. It is allowed for one's own queries, those of roles that one is a member of, and superusers.",
		overs: []overload{{sig: "glaux_cancel_query(varchar) boolean", volatile: plan.Volatile, scalar: cancel}}}}
}

// lockArgs are the overloads of a function on advisory locks: one bigint or two
// integers.
func lockArgs(name, ret string, im *kernel.Impl) []overload {
	return []overload{{sig: name + "(bigint) " + ret, volatile: plan.Volatile, scalar: im},
		{sig: name + "(integer, integer) " + ret, volatile: plan.Volatile, scalar: im}}
}

// lockFn makes a function on advisory locks. It delivers f's answer, or the empty
// text that stands for PostgreSQL's void.
func lockFn(name string, f func(c *kernel.EvalCtx, locks plan.AdvisoryLocks, l plan.AdvisoryLock) (bool, error)) *kernel.Impl {
	return eval(func(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		locks := session(c).Locks
		if locks == nil {
			return noSession(name)
		}
		key := lockKey(args)
		if out.Type.Kind == types.Boolean {
			res := vector.Values[bool](out)
			return kernel.EachErr(sel, out.Len, func(i int) (err error) {
				res[i], err = f(c, locks, key(i))
				return err
			})
		}
		w := kernel.NewTextOut(out)
		return kernel.EachErr(sel, out.Len, func(i int) error {
			if _, err := f(c, locks, key(i)); err != nil {
				return err
			}
			return w.End(i, w.Start())
		})
	})
}

func lockKey(args []*vector.Vector) func(i int) plan.AdvisoryLock {
	if len(args) == 1 {
		a := kernel.FixedOf[int64](args[0])
		return func(i int) plan.AdvisoryLock { return plan.AdvisoryLock{A: a.At(i)} }
	}
	a, b := kernel.FixedOf[int32](args[0]), kernel.FixedOf[int32](args[1])
	return func(i int) plan.AdvisoryLock {
		return plan.AdvisoryLock{Two: true, A: int64(a.At(i)), B: int64(b.At(i))}
	}
}

func pgLocks() []*Entry {
	var out []*Entry
	for _, tx := range []bool{false, true} {
		for _, shared := range []bool{false, true} {
			m := plan.LockMode{Shared: shared, Transaction: tx}
			tail, until := "", "the session ends or it is unlocked"
			if tx {
				tail, until = "_xact", "the transaction ends"
			}
			kind := "an advisory lock"
			end := "_lock"
			if shared {
				kind, end = "a shared advisory lock", "_lock_shared"
			}
			wait, try := "pg_advisory"+tail+end, "pg_try_advisory"+tail+end
			out = append(out, &Entry{Names: []string{wait}, Doc: "Takes " + kind + ", waiting for those that have it, until " + until + ".",
				overs: lockArgs(wait, "varchar", lockFn(wait, func(c *kernel.EvalCtx, locks plan.AdvisoryLocks, l plan.AdvisoryLock) (bool, error) {
					return true, locks.Lock(c.Done, l, m)
				}))},
				&Entry{Names: []string{try}, Doc: "Takes " + kind + " if that needs no waiting, until " + until + "; whether it did.",
					overs: lockArgs(try, "boolean", lockFn(try, func(_ *kernel.EvalCtx, locks plan.AdvisoryLocks, l plan.AdvisoryLock) (bool, error) {
						return locks.TryLock(l, m), nil
					}))})
		}
	}
	for _, shared := range []bool{false, true} {
		name := map[bool]string{false: "pg_advisory_unlock", true: "pg_advisory_unlock_shared"}[shared]
		out = append(out, &Entry{Names: []string{name}, Doc: "Gives back an advisory lock of the session; whether it had one.",
			overs: lockArgs(name, "boolean", lockFn(name, func(_ *kernel.EvalCtx, locks plan.AdvisoryLocks, l plan.AdvisoryLock) (bool, error) {
				return locks.Unlock(l, shared), nil
			}))})
	}
	return append(out, &Entry{Names: []string{"pg_advisory_unlock_all"}, Doc: "Gives back all advisory locks of the session.",
		overs: []overload{{sig: "pg_advisory_unlock_all() varchar", volatile: plan.Volatile, scalar: eval(unlockAll)}}})
}

func unlockAll(c *kernel.EvalCtx, _ []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	w, locks := kernel.NewTextOut(out), session(c).Locks
	return kernel.EachErr(sel, out.Len, func(i int) error {
		if locks != nil {
			locks.UnlockAll()
		}
		return w.End(i, w.Start())
	})
}

func pgChannels() []*Entry {
	listening := &tableImpl{open: func(c *kernel.EvalCtx, f *plan.Func, _ []types.Value) (generator, error) {
		var names []string
		if ch := session(c).Channels; ch != nil {
			names = ch.Listening()
		}
		return func(cols []*vector.Vector, n int) (int, error) {
			n = min(n, len(names))
			for _, s := range names[:n] {
				cols[0].AppendValue(types.StringOf(types.TVarchar, s))
			}
			names = names[n:]
			return n, nil
		}, nil
	}}
	return []*Entry{
		{Names: []string{"pg_notify"}, Doc: "Sends a notification with a payload to the sessions that listen to a channel, when the transaction commits.",
			overs: []overload{{sig: "pg_notify(varchar, varchar) varchar", volatile: plan.Volatile, lenient: true, scalar: eval(notify)}}},
		{Names: []string{"pg_listening_channels"}, Kind: plan.TableFunc, Doc: "The channels that the session listens to.",
			overs: []overload{{sig: "pg_listening_channels() varchar", table: listening}}},
		{Names: []string{"pg_notification_queue_usage"}, Doc: "0: notifications wait in the memory of those that listen.",
			overs: []overload{{sig: "pg_notification_queue_usage() double", volatile: plan.Volatile, scalar: constant(func(_ *kernel.EvalCtx, t types.Type) types.Value { return types.FloatOf(t, 0) })}}},
	}
}

// notify takes NULL for the empty text.
func notify(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	ch := session(c).Channels
	if ch == nil {
		return noSession("pg_notify")
	}
	channel, payload, w := kernel.StringsOf(args[0]), kernel.StringsOf(args[1]), kernel.NewTextOut(out)
	text := func(s kernel.Strings, v *vector.Vector, i int) string {
		if v.IsNull(i) {
			return ""
		}
		return string(s.At(i))
	}
	return kernel.EachErr(sel, out.Len, func(i int) error {
		if err := ch.Notify(text(channel, args[0], i), text(payload, args[1], i)); err != nil {
			return err
		}
		return w.End(i, w.Start())
	})
}
