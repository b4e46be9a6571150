package fn

import (
	"fmt"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

func pgEntries() []*Entry {
	return concatAll(pgSession(), pgNames(), pgDefinitions(), pgVisible(), pgPrivileges(), pgServer(), pgSessions())
}

// session gives the session, or an empty one.
func session(c *kernel.EvalCtx) *plan.Session {
	if c == nil || c.Session == nil {
		return &plan.Session{}
	}
	return c.Session
}

func pgSession() []*Entry {
	text := func(names []string, doc, ret string, f func(*plan.Session) string) *Entry {
		return &Entry{Names: names, Doc: doc, overs: []overload{{sig: names[0] + "() " + ret, volatile: plan.Stable,
			scalar: constant(func(c *kernel.EvalCtx, t types.Type) types.Value { return types.StringOf(t, f(session(c))) })}}}
	}
	return []*Entry{
		text([]string{"version"}, "What this server is.", "varchar", func(*plan.Session) string { return versionText() }),
		text([]string{"current_database", "current_catalog"}, "The database of the connection.", "name", func(s *plan.Session) string { return s.Database }),
		text([]string{"current_user", "user", "current_role"}, "The current user: SET ROLE changes it.", "name", func(s *plan.Session) string { return s.User }),
		text([]string{"session_user", "system_user"}, "The session's user, whatever SET ROLE did.", "name", func(s *plan.Session) string { return s.SessionUser }),
		{Names: []string{"current_schema"}, Doc: "The first schema of the search path; NULL if it is empty.", overs: []overload{{sig: "current_schema() name", volatile: plan.Stable,
			scalar: constant(func(c *kernel.EvalCtx, t types.Type) types.Value {
				if p := session(c).SearchPath; len(p) > 0 {
					return types.StringOf(t, p[0])
				}
				return types.NullOf(t)
			})}}},
		{Names: []string{"current_schemas"}, Doc: "The schemas of the search path, with pg_catalog if asked for.", overs: []overload{{sig: "current_schemas(boolean) array(name)", volatile: plan.Stable,
			scalar: eval(func(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
				all, l := kernel.FixedOf[bool](args[0]), newListOut(out)
				kernel.Each(sel, out.Len, func(i int) {
					l.start()
					if all.At(i) {
						l.elem.AppendBytes([]byte("pg_catalog"))
					}
					for _, s := range session(c).SearchPath {
						l.elem.AppendBytes([]byte(s))
					}
					l.end(i)
				})
				return nil
			})}}},
		{Names: []string{"pg_backend_pid"}, Doc: "The connection's number, as cancel requests name it.", overs: []overload{{sig: "pg_backend_pid() integer", volatile: plan.Stable,
			scalar: constant(func(c *kernel.EvalCtx, t types.Type) types.Value { return types.IntOf(t, int64(session(c).BackendPID)) })}}},
		{Names: []string{"current_setting"}, Doc: "The value of a setting; an error if there is none, unless the second argument is true.", overs: []overload{
			{sig: "current_setting(varchar) varchar", scalar: eval(currentSetting), volatile: plan.Stable}, {sig: "current_setting(varchar, boolean) varchar", scalar: eval(currentSetting), volatile: plan.Stable}}},
		{Names: []string{"pg_typeof"}, Doc: "The type of the argument, by PostgreSQL's name.", Examples: []Example{{SQL: "pg_typeof(1)", Result: "integer"}, {SQL: "pg_typeof(1.5)", Result: "numeric"}},
			overs: []overload{{sig: "pg_typeof(any) varchar", lenient: true, scalar: typeName(pgTypeName)}}},
		{Names: []string{"typeof"}, Doc: "The type of the argument, by Trino's name.", Examples: []Example{{SQL: "typeof(array[1])", Result: "array(integer)"}},
			overs: []overload{{sig: "typeof(any) varchar", lenient: true, scalar: typeName(types.Type.String)}}},
	}
}

func typeName(f func(types.Type) string) *kernel.Impl {
	return &kernel.Impl{New: func(_ *kernel.EvalCtx, fn *plan.Func, _ []*types.Value) (kernel.Instance, error) {
		v := types.StringOf(types.TVarchar, f(fn.Params[0]))
		return constant(func(*kernel.EvalCtx, types.Type) types.Value { return v }).Instance, nil
	}}
}

// pgKinds are PostgreSQL's names of types where they differ.
var pgKinds = map[types.Kind]string{
	types.TinyInt: "smallint", types.Decimal: "numeric", types.Double: "double precision", types.Varchar: "character varying", types.Char: "character",
	types.Varbinary: "bytea", types.Time: "time without time zone", types.TimeTZ: "time with time zone", types.Timestamp: "timestamp without time zone", types.TimestampTZ: "timestamp with time zone",
	types.Interval: "interval", types.Row: "record", types.Map: "json",
}

func pgTypeName(t types.Type) string {
	if t.Kind == types.Array && !t.IsVector() {
		return pgTypeName(t.Elem()) + "[]"
	}
	if n, ok := pgKinds[t.Kind]; ok {
		return n
	}
	return t.String()
}

func currentSetting(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	names, w := kernel.StringsOf(args[0]), kernel.NewTextOut(out)
	get := session(c).Setting
	return kernel.EachErr(sel, out.Len, func(i int) error {
		name := strings.ToLower(string(names.At(i)))
		if get != nil {
			if v, ok := get(name); ok {
				return w.End(i, append(w.Start(), v...))
			}
		}
		if len(args) > 1 {
			if missing := kernel.FixedOf[bool](args[1]); missing.At(i) {
				out.SetNull(i)
				return w.End(i, w.Start())
			}
		}
		return fault.New(fault.CodeUndefinedObject, "unrecognized configuration parameter %q", name)
	})
}

// info gives the catalog, or one without anything.
func info(c *kernel.EvalCtx) kernel.CatalogInfo {
	return c.Info()
}

// oidText makes a function from an OID (the first argument) to text; not ok is NULL.
func oidText(f func(c *kernel.EvalCtx, oid uint32, args []*vector.Vector, i int) (string, bool)) *kernel.Impl {
	return eval(func(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		oids, w := kernel.FixedOf[uint32](args[0]), kernel.NewTextOut(out)
		return kernel.EachErr(sel, out.Len, func(i int) error {
			s, ok := f(c, oids.At(i), args, i)
			if !ok {
				out.SetNull(i)
			}
			return w.End(i, append(w.Start(), s...))
		})
	})
}

func pgNames() []*Entry {
	return []*Entry{
		{Names: []string{"pg_get_userbyid"}, Doc: "The role's name.", overs: []overload{{sig: "pg_get_userbyid(oid) name", volatile: plan.Stable,
			scalar: oidText(func(c *kernel.EvalCtx, oid uint32, _ []*vector.Vector, _ int) (string, bool) {
				if oid == ownerOID {
					if u := session(c).User; u != "" {
						return u, true
					}
				}
				return fmt.Sprintf("unknown (OID=%d)", oid), true
			})}}},
		{Names: []string{"format_type"}, Doc: "The type's SQL name, with its modifier.", overs: []overload{{sig: "format_type(oid, integer) varchar", volatile: plan.Stable, lenient: true, scalar: eval(formatType)}}},
		{Names: []string{"pg_encoding_to_char"}, Doc: "The encoding's name.", Examples: []Example{{SQL: "pg_encoding_to_char(6)", Result: "UTF8"}}, overs: []overload{{sig: "pg_encoding_to_char(integer) name",
			scalar: eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
				x, w := kernel.FixedOf[int32](args[0]), kernel.NewTextOut(out)
				return kernel.EachErr(sel, out.Len, func(i int) error {
					return w.End(i, append(w.Start(), map[int32]string{0: "SQL_ASCII", 6: "UTF8"}[x.At(i)]...))
				})
			})}}},
		toReg("to_regclass", "regclass", types.RegClass), toReg("to_regtype", "regtype", types.RegType),
		{Names: []string{"oidvectortypes"}, Doc: "The names of a list of types.", overs: []overload{{sig: "oidvectortypes(array(oid)) varchar", volatile: plan.Stable,
			scalar: eval(func(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
				l, w := listsOf(args[0]), kernel.NewTextOut(out)
				return kernel.EachErr(sel, out.Len, func(i int) error {
					b := w.Start()
					oids := kernel.FixedOf[uint32](l.kids[0])
					for k, e := range rangeIdx(l.rs.At(i)) {
						if k > 0 {
							b = append(b, ", "...)
						}
						name, _ := info(c).TypeName(oids.At(int(e)))
						b = append(b, name...)
					}
					return w.End(i, b)
				})
			})}}},
	}
}

// ownerOID is the OID of the one role that owns everything, as in PostgreSQL.
const ownerOID = 10

func toReg(name, ret string, flavour int32) *Entry {
	return &Entry{Names: []string{name}, Doc: "The object's OID; NULL if there is none.", overs: []overload{{sig: name + "(varchar) " + ret, volatile: plan.Stable,
		scalar: eval(func(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			s, dst := kernel.StringsOf(args[0]), vector.Values[uint32](out)
			kernel.Each(sel, out.Len, func(i int) {
				oid, err := kernel.LookupOID(c, string(s.At(i)), types.Type{Kind: types.OID, S: flavour})
				if dst[i] = oid; err != nil {
					out.SetNull(i)
				}
			})
			return nil
		})}}}
}

// formatType prints a type with its modifier as PostgreSQL encodes it.
func formatType(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	oids, mods, w := kernel.FixedOf[uint32](args[0]), kernel.FixedOf[int32](args[1]), kernel.NewTextOut(out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		if args[0].IsNull(i) {
			out.SetNull(i)
			return nil
		}
		name, ok := info(c).TypeName(oids.At(i))
		if !ok {
			name = "???"
			if oids.At(i) == 0 {
				name = "-"
			}
		}
		if !args[1].IsNull(i) && mods.At(i) >= 0 {
			name = withTypmod(name, mods.At(i))
		}
		return w.End(i, append(w.Start(), name...))
	})
}

func withTypmod(name string, mod int32) string {
	base, array := strings.CutSuffix(name, "[]")
	switch {
	case base == "numeric" && mod >= 4:
		base = fmt.Sprintf("numeric(%d,%d)", (mod-4)>>16&0xffff, (mod-4)&0xffff)
	case (base == "character varying" || base == "character") && mod >= 4:
		base = fmt.Sprintf("%s(%d)", base, mod-4)
	case strings.HasPrefix(base, "timestamp ") || strings.HasPrefix(base, "time "):
		word, rest, _ := strings.Cut(base, " ")
		base = fmt.Sprintf("%s(%d) %s", word, mod, rest)
	}
	if array {
		base += "[]"
	}
	return base
}

func pgDefinitions() []*Entry {
	// Indexes, constraints, triggers and rules do not exist: their definitions are
	// NULL, as PostgreSQL's are for an unknown OID.
	none := func(name string, sigs ...string) *Entry {
		e := &Entry{Names: []string{name}, Doc: "NULL: there are no such objects."}
		for _, s := range sigs {
			e.overs = append(e.overs, overload{sig: name + "(" + s + ") varchar", volatile: plan.Stable, scalar: oidText(func(*kernel.EvalCtx, uint32, []*vector.Vector, int) (string, bool) { return "", false })})
		}
		return e
	}
	comment := func(c *kernel.EvalCtx, class string, oid uint32, sub int) (string, bool) {
		s, ok := info(c).Comment(class, oid, sub)
		return s, ok && s != ""
	}
	view := overload{volatile: plan.Stable, scalar: oidText(func(c *kernel.EvalCtx, oid uint32, _ []*vector.Vector, _ int) (string, bool) {
		return info(c).ViewText(oid)
	})}
	viewBool, viewName := view, view
	view.sig, viewBool.sig, viewName.sig = "pg_get_viewdef(oid) varchar", "pg_get_viewdef(oid, boolean) varchar", "pg_get_viewdef(regclass, integer) varchar"
	return []*Entry{
		{Names: []string{"pg_get_viewdef"}, Doc: "The view's query.", overs: []overload{view, viewBool, viewName}},
		{Names: []string{"obj_description"}, Doc: "The comment on an object of a catalog.", overs: []overload{
			{sig: "obj_description(oid, varchar) varchar", volatile: plan.Stable, scalar: oidText(func(c *kernel.EvalCtx, oid uint32, args []*vector.Vector, i int) (string, bool) {
				return comment(c, string(kernelBytes(args[1], i)), oid, 0)
			})},
			{sig: "obj_description(oid) varchar", volatile: plan.Stable, scalar: oidText(func(c *kernel.EvalCtx, oid uint32, _ []*vector.Vector, _ int) (string, bool) {
				return comment(c, "pg_class", oid, 0)
			})},
		}},
		{Names: []string{"shobj_description"}, Doc: "The comment on a shared object.", overs: []overload{{sig: "shobj_description(oid, varchar) varchar", volatile: plan.Stable,
			scalar: oidText(func(c *kernel.EvalCtx, oid uint32, args []*vector.Vector, i int) (string, bool) {
				return comment(c, string(kernelBytes(args[1], i)), oid, 0)
			})}}},
		{Names: []string{"col_description"}, Doc: "The comment on a column.", overs: []overload{{sig: "col_description(oid, integer) varchar", volatile: plan.Stable,
			scalar: oidText(func(c *kernel.EvalCtx, oid uint32, args []*vector.Vector, i int) (string, bool) {
				n := kernel.FixedOf[int32](args[1])
				return comment(c, "pg_class", oid, int(n.At(i)))
			})}}},
		{Names: []string{"pg_get_expr"}, Doc: "The text of an expression in the catalog.", overs: []overload{{sig: "pg_get_expr(varchar, oid) varchar", scalar: partFn(whole)}, {sig: "pg_get_expr(varchar, oid, boolean) varchar", scalar: partFn(whole)}}},
		none("pg_get_indexdef", "oid", "oid, integer, boolean"), none("pg_get_constraintdef", "oid", "oid, boolean"), none("pg_get_triggerdef", "oid", "oid, boolean"),
		none("pg_get_ruledef", "oid", "oid, boolean"), none("pg_get_partkeydef", "oid"), none("pg_get_functiondef", "oid"), none("pg_get_function_arguments", "oid"),
		none("pg_get_function_identity_arguments", "oid"), none("pg_get_function_result", "oid"), none("pg_get_function_sqlbody", "oid"),
		none("pg_tablespace_location", "oid"), none("pg_get_statisticsobjdef_columns", "oid"), none("pg_get_statisticsobjdef", "oid"), none("pg_describe_object", "oid, oid, integer"),
	}
}

func whole(s []byte, _ []*vector.Vector, _ int) (from, to int, err error) { return 0, len(s), nil }

// oidBool makes a function from an OID to a boolean.
func oidBool(f func(c *kernel.EvalCtx, oid uint32) (val, ok bool)) *kernel.Impl {
	return eval(func(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		oids, dst := kernel.FixedOf[uint32](args[0]), vector.Values[bool](out)
		kernel.Each(sel, out.Len, func(i int) {
			x, ok := f(c, oids.At(i))
			if dst[i] = x; !ok {
				out.SetNull(i)
			}
		})
		return nil
	})
}

func pgVisible() []*Entry {
	entry := func(name, doc string, f func(c *kernel.EvalCtx, oid uint32) (bool, bool)) *Entry {
		return &Entry{Names: []string{name}, Doc: doc, overs: []overload{{sig: name + "(oid) boolean", volatile: plan.Stable, scalar: oidBool(f)}}}
	}
	found := func(c *kernel.EvalCtx, oid uint32) (bool, bool) {
		_, ok := info(c).TypeName(oid)
		return ok, ok
	}
	always := func(*kernel.EvalCtx, uint32) (bool, bool) { return true, true }
	never := func(*kernel.EvalCtx, uint32) (bool, bool) { return false, true }
	return []*Entry{
		entry("pg_table_is_visible", "Whether the bare name finds the table.", func(c *kernel.EvalCtx, oid uint32) (bool, bool) {
			_, _, visible, ok := info(c).Relation(oid)
			return visible, ok
		}),
		entry("pg_type_is_visible", "Whether the bare name finds the type.", found),
		entry("pg_function_is_visible", "Whether the bare name finds the function.", func(c *kernel.EvalCtx, oid uint32) (bool, bool) {
			_, ok := info(c).Proc(oid)
			return ok, ok
		}),
		entry("pg_operator_is_visible", "Whether the bare name finds the operator.", always), entry("pg_collation_is_visible", "Whether the bare name finds the collation.", always),
		entry("pg_opclass_is_visible", "Whether the bare name finds the operator class.", always), entry("pg_conversion_is_visible", "Whether the bare name finds the conversion.", always),
		entry("pg_statistics_obj_is_visible", "Whether the bare name finds the statistics object.", always), entry("pg_ts_config_is_visible", "Whether the bare name finds the text search configuration.", always),
		entry("pg_is_other_temp_schema", "False: there are no temporary schemas.", never), entry("pg_relation_is_publishable", "False: nothing is published.", never),
	}
}

// privileges tells, for each kind of object, which exist and which everybody has.
// There is no access control yet below the connection: all may read, and tables of
// the lake are not written.
var privileges = map[string]map[string]bool{
	"table":    {"select": true, "insert": false, "update": false, "delete": false, "truncate": false, "references": false, "trigger": false},
	"schema":   {"usage": true, "create": true},
	"database": {"connect": true, "create": true, "temporary": false, "temp": false},
	"function": {"execute": true}, "type": {"usage": true}, "sequence": {"usage": false, "select": false, "update": false}, "language": {"usage": true},
	"tablespace": {"create": false}, "server": {"usage": false}, "foreign_data_wrapper": {"usage": false}, "parameter": {"set": true, "alter system": false}, "role": {"usage": true, "member": true, "set": true},
}

func pgPrivileges() []*Entry {
	var out []*Entry
	add := func(name, kind string, objectArgs ...string) {
		im := eval(hasPrivilege(kind))
		e := &Entry{Names: []string{name}, Doc: "Whether the user has one of the privileges of a comma-separated list. Everybody may read everything that a connection sees."}
		for _, o := range objectArgs {
			e.overs = append(e.overs, overload{sig: name + "(" + o + ", varchar) boolean", volatile: plan.Stable, scalar: im},
				overload{sig: name + "(varchar, " + o + ", varchar) boolean", volatile: plan.Stable, scalar: im},
				overload{sig: name + "(oid, " + o + ", varchar) boolean", volatile: plan.Stable, scalar: im})
		}
		out = append(out, e)
	}
	add("has_table_privilege", "table", "oid", "varchar")
	add("has_any_column_privilege", "table", "oid", "varchar")
	add("has_column_privilege", "table", "oid, smallint", "oid, varchar", "varchar, varchar", "varchar, smallint")
	for _, k := range []string{"schema", "database", "function", "type", "sequence", "language", "tablespace", "server", "foreign_data_wrapper"} {
		add("has_"+k+"_privilege", k, "oid", "varchar")
	}
	add("pg_has_role", "role", "oid", "varchar")
	return out
}

func hasPrivilege(kind string) kernel.Kernel {
	known := privileges[kind]
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		list, dst := kernel.StringsOf(args[len(args)-1]), vector.Values[bool](out)
		return kernel.EachErr(sel, out.Len, func(i int) error {
			dst[i] = false
			for _, p := range strings.Split(string(list.At(i)), ",") {
				p = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(p)), " with grant option")
				p = strings.TrimSuffix(p, " with admin option")
				has, ok := known[p]
				if !ok {
					return fault.New(fault.CodeInvalidParameter, "unrecognized privilege type: %q", p)
				}
				dst[i] = dst[i] || has
			}
			return nil
		})
	}
}

func pgServer() []*Entry {
	started := time.Now()
	konst := func(name, ret, doc string, v types.Value) *Entry {
		return &Entry{Names: []string{name}, Doc: doc, overs: []overload{{sig: name + "() " + ret, scalar: constant(func(*kernel.EvalCtx, types.Type) types.Value { return v })}}}
	}
	size := func(name string, more ...string) *Entry {
		e := &Entry{Names: []string{name}, Doc: "NULL: the files of a lake are not the server's."}
		for _, params := range append([]string{"oid"}, more...) {
			e.overs = append(e.overs, overload{sig: name + "(" + params + ") bigint",
				scalar: constant(func(_ *kernel.EvalCtx, t types.Type) types.Value { return types.NullOf(t) })})
		}
		return e
	}
	return []*Entry{
		konst("pg_is_in_recovery", "boolean", "False.", types.BoolOf(false)),
		{Names: []string{"pg_my_temp_schema"}, Doc: "The OID of the schema of the session's temporary tables, 0 without any.",
			overs: []overload{{sig: "pg_my_temp_schema() oid", volatile: plan.Stable, scalar: constant(tempSchema)}}},
		konst("inet_server_port", "integer", "NULL: not told.", types.NullOf(types.TInteger)),
		{Names: []string{"pg_postmaster_start_time"}, Doc: "When the server started.", overs: []overload{{sig: "pg_postmaster_start_time() timestamptz", volatile: plan.Stable,
			scalar: constant(func(_ *kernel.EvalCtx, t types.Type) types.Value { return types.IntOf(t, ticksOf(started, t)) })}}},
		size("pg_relation_size", "oid, varchar"), size("pg_total_relation_size"), size("pg_table_size"), size("pg_indexes_size"), size("pg_database_size", "name"),
		{Names: []string{"pg_size_pretty"}, Doc: "Bytes in kB, MB, GB or TB.", Examples: []Example{{SQL: "pg_size_pretty(123456789)", Result: "118 MB"}},
			overs: []overload{{sig: "pg_size_pretty(bigint) varchar", scalar: eval(prettySizes)}, {sig: "pg_size_pretty(decimal) varchar", explicit: true, scalar: eval(prettySizes),
				types: func(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
					return []types.Type{types.TBigInt}, types.TVarchar, len(args) == 1 && args[0].Type.Kind == types.Decimal
				}}}},
		{Names: []string{"current_groups"}, Doc: "The groups of the current user: an empty array, for there are no groups of users; see pg_roles for roles.", Examples: []Example{{SQL: "current_groups()", Result: "{}"}},
			overs: []overload{{sig: "current_groups() array(varchar)", volatile: plan.Stable, scalar: constant(func(_ *kernel.EvalCtx, t types.Type) types.Value { return types.Value{Type: t} })}}},
		{Names: []string{"pg_sleep"}, Doc: "Waits so many seconds.", overs: []overload{{sig: "pg_sleep(double) varchar", volatile: plan.Volatile, scalar: eval(sleep)}}},
	}
}

func prettySizes(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	x, w := kernel.FixedOf[int64](args[0]), kernel.NewTextOut(out)
	return kernel.EachErr(sel, out.Len, func(i int) error { return w.End(i, append(w.Start(), sizePretty(x.At(i))...)) })
}

// sizePretty changes the unit at 10240 of the smaller one, rounding half away from 0.
func sizePretty(n int64) string {
	neg, x := "", uint64(n)
	if n < 0 {
		neg, x = "-", -x
	}
	if x < 10*1024 {
		return fmt.Sprintf("%s%d bytes", neg, x)
	}
	half := x >> 9 // in half units
	for _, unit := range []string{"kB", "MB", "GB", "TB"} {
		if half < 2*10*1024-1 {
			return fmt.Sprintf("%s%d %s", neg, (half+1)/2, unit)
		}
		half >>= 10
	}
	return fmt.Sprintf("%s%d PB", neg, (half+1)/2)
}

// sleep waits once a row, ended early when the query is.
func sleep(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	x, w := kernel.FixedOf[float64](args[0]), kernel.NewTextOut(out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		if d := x.At(i); d > 0 {
			t := time.NewTimer(time.Duration(min(d, 1e8) * float64(time.Second)))
			defer t.Stop()
			select {
			case <-t.C:
			case <-c.Done:
				return c.Ended()
			}
		}
		return w.End(i, w.Start())
	})
}

func tempSchema(c *kernel.EvalCtx, t types.Type) types.Value {
	if temp := session(c).Temp; temp != nil && len(temp.TempTables()) > 0 {
		return types.IntOf(t, plan.TempSchemaOID)
	}
	return types.IntOf(t, 0)
}
