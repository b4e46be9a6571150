package bind

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// jsonCall binds a function of SQL/JSON: its clauses become a constant argument.
func (b *binder) jsonCall(c *exprCtx, e *ast.JSONCall) (plan.Expr, error) {
	var args []plan.Expr
	var cl plan.JSONClauses
	var err error
	switch e.Name {
	case "json_object", "json_array":
		args, err = b.jsonParts(c, e, &cl)
	default:
		args, err = b.jsonQuery(c, e, &cl)
	}
	if err != nil {
		return nil, err
	}
	return b.apply(e.Pos, e.Name, args)
}

// jsonParts gives the arguments of json_object and json_array.
func (b *binder) jsonParts(c *exprCtx, e *ast.JSONCall, cl *plan.JSONClauses) ([]plan.Expr, error) {
	cl.Absent, cl.Unique = e.Nulls == "absent" || e.Nulls == "" && e.Name == "json_array", e.Unique
	var vals []plan.Expr
	for i, v := range e.Values {
		if e.Keys != nil {
			k, err := b.expr(c, e.Keys[i])
			if err != nil {
				return nil, err
			}
			if !k.Type().IsString() && k.Type().Kind != types.Unknown && b.dialect == plan.Athena {
				return nil, b.fail(e.Keys[i].Position(), fault.CodeDatatypeMismatch, "the key of a JSON object must be text, not %s", k.Type())
			}
			if k, err = b.coerce(k, types.TVarchar, e.Keys[i].Position()); err != nil {
				return nil, err
			}
			vals = append(vals, k)
		}
		x, err := b.expr(c, v.X)
		if err != nil {
			return nil, err
		}
		x = b.settled(x)
		cl.Values = append(cl.Values, plan.JSONFormat{JSON: v.JSON || isJSONCall(v.X), Encoding: v.Encoding})
		vals = append(vals, x)
	}
	ret, err := b.jsonReturning(&e.JSONOutput, cl, types.TJSON)
	if err != nil {
		return nil, err
	}
	return append([]plan.Expr{b.literal(e, plan.EncodeJSONClauses(cl)), ret}, vals...), nil
}

// isJSONCall: a function of SQL/JSON as an argument of another is JSON without being
// told so, even where it gives text.
func isJSONCall(e ast.Expr) bool {
	j, ok := e.(*ast.JSONCall)
	return ok && j.Name != "json_value" && j.Name != "json_exists"
}

// jsonReturning gives the NULL that tells the type to return.
func (b *binder) jsonReturning(o *ast.JSONOutput, cl *plan.JSONClauses, pg types.Type) (plan.Expr, error) {
	t := pg
	if b.dialect == plan.Athena {
		t = types.TVarchar
	}
	if o.Returning != nil {
		var err error
		if t, err = b.typeName(o.Returning); err != nil {
			return nil, err
		}
	}
	cl.Output = plan.JSONFormat{JSON: o.Format, Encoding: o.Encoding}
	return &plan.Const{Value: types.NullOf(t)}, nil
}

// jsonQuery gives the arguments of json_exists, json_value and json_query.
func (b *binder) jsonQuery(c *exprCtx, e *ast.JSONCall, cl *plan.JSONClauses) ([]plan.Expr, error) {
	input, vars, err := b.jsonInput(c, &e.JSONPath, &cl.Input, &cl.Vars)
	if err != nil {
		return nil, err
	}
	if err := b.jsonClauses(e.Name, &e.JSONOutput, cl, e.Pos); err != nil {
		return nil, err
	}
	byDefault := map[string]types.Type{"json_exists": types.TBoolean, "json_value": types.TVarchar, "json_query": types.TJSON}[e.Name]
	ret, err := b.jsonReturning(&e.JSONOutput, cl, byDefault)
	if err != nil {
		return nil, err
	}
	if e.Name == "json_exists" {
		ret = &plan.Const{Value: types.NullOf(types.TBoolean)}
	}
	path := b.literal(&e.Path, e.Path.Value)
	args := []plan.Expr{input, path, b.literal(e, plan.EncodeJSONClauses(cl)), ret}
	for _, d := range []ast.Expr{e.Empty.Default, e.Error.Default} {
		x, err := b.jsonDefault(c, d, ret.Type())
		if err != nil {
			return nil, err
		}
		args = append(args, x)
	}
	return append(args, vars...), nil
}

// jsonInput binds what a path is evaluated over.
func (b *binder) jsonInput(c *exprCtx, e *ast.JSONPath, f *plan.JSONFormat, vars *[]plan.JSONVar) (plan.Expr, []plan.Expr, error) {
	x, err := b.expr(c, e.Input.X)
	if err != nil {
		return nil, nil, err
	}
	x = b.settled(x)
	if t := x.Type(); !t.IsString() && t.Kind != types.JSON && t.Kind != types.Varbinary && t.Kind != types.Unknown {
		return nil, nil, b.fail(e.Input.X.Position(), fault.CodeDatatypeMismatch, "the input of a JSON path must be JSON, text or binary, not %s", t)
	}
	*f = plan.JSONFormat{JSON: true, Encoding: e.Input.Encoding}
	var out []plan.Expr
	for _, v := range e.Passing {
		y, err := b.expr(c, v.X)
		if err != nil {
			return nil, nil, err
		}
		out = append(out, b.settled(y))
		*vars = append(*vars, plan.JSONVar{Name: v.Name.Name, Quoted: v.Name.Quoted, Format: plan.JSONFormat{JSON: v.JSON || isJSONCall(v.X), Encoding: v.Encoding}})
	}
	return x, out, nil
}

// jsonDefault binds a DEFAULT as the type that is returned.
func (b *binder) jsonDefault(c *exprCtx, e ast.Expr, t types.Type) (plan.Expr, error) {
	if e == nil {
		return &plan.Const{Value: types.NullOf(t)}, nil
	}
	x, err := b.expr(c, e)
	if err != nil {
		return nil, err
	}
	return b.coerce(x, t, e.Position())
}

// jsonBehaviors are what may stand before ON EMPTY and ON ERROR.
var jsonBehaviors = map[string][]string{
	"json_exists": {"true", "false", "unknown", "error"},
	"json_value":  {"null", "error", "default"},
	"json_query":  {"null", "error", "empty array", "empty object", "default"},
}

// jsonClauses checks and takes over what a function does with nothing and with errors.
func (b *binder) jsonClauses(name string, o *ast.JSONOutput, cl *plan.JSONClauses, pos ast.Pos) error {
	allowed := func(bh ast.JSONBehavior, on string) (string, error) {
		kind := bh.Kind
		if kind == "empty" {
			kind = "empty array"
		}
		if kind == "" {
			return map[bool]string{true: "false", false: "null"}[name == "json_exists"], nil
		}
		for _, k := range jsonBehaviors[name] {
			if k == kind && !(name == "json_exists" && on == "EMPTY") {
				return kind, nil
			}
		}
		return "", b.fail(pos, fault.CodeSyntax, "%s does not take %s ON %s", name, kind, on)
	}
	var err error
	if cl.Empty, err = allowed(o.Empty, "EMPTY"); err != nil {
		return err
	}
	if cl.Error, err = allowed(o.Error, "ERROR"); err != nil {
		return err
	}
	if cl.Wrapper = o.Wrapper; o.Wrapper == "without" {
		cl.Wrapper = ""
	}
	cl.Unquoted = o.Quotes == "omit"
	if o.Quotes != "" && cl.Wrapper != "" {
		return b.fail(pos, fault.CodeSyntax, "SQL/JSON QUOTES behavior must not be specified when WITH WRAPPER is used")
	}
	return nil
}

// toRecord are the functions whose rows have the columns that the alias lists, and the
// function of a row and JSON that each is then.
var toRecord = map[string]string{
	"json_to_record": "json_populate_record", "json_to_recordset": "json_populate_recordset",
	"jsonb_to_record": "jsonb_populate_record", "jsonb_to_recordset": "jsonb_populate_recordset",
}

// recordCall makes json_to_record(x) AS t(a int, b text) the call with a NULL row of the
// columns as its first argument.
func (b *binder) recordCall(call *ast.Call, name string, a ast.Alias) (*ast.Call, error) {
	row := ast.TypeName{Name: "row", Args: a.Types, Fields: a.Columns}
	row.Pos = call.Pos
	null := &ast.NullLit{}
	null.Pos = call.Pos
	base := &ast.Cast{X: null, Type: row}
	base.Pos = call.Pos
	out := *call
	id := call.Name.Last()
	id.Name, id.Quoted = toRecord[name], true
	out.Name, out.Args = ast.Name{id}, append([]ast.Expr{base}, call.Args...)
	return &out, nil
}
