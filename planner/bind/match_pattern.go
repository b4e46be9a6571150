package bind

import (
	"math"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// label gives the name of a pattern variable as CLASSIFIER shows it: in upper case
// unless it was quoted.
func label(id ast.Ident) string {
	if id.Quoted {
		return id.Name
	}
	return strings.ToUpper(id.Name)
}

// rowPattern binds PATTERN and SUBSET and what names pattern variables, but for
// conditions and measures.
func (m *matcher) rowPattern(r *ast.RowPattern) error {
	m.vars = map[string][]int{}
	m.primary(r.Pattern)
	primaries := len(m.n.Vars)
	for i := range r.Subsets {
		if err := m.subset(&r.Subsets[i], primaries); err != nil {
			return err
		}
	}
	if err := m.defined(r, primaries); err != nil {
		return err
	}
	var err error
	if m.n.Pattern, err = m.pattern(r.Pattern); err != nil {
		return err
	}
	return m.skip(r.Skip)
}

// primary collects the variables of a pattern.
func (m *matcher) primary(p *ast.Pattern) {
	if p.Kind == ast.PatternVariable {
		name := label(p.Name)
		if m.vars[name] == nil {
			m.vars[name] = []int{len(m.n.Vars)}
			m.n.Vars = append(m.n.Vars, plan.MatchVar{Name: name})
		}
	}
	for _, x := range p.Parts {
		m.primary(x)
	}
}

// isPrimary reports whether a name is a variable of the pattern.
func (m *matcher) isPrimary(name string, primaries int) bool {
	for _, v := range m.n.Vars[:primaries] {
		if v.Name == name {
			return true
		}
	}
	return false
}

func (m *matcher) subset(s *ast.Subset, primaries int) error {
	b, name := m.b, label(s.Name)
	switch {
	case m.isPrimary(name, primaries):
		return b.fail(s.Name.Pos, fault.CodeDuplicateAlias, "union pattern variable name: %s is a duplicate of primary pattern variable name", label(s.Name))
	case m.vars[name] != nil:
		return b.fail(s.Name.Pos, fault.CodeDuplicateAlias, "union pattern variable name: %s is declared twice", label(s.Name))
	}
	var of []int
	for _, id := range s.Of {
		if !m.isPrimary(label(id), primaries) {
			return b.fail(id.Pos, fault.CodeUndefinedObject, "subset element: %s is not a primary pattern variable", label(id))
		}
		of = append(of, m.vars[label(id)]...)
	}
	m.vars[name] = of
	return nil
}

// defined checks the names of DEFINE.
func (m *matcher) defined(r *ast.RowPattern, primaries int) error {
	seen := map[string]bool{}
	for i := range r.Defines {
		id := r.Defines[i].Name
		name := label(id)
		switch {
		case !m.isPrimary(name, primaries):
			return m.b.fail(id.Pos, fault.CodeUndefinedObject, "defined variable: %s is not a primary pattern variable", name)
		case seen[name]:
			return m.b.fail(id.Pos, fault.CodeDuplicateAlias, "pattern variable with name: %s is defined twice", name)
		}
		seen[name] = true
	}
	return nil
}

var patternKinds = map[ast.PatternKind]plan.RowPatternKind{
	ast.PatternVariable: plan.PatternVar, ast.PatternEmpty: plan.PatternEmpty, ast.PatternStart: plan.PatternStart,
	ast.PatternEnd: plan.PatternEnd, ast.PatternConcat: plan.PatternConcat, ast.PatternAlternate: plan.PatternAlternate,
	ast.PatternPermute: plan.PatternPermute, ast.PatternExclude: plan.PatternExclude, ast.PatternRepeat: plan.PatternRepeat,
}

func (m *matcher) pattern(p *ast.Pattern) (*plan.RowPattern, error) {
	out := &plan.RowPattern{Kind: patternKinds[p.Kind], Reluctant: p.Reluctant}
	switch {
	case p.Kind == ast.PatternVariable:
		out.Var = m.vars[label(p.Name)][0]
	case p.Kind == ast.PatternExclude && m.n.Rows == plan.AllUnmatched:
		return nil, m.b.fail(p.Pos, fault.CodeWindowing, "Pattern exclusion syntax is not allowed when ALL ROWS PER MATCH WITH UNMATCHED ROWS is specified")
	case m.window && (p.Kind == ast.PatternStart || p.Kind == ast.PatternEnd):
		return nil, m.b.fail(p.Pos, fault.CodeWindowing, "Anchor pattern syntax is not allowed in window")
	case p.Kind == ast.PatternRepeat:
		if err := m.bounds(p, out); err != nil {
			return nil, err
		}
	}
	for _, x := range p.Parts {
		y, err := m.pattern(x)
		if err != nil {
			return nil, err
		}
		out.Parts = append(out.Parts, y)
	}
	return out, nil
}

// bounds reads the bounds of a quantifier.
func (m *matcher) bounds(p *ast.Pattern, out *plan.RowPattern) error {
	fail := func(format string, args ...any) error {
		return m.b.fail(p.Pos, fault.CodeNumericOutOfRange, format, args...)
	}
	lo, err := strconv.ParseInt(p.Min, 10, 64)
	if err != nil || lo > math.MaxInt32 {
		return fail("Pattern quantifier lower bound must not exceed %d", math.MaxInt32)
	}
	out.Min, out.Max = int(lo), -1
	if p.Max == "" {
		return nil
	}
	hi, err := strconv.ParseInt(p.Max, 10, 64)
	switch {
	case err != nil || hi > math.MaxInt32:
		return fail("Pattern quantifier upper bound must not exceed %d", math.MaxInt32)
	case hi < 1:
		return fail("Pattern quantifier upper bound must be greater than or equal to 1")
	case lo > hi:
		return fail("Pattern quantifier lower bound must not exceed upper bound")
	}
	out.Max = int(hi)
	return nil
}

func (m *matcher) skip(s *ast.SkipTo) error {
	if s == nil {
		return nil
	}
	m.n.Skip = map[string]plan.MatchSkip{
		"past last row": plan.SkipPastLast, "to next row": plan.SkipToNext, "to first": plan.SkipToFirst, "to last": plan.SkipToLast, "to": plan.SkipToLast,
	}[s.To]
	if m.n.Skip < plan.SkipToFirst {
		return nil
	}
	if m.n.SkipTo = m.vars[label(s.Variable)]; m.n.SkipTo == nil {
		return m.b.fail(s.Variable.Pos, fault.CodeUndefinedObject, "%s is not a primary or union pattern variable", label(s.Variable))
	}
	return nil
}
