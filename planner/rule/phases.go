package rule

import "sync"

// phases is the one table of all rules, in the order in which they run. It is
// made once: rules keep nothing between queries.
var phases = sync.OnceValue(func() []phase {
	return []phase{
		{name: "simplify", repeat: 8, rules: []Rule{
			settleLimits(), inlineWith(), foldConstants(), extractCommonFactors(), simplifyFilter(), mergeProjects(), propagateEmpty(),
		}},
		{name: "guard", rules: []Rule{guardFiltered()}},
		{name: "decorrelate", rules: []Rule{decorrelate(), singleToLeft()}},
		{name: "push", repeat: 8, down: true, rules: pushRules()},
		{name: "derive", rules: []Rule{pushFilterWith(), deriveFromOr(), inferAcrossEquality(), simplifySemiJoin(), removeDistinct(), dropSorts()}},
		{name: "push derived", repeat: 8, down: true, rules: pushRules()},
		{name: "infer again", repeat: 2, rules: []Rule{inferAcrossEquality()}},
		{name: "push inferred", repeat: 8, down: true, rules: append(pushRules(), mergeProjects(), propagateEmpty())},
		{name: "columns", repeat: 2, rules: []Rule{pruneColumns(), mergeProjects(), inlineWith()}},
		{name: "semi", rules: []Rule{innerToSemi()}},
		{name: "fields", rules: []Rule{pruneFields()}},
		{name: "metadata", rules: []Rule{attachForMetadata(), answerFromMetadata()}},
		{name: "file rows", rules: []Rule{rowPerFile()}},
		{name: "single rows", repeat: 2, rules: []Rule{forgetSources(), foldConstants(), mergeProjects(), inlineSingleRow()}},
		{name: "push constants", repeat: 8, down: true, rules: append(pushRules(), mergeProjects(), propagateEmpty())},
		{name: "files", rules: []Rule{attachFiles(), answerFromMetadata(), propagateEmpty()}},
		{name: "join order", rules: []Rule{reorderJoins(), buildOnce()}},
		{name: "share", repeat: 8, rules: []Rule{shareSubplans()}},
		{name: "groups", repeat: 1, rules: []Rule{cascadeGroups(), inlineWith()}},
		{name: "early", rules: []Rule{dependentKeys(), mergeProjects(), pushAggregate(), groupDistinct(), sumOffsets()}},
		{name: "limits", repeat: 4, down: true, rules: []Rule{topN(), pushTopN(), pushLimit(), mergeProjects()}},
		{name: "finish", rules: []Rule{pruneColumns(), mergeProjects(), addRuntimeFilters(), pushThreshold(), orderFiles(), spatialJoin(), trimJoins(), mergeProjects(), estimateScans()}},
		{name: "codes", rules: []Rule{encodeKeys()}},
	}
})

// pushRules are the rules that move conditions towards the scans.
func pushRules() []Rule {
	return []Rule{
		foldConstants(), extractCommonFactors(), simplifyFilter(), markToSemi(), outerToInner(), outerToAnti(),
		pushFilterProject(), pushFilterGroup(), pushFilterSetOp(), pushFilterJoin(), pushJoinConditions(),
		extractJoinKeys(), pushFilterScan(),
	}
}
