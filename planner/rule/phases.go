package rule

// phases is the one table of all rules, in the order in which they run.
func phases() []phase {
	simplify := []Rule{foldConstants(), extractCommonFactors(), simplifyFilter(), mergeProjects(), propagateEmpty()}
	push := []Rule{
		foldConstants(), extractCommonFactors(), simplifyFilter(), markToSemi(), outerToInner(),
		pushFilterProject(), pushFilterGroup(), pushFilterSetOp(), pushFilterJoin(), pushJoinConditions(),
		extractJoinKeys(), pushFilterScan(),
	}
	return []phase{
		{name: "simplify", rules: append([]Rule{settleLimits(), inlineWith()}, simplify...), repeat: 8},
		{name: "decorrelate", rules: []Rule{decorrelate()}},
		{name: "push", rules: push, repeat: 8, down: true},
		{name: "derive", rules: []Rule{deriveFromOr(), inferAcrossEquality(), simplifySemiJoin(), removeDistinct()}},
		{name: "push derived", rules: push, repeat: 8, down: true},
		{name: "infer again", rules: []Rule{inferAcrossEquality()}, repeat: 2},
		{name: "tidy", rules: append(append([]Rule{}, push...), mergeProjects(), propagateEmpty()), repeat: 8, down: true},
		{name: "columns", rules: []Rule{pruneColumns(), mergeProjects(), inlineWith()}, repeat: 2},
	}
}
