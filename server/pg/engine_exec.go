package pg

import (
	"context"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/planner/plan"
	"github.com/glauxdb/glaux/server/athenaerr"
)

// engineOpener gives the sessions of the real engine.
func engineOpener(e *exec.Engine) opener {
	return func(o sessionOptions) (session, error) {
		app := o.settings["application_name"]
		s, err := e.NewSession(exec.SessionOptions{User: o.user, Database: o.database, Application: app, Settings: o.settings,
			BackendPID: o.pid, ClientAddr: o.clientAddr, Superuser: o.superuser, Signal: o.signal, Notified: o.notified, Notice: o.notice})
		if err != nil {
			return nil, err
		}
		return &engineSession{s}, nil
	}
}

// engineSession is exec.Session in the shape that the server uses.
type engineSession struct{ s *exec.Session }

func (e *engineSession) close() { e.s.Close() }

func (e *engineSession) split(sql string) ([]piece, error) {
	texts, err := e.s.Split(sql)
	if err != nil {
		return nil, err
	}
	out := make([]piece, len(texts))
	for i, t := range texts {
		out[i] = piece{t.SQL, t.Pos}
	}
	return out, nil
}

func (e *engineSession) prepare(ctx context.Context, sql string, params []types.Type) (*statement, error) {
	p, err := e.s.Prepare(ctx, sql, params)
	if err != nil {
		return nil, err
	}
	st := &statement{params: p.Params, columns: p.Columns, copy: p.Copy, copyIn: p.CopyIn, dealloc: p.Deallocate, binary: p.Binary, ends: p.EndsTransaction(),
		handle: p}
	if p.Fetches {
		st.fetches = p.SQL
	}
	return st, nil
}

func (e *engineSession) copyIn(ctx context.Context, st *statement) (copyIn, error) {
	c, err := e.s.CopyIn(ctx, st.handle.(*exec.Prepared))
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (e *engineSession) openPortal(name string, st *statement, params []types.Value) (cursor, error) {
	c, err := e.s.OpenPortal(name, st.handle.(*exec.Prepared), params)
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (e *engineSession) cursor(name string) cursor {
	if c := e.s.Cursor(name); c != nil {
		return c
	}
	return nil
}

func (e *engineSession) closeCursor(name string) { e.s.CloseCursor(name) }

func (e *engineSession) fetch(ctx context.Context, cur cursor, n int) (rows, error) {
	r, err := e.s.Fetch(ctx, cur.(*exec.Cursor), int64(n))
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (e *engineSession) beginRound(block bool) { e.s.BeginRound(block) }

func (e *engineSession) endRound(ok bool) { e.s.EndRound(ok) }

func (e *engineSession) execute(ctx context.Context, st *statement, params []types.Value) (rows, error) {
	r, err := e.s.Execute(ctx, st.handle.(*exec.Prepared), params)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (e *engineSession) idle() { e.s.Idle() }

func (e *engineSession) notifications() []exec.Notification { return e.s.TakeNotifications() }

func (e *engineSession) txStatus() byte { return e.s.TxStatus() }

func (e *engineSession) failTransaction() { e.s.FailTransaction() }

func (e *engineSession) setting(name string) string {
	v, _ := e.s.Setting(name)
	return v
}

func (e *engineSession) worded(ctx context.Context, f *fault.Error, sql string) *fault.Error {
	if e.s.Dialect(ctx) != plan.Athena {
		return f
	}
	return athenaerr.Worded(f, sql, e.s.CurrentSchema(ctx))
}

func (e *engineSession) changed() []setting { return settingsOf(e.s.TakeChangedSettings()) }

func (e *engineSession) reported() []setting { return settingsOf(e.s.ReportedSettings()) }

func settingsOf(list []exec.Setting) []setting {
	out := make([]setting, len(list))
	for i, s := range list {
		out[i] = setting{s.Name, s.Value}
	}
	return out
}

func (e *engineSession) text(ctx context.Context, names bool) (*kernel.TextOptions, error) {
	if names {
		return e.s.NamedText(ctx)
	}
	return e.s.TextOptions(), nil
}
