package fn

import (
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// systemEntries are the functions that tools for administration call, besides
// those that describe the catalog.
func systemEntries() []*Entry {
	return concatAll(systemAnswers(), systemSession(), systemNames(), systemTypes(), systemTables())
}

// systemAnswers have one answer whatever the arguments are: PostgreSQL's for
// objects that do not exist here.
func systemAnswers() []*Entry {
	text := func(s string) types.Value { return types.StringOf(types.TVarchar, s) }
	null := types.NullOf(types.TUnknown)
	defs := []struct {
		sigs, doc string // alternatives, parted by |
		v         types.Value
	}{
		{"getdatabaseencoding() name", "The database's encoding: UTF8.", text("UTF8")},
		{"inet_server_addr() varchar", "NULL: not told.", null},
		{"inet_client_addr() varchar", "NULL: not told.", null},
		{"inet_client_port() integer", "NULL: not told.", null},
		{"pg_jit_available() boolean", "False: queries are not compiled to machine code.", types.BoolOf(false)},
		{"pg_relation_filenode(oid) oid", "NULL: tables have no files of PostgreSQL's.", null},
		{"pg_get_partition_constraintdef(oid) varchar", "NULL: there are no partitions of PostgreSQL's kind.", null},
		{"pg_get_function_arg_default(oid, integer) varchar", "NULL: there are no functions made by users.", null},
		{"pg_relation_is_updatable(oid, boolean) integer", "0: rows are neither inserted, updated nor deleted in place.", types.IntOf(types.TInteger, 0)},
		{"pg_column_is_updatable(oid, integer, boolean) boolean", "False: rows are not updated.", types.BoolOf(false)},
		{"pg_indexam_has_property(oid, varchar) boolean", "NULL: there are no indexes.", null},
		{"pg_index_has_property(oid, varchar) boolean", "NULL: there are no indexes.", null},
		{"pg_index_column_has_property(oid, integer, varchar) boolean", "NULL: there are no indexes.", null},
		{"acldefault(varchar, oid) array(varchar)", "NULL: privileges are not kept as lists.", null},
		{"row_security_active(oid) boolean|row_security_active(varchar) boolean", "False: there are no policies of rows.", types.BoolOf(false)},
		{"pg_tablespace_size(oid) bigint|pg_tablespace_size(name) bigint", "NULL: there are no tablespaces.", null},
		{"pg_opfamily_is_visible(oid) boolean", "Whether the bare name finds the operator family.", types.BoolOf(true)},
		{"pg_ts_dict_is_visible(oid) boolean", "Whether the bare name finds the dictionary.", types.BoolOf(true)},
		{"pg_ts_parser_is_visible(oid) boolean", "Whether the bare name finds the parser.", types.BoolOf(true)},
		{"pg_ts_template_is_visible(oid) boolean", "Whether the bare name finds the template.", types.BoolOf(true)},
	}
	for _, name := range []string{"numscans", "tuples_returned", "tuples_fetched", "tuples_inserted", "tuples_updated", "tuples_deleted", "live_tuples", "dead_tuples", "blocks_fetched", "blocks_hit"} {
		defs = append(defs, struct {
			sigs, doc string
			v         types.Value
		}{"pg_stat_get_" + name + "(oid) bigint", "NULL: not counted.", null})
	}
	var out []*Entry
	for _, d := range defs {
		e := &Entry{Names: []string{d.sigs[:strings.IndexByte(d.sigs, '(')]}, Doc: d.doc}
		for _, sig := range strings.Split(d.sigs, "|") {
			e.overs = append(e.overs, overload{sig: sig, volatile: plan.Stable, scalar: constant(func(_ *kernel.EvalCtx, t types.Type) types.Value {
				v := d.v
				v.Type = t
				return v
			})})
		}
		out = append(out, e)
	}
	return out
}

func systemSession() []*Entry {
	return []*Entry{
		{Names: []string{"pg_client_encoding"}, Doc: "The encoding of the text that the client sends and gets.",
			overs: []overload{{sig: "pg_client_encoding() name", volatile: plan.Stable, scalar: constant(clientEncoding)}}},
		{Names: []string{"set_config"}, Doc: "Sets a setting, for the transaction only if the third argument is true, and gives the new value. It counts from the next statement on.",
			overs: []overload{{sig: "set_config(varchar, varchar, boolean) varchar", volatile: plan.Volatile, scalar: eval(setConfig)}}},
		{Names: []string{"txid_current", "pg_current_xact_id"}, Doc: "A number for the transaction that grows with time: the microseconds since 1970 at which it started.",
			overs: []overload{{sig: "txid_current() bigint", volatile: plan.Stable, scalar: constant(func(c *kernel.EvalCtx, t types.Type) types.Value {
				return types.IntOf(t, startOf(c).UnixMicro())
			})}}},
		{Names: []string{"pg_conf_load_time"}, Doc: "When the settings were read.", overs: []overload{{sig: "pg_conf_load_time() timestamptz", volatile: plan.Stable, scalar: startTime()}}},
		{Names: []string{"has_parameter_privilege"}, Doc: "Whether the user may SET a setting, which everybody may.", overs: []overload{
			{sig: "has_parameter_privilege(varchar, varchar) boolean", volatile: plan.Stable, scalar: eval(hasPrivilege("parameter"))},
			{sig: "has_parameter_privilege(varchar, varchar, varchar) boolean", volatile: plan.Stable, scalar: eval(hasPrivilege("parameter"))}}},
		{Names: []string{"pg_blocking_pids"}, Doc: "The empty array: queries do not wait for each other's locks.", Examples: []Example{{SQL: "pg_blocking_pids(1)", Result: "{}"}},
			overs: []overload{{sig: "pg_blocking_pids(integer) array(integer)", volatile: plan.Stable, scalar: eval(func(_ *kernel.EvalCtx, _ []*vector.Vector, _ vector.Sel, out *vector.Vector) error {
				clear(out.Raw())
				return nil
			})}}},
	}
}

func startTime() *kernel.Impl {
	started := time.Now()
	return constant(func(_ *kernel.EvalCtx, t types.Type) types.Value { return types.IntOf(t, ticksOf(started, t)) })
}

// setConfig changes settings through the session, which keeps the change until the
// statement has ended.
func setConfig(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	name, value, local, w := kernel.StringsOf(args[0]), kernel.StringsOf(args[1]), kernel.FixedOf[bool](args[2]), kernel.NewTextOut(out)
	change := session(c).Change
	return kernel.EachErr(sel, out.Len, func(i int) error {
		if change == nil {
			return fault.New(fault.CodeFeatureNotSupported, "set_config() needs a session")
		}
		v, err := change(string(name.At(i)), string(value.At(i)), local.At(i))
		if err != nil {
			return err
		}
		return w.End(i, append(w.Start(), v...))
	})
}

func clientEncoding(c *kernel.EvalCtx, t types.Type) types.Value {
	if get := session(c).Setting; get != nil {
		if v, ok := get("client_encoding"); ok {
			return types.StringOf(t, v)
		}
	}
	return types.StringOf(t, "UTF8")
}

func systemNames() []*Entry {
	return []*Entry{
		toReg("to_regnamespace", "regnamespace", types.RegNamespace), toReg("to_regrole", "regrole", types.RegRole), toReg("to_regproc", "regproc", types.RegProc),
		{Names: []string{"pg_char_to_encoding"}, Doc: "The number of an encoding; -1 if it is unknown.", Examples: []Example{{SQL: "pg_char_to_encoding('UTF8')", Result: "6"}},
			overs: []overload{{sig: "pg_char_to_encoding(varchar) integer", scalar: intFn(func(s []kernel.Strings, i int) (int64, error) {
				name, err := charset(s[0].At(i))
				if err != nil {
					return -1, nil
				}
				return map[string]int64{"UTF8": 6, "LATIN1": 8, "SQL_ASCII": 0}[name], nil
			})}}},
		{Names: []string{"parse_ident"}, Doc: "The parts of a qualified name, folded to lower case unless they are quoted. What follows the name is an error, unless the second argument is false.",
			Examples: []Example{{SQL: `parse_ident('"My Schema".My_Table')`, Result: `{"My Schema",my_table}`}},
			overs:    []overload{{sig: "parse_ident(varchar) array(varchar)", scalar: eval(parseIdent)}, {sig: "parse_ident(varchar, boolean) array(varchar)", scalar: eval(parseIdent)}}},
		{Names: []string{"pg_column_size"}, Doc: "The bytes that a value takes in memory.", Examples: []Example{{SQL: "pg_column_size(1)", Result: "4"}, {SQL: "pg_column_size('abc'::text)", Result: "3"}},
			overs: []overload{{sig: "pg_column_size(any) integer", scalar: eval(columnSize)}}},
		{Names: []string{"pg_size_bytes"}, Doc: "The bytes of a size such as 1.5 MB.", Examples: []Example{{SQL: "pg_size_bytes('1.5 MB')", Result: "1572864"}},
			overs: []overload{{sig: "pg_size_bytes(varchar) bigint", scalar: intFn(sizeBytes)}}},
	}
}

func parseIdent(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s, l := kernel.StringsOf(args[0]), newListOut(out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		strict := true
		if len(args) > 1 {
			b := kernel.FixedOf[bool](args[1])
			strict = b.At(i)
		}
		l.start()
		err := identParts(string(s.At(i)), strict, func(part string) { l.elem.AppendBytes([]byte(part)) })
		l.end(i)
		return err
	})
}

func isIdentByte(c byte, first bool) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80 || !first && (c >= '0' && c <= '9' || c == '$')
}

// identParts splits a qualified name.
func identParts(s string, strict bool, put func(string)) error {
	bad := func() error {
		return fault.New(fault.CodeInvalidParameter, "string is not a valid identifier: %q", clipped([]byte(s)))
	}
	rest := strings.TrimLeft(s, " \t\r\n")
	for {
		n := 0
		if strings.HasPrefix(rest, `"`) {
			var b strings.Builder
			for n = 1; ; n++ {
				switch {
				case n >= len(rest):
					return bad().(*fault.Error).WithDetail("String has unclosed double quotes.")
				case rest[n] != '"':
					b.WriteByte(rest[n])
					continue
				case n+1 < len(rest) && rest[n+1] == '"':
					b.WriteByte('"')
					n++
					continue
				}
				break
			}
			if b.Len() == 0 {
				return bad().(*fault.Error).WithDetail("Quoted identifier must not be empty.")
			}
			put(b.String())
			n++
		} else {
			for n < len(rest) && isIdentByte(rest[n], n == 0) {
				n++
			}
			if n == 0 {
				return bad()
			}
			put(string(lower(nil, []byte(rest[:n]))))
		}
		rest = strings.TrimLeft(rest[n:], " \t\r\n")
		if !strings.HasPrefix(rest, ".") {
			break
		}
		rest = strings.TrimLeft(rest[1:], " \t\r\n")
	}
	if rest != "" && strict {
		return bad()
	}
	return nil
}

func columnSize(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	v, dst := args[0], vector.Values[int32](out)
	switch {
	case v.Type.Phys() == types.PhysBytes:
		s := kernel.StringsOf(v)
		kernel.Each(sel, out.Len, func(i int) { dst[i] = int32(len(s.At(i))) })
	case v.Type.IsNested():
		kernel.Each(sel, out.Len, func(i int) { dst[i] = int32(min(valueBytes(v, i), 1<<31-1)) })
	default:
		w := int32(v.Type.Phys().Width())
		kernel.Each(sel, out.Len, func(i int) { dst[i] = w })
	}
	return nil
}

// valueBytes counts the bytes of row i with all that is nested in it.
func valueBytes(v *vector.Vector, i int) int64 {
	if v.IsNull(i) {
		return 0
	}
	switch v.Form {
	case vector.Const:
		i = 0
	case vector.Dict:
		return valueBytes(v.Base, int(v.Codes[i]))
	}
	n := int64(v.Type.Phys().Width())
	switch v.Type.Phys() {
	case types.PhysBytes:
		n = int64(len(v.Bytes(i)))
	case types.PhysList:
		r := v.Ranges()[i]
		for j := r.Off; j < r.Off+r.Len; j++ {
			for _, k := range v.Kids {
				n += valueBytes(k, int(j))
			}
		}
	case types.PhysStruct:
		for _, k := range v.Kids {
			n += valueBytes(k, i)
		}
	}
	return n
}

func sizeBytes(s []kernel.Strings, i int) (int64, error) {
	text := strings.TrimSpace(string(s[0].At(i)))
	n := len(text)
	for n > 0 && (text[n-1]|0x20 >= 'a' && text[n-1]|0x20 <= 'z') {
		n--
	}
	unit := map[string]int{"": 0, "bytes": 0, "b": 0, "kb": 1, "mb": 2, "gb": 3, "tb": 4, "pb": 5}
	power, known := unit[strings.ToLower(text[n:])]
	d, scale, ok := types.ParseDecimal([]byte(strings.TrimSpace(text[:n])))
	if !ok || !known {
		return 0, fault.New(fault.CodeInvalidParameter, "invalid size: %q", clipped(s[0].At(i)))
	}
	d, ok = d.Mul(types.I128(1 << (10 * power)))
	if ok {
		d, ok = d.Rescale(scale, 0)
	}
	if !ok || !d.IsInt64() {
		return 0, fault.New(fault.CodeNumericOutOfRange, "size out of range: %q", clipped(s[0].At(i)))
	}
	return d.Int64(), nil
}
