package pgcatalog

import (
	"net"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/planner/plan"
	"github.com/glauxdb/glaux/server/pgtype"
)

// Engine is what the tables show of the engine that reads them.
type Engine interface {
	Activity() []exec.Activity
	KeptResults() []exec.KeptResult
}

// Watch says which engine it is. Call it before the first query.
func (t *Tables) Watch(e Engine) { t.engine = e }

// doing is a row of pg_stat_activity.
type doing struct {
	exec.Activity
	role, database uint32
	open           bool   // the reader may see what it does
	waits          string // for its turn: why
}

// activityRows lists what sessions do. Only superusers and members of
// pg_read_all_stats see more of others than that they are there.
func activityRows(a *asking) (rowSet, error) {
	var list []exec.Activity
	if a.engine != nil {
		list = a.engine.Activity()
	}
	roles, err := a.roles()
	if err != nil {
		return rowSet{}, err
	}
	roleOID, databases := map[string]uint32{}, map[string]uint32{DatabaseName: oidDatabase}
	for _, r := range roles {
		roleOID[r.Name] = r.oid
	}
	for _, d := range a.ix.dir.Databases {
		if d.Name != DatabaseName {
			databases[d.Name] = schemaOID(d)
		}
	}
	all, err := a.seesOthers()
	if err != nil {
		return rowSet{}, err
	}
	out := make([]doing, len(list))
	for i, x := range list {
		out[i] = doing{Activity: x, role: roleOID[x.User], database: databases[x.Database], open: all || x.User == a.user()}
		if x.QueryID != "" && a.groups != nil {
			out[i].waits = a.groups.Waits(x.QueryID)
		}
	}
	return show(a.byName[schemaPG]["pg_stat_activity"], out, activityFields()), nil
}

func activityFields() fields[doing] {
	seen := func(f func(*doing) types.Value) func(*doing) types.Value {
		return func(d *doing) types.Value {
			if !d.open {
				return types.Value{Null: true}
			}
			return f(d)
		}
	}
	// A query in a workgroup's queue is nothing that PostgreSQL has a word for: what
	// its extensions wait for comes nearest.
	waits := func(client, queue string) func(*doing) types.Value {
		return seen(func(d *doing) types.Value {
			if d.waits != "" {
				return str(queue)
			}
			return types.Value{S: client, Null: !strings.HasPrefix(d.State, "idle")}
		})
	}
	return fields[doing]{
		"datid":            func(d *doing) types.Value { return oid(d.database) },
		"datname":          func(d *doing) types.Value { return str(d.Database) },
		"pid":              func(d *doing) types.Value { return num(int64(d.PID)) },
		"usesysid":         func(d *doing) types.Value { return oid(d.role) },
		"usename":          func(d *doing) types.Value { return str(d.User) },
		"application_name": func(d *doing) types.Value { return str(d.Application) },
		"client_addr":      seen(func(d *doing) types.Value { host, _ := d.client(); return orNull(host) }),
		"client_port":      seen(func(d *doing) types.Value { _, port := d.client(); return num(port) }),
		"backend_start":    seen(func(d *doing) types.Value { return moment(d.Started) }),
		"xact_start":       seen(func(d *doing) types.Value { return moment(d.TxStarted) }),
		"query_start":      seen(func(d *doing) types.Value { return moment(d.QueryStarted) }),
		"state_change":     seen(func(d *doing) types.Value { return moment(d.Changed) }),
		"wait_event_type":  waits("Client", "Extension"),
		"wait_event":       waits("ClientRead", "WorkgroupQueue"),
		"state":            seen(func(d *doing) types.Value { return str(d.State) }),
		"query": func(d *doing) types.Value {
			if !d.open {
				return str("<insufficient privilege>")
			}
			return str(d.Query)
		},
		"backend_type": seen(constant[doing](str("client backend"))),
	}
}

// client gives the address and port of the other side, "" and -1 without a
// network.
func (d *doing) client() (host string, port int64) {
	h, p, err := net.SplitHostPort(d.ClientAddr)
	if err != nil {
		return "", -1
	}
	port, err = strconv.ParseInt(p, 10, 32)
	if err != nil {
		return h, -1
	}
	return h, port
}

func cursorRows(a *asking) (rowSet, error) {
	var all []plan.CursorInfo
	if a.session != nil {
		all = a.session.Cursors
	}
	return show(a.byName[schemaPG]["pg_cursors"], all, fields[plan.CursorInfo]{
		"name":          func(c *plan.CursorInfo) types.Value { return str(c.Name) },
		"statement":     func(c *plan.CursorInfo) types.Value { return str(c.Statement) },
		"is_holdable":   func(c *plan.CursorInfo) types.Value { return flag(c.Holdable) },
		"is_binary":     func(c *plan.CursorInfo) types.Value { return flag(c.Binary) },
		"is_scrollable": func(c *plan.CursorInfo) types.Value { return flag(c.Scrollable) },
		"creation_time": func(c *plan.CursorInfo) types.Value { return moment(c.Created) },
	}), nil
}

func preparedRows(a *asking) (rowSet, error) {
	var all []plan.PreparedInfo
	if a.session != nil {
		all = a.session.Prepared
	}
	return show(a.byName[schemaPG]["pg_prepared_statements"], all, fields[plan.PreparedInfo]{
		"name":         func(p *plan.PreparedInfo) types.Value { return str(p.Name) },
		"statement":    func(p *plan.PreparedInfo) types.Value { return str(p.Statement) },
		"prepare_time": func(p *plan.PreparedInfo) types.Value { return moment(p.Created) },
		"parameter_types": func(p *plan.PreparedInfo) types.Value {
			v := types.Value{}
			for _, t := range p.Params {
				v.Kids = append(v.Kids, types.IntOf(types.Type{Kind: types.OID, S: types.RegType}, int64(pgtype.Param(t))))
			}
			return v
		},
		"from_sql": func(p *plan.PreparedInfo) types.Value { return flag(p.FromSQL) },
	}), nil
}

func settingRows(a *asking) (rowSet, error) {
	now := func(s *exec.SettingInfo) string {
		if a.session != nil && a.session.Setting != nil {
			if v, ok := a.session.Setting(strings.ToLower(s.Name)); ok {
				return s.Plain(v)
			}
		}
		return s.Default
	}
	return show(a.byName[schemaPG]["pg_settings"], exec.Settings(), fields[exec.SettingInfo]{
		"name":       func(s *exec.SettingInfo) types.Value { return str(s.Name) },
		"setting":    func(s *exec.SettingInfo) types.Value { return str(now(s)) },
		"unit":       func(s *exec.SettingInfo) types.Value { return orNull(s.Unit) },
		"category":   func(s *exec.SettingInfo) types.Value { return str(s.Category) },
		"short_desc": func(s *exec.SettingInfo) types.Value { return str(s.About) },
		"context":    func(s *exec.SettingInfo) types.Value { return str(s.Context) },
		"vartype":    func(s *exec.SettingInfo) types.Value { return str(s.Kind) },
		"source": func(s *exec.SettingInfo) types.Value {
			if now(s) != s.Default {
				return str("session")
			}
			return str("default")
		},
		"min_val":         func(s *exec.SettingInfo) types.Value { return orNull(s.Min) },
		"max_val":         func(s *exec.SettingInfo) types.Value { return orNull(s.Max) },
		"enumvals":        func(s *exec.SettingInfo) types.Value { return orNone(words(types.TVarchar, s.Words)) },
		"boot_val":        func(s *exec.SettingInfo) types.Value { return str(s.Default) },
		"reset_val":       func(s *exec.SettingInfo) types.Value { return str(s.Default) },
		"pending_restart": constant[exec.SettingInfo](flag(false)),
	}), nil
}
