package rule

import (
	"fmt"
	"io"
	"slices"
)

// docs says of every rule what it does.
var docs = map[string]string{
	"add_runtime_filters":    "The keys of a finished build side limit the scans of the probe side: partitions, files, row groups, dictionary values and rows. Where the estimate says nothing they are tried if that costs nothing; a scan gives up a filter that drops little.",
	"answer_from_metadata":   "`count`, `min` and `max` are answered from footers and the list of partitions.",
	"attach_files":           "Partitions are pruned, files are listed, and files are left out by their statistics.",
	"attach_for_metadata":    "The same, earlier, for what metadata may answer.",
	"build_once":             "In the step of a recursive query joins build from the side that is the same in every round, once.",
	"cascade_groups":         "A grouping set is aggregated from the result of a finer one; averages and variances from their parts.",
	"decorrelate":            "A correlated subquery becomes a join.",
	"dependent_keys":         "Group keys that are computed from other keys are computed of the groups.",
	"derive_from_or":         "Of a disjunction over several tables each table gets what it says of it alone.",
	"drop_sorts":             "Orders that nobody sees go away.",
	"encode_keys":            "Texts to group by that come from few rows through joins are numbered there; the groups get them back.",
	"estimate_scans":         "The bytes of each scan are bounded again, now that limits and runtime filters are known.",
	"extract_common_factors": "`(a AND b) OR (a AND c)` becomes `a AND (b OR c)`.",
	"extract_join_keys":      "Equalities of both sides become hash keys.",
	"fold_constants":         "Constant expressions are evaluated; casts move from columns to constants; patterns become comparisons.",
	"forget_sources":         "Files that metadata could not answer from are chosen again once all filters are known.",
	"group_distinct":         "Aggregates over distinct values are aggregates over groups of these values.",
	"guard_filtered":         "An argument that may fail is not evaluated for rows that `FILTER` leaves out.",
	"infer_across_equality":  "What is known of a column holds for the columns that joins make equal to it: transitive predicates.",
	"inline_single_row":      "One row of constants takes the place of a join with it.",
	"inline_with":            "A WITH that is read once, or that is cheap, is put in its place.",
	"inner_to_semi":          "Below the right side of a semi join, a join of which one side is not read looks for one partner only.",
	"mark_to_semi":           "A condition on whether a partner exists makes a semi or anti join.",
	"merge_projects":         "Projections of projections become one.",
	"order_files":            "Files are read in the order of a top-N's key, so that later ones can be left out.",
	"outer_to_anti":          "A left join of which only rows without a partner are kept is an anti join.",
	"outer_to_inner":         "An outer join whose padded rows a condition drops is an inner one, or one-sided.",
	"propagate_empty":        "What cannot have rows goes away.",
	"prune_columns":          "Columns, aggregates and window calls that nobody reads go away, and outer joins that nobody reads and that add no rows.",
	"prune_fields":           "Of rows only the fields that somebody reads are read.",
	"push_aggregate":         "Rows are grouped before a join by what the join and the aggregate above need of them, where that saves more than it costs.",
	"push_filter_group":      "A condition on the keys of groups or partitions of windows moves below them.",
	"push_filter_join":       "A condition on one side of a join moves to that side.",
	"push_filter_project":    "A condition moves below a projection.",
	"push_filter_scan":       "A condition moves into the scan.",
	"push_filter_setop":      "A condition moves into the inputs of a set operation.",
	"push_filter_with":       "What all readers of a WITH ask for moves into it.",
	"push_join_conditions":   "A join's condition about one side moves to that side, where the kind of the join allows it.",
	"push_limit":             "A limit moves below projections, into unions, left joins and scans.",
	"push_threshold":         "A top-N tells scans what its last row is so far: files, row groups and rows behind it are left out. Aggregates are told, too, and make no rows of groups behind it.",
	"push_top_n":             "The inputs of a union, and the left side of a left join, need only their own first rows.",
	"remove_distinct":        "Duplicates are not looked for where there are none.",
	"reorder_joins":          "Joins are ordered by cost: by dynamic programming up to ten tables, greedily above; the smaller side is built.",
	"row_per_file":           "What is the same in all rows of a file is read once for each file.",
	"settle_limits":          "Limits become numbers.",
	"share_subplans":         "Equal parts of a plan are computed once.",
	"simplify_filter":        "Conditions that are said twice, or always true, go away.",
	"simplify_semi_join":     "Duplicates and orders of a semi join's right side do not matter.",
	"single_to_left":         "A scalar subquery that has one row for each value is a left join.",
	"spatial_join":           "A join on a spatial condition finds its pairs in an R-tree.",
	"sum_offsets":            "`sum(x + 1)`, `sum(x + 2)` ... of integers, and averages, come from `sum(x)` and `count(x)`; `min(x)` and `max(x)` tell whether a row is out of range.",
	"top_n":                  "A sort and the limit above it keep only the first rows.",
	"trim_joins":             "Columns that only a join or a filter needed are dropped behind it.",
}

// Describe gives what a rule does, "" if nothing is said of it.
func Describe(name string) string { return docs[name] }

// Names lists the rules in the order in which they first run.
func Names() []string {
	var out []string
	for _, p := range phases() {
		for _, r := range p.rules {
			if !slices.Contains(out, r.Name) {
				out = append(out, r.Name)
			}
		}
	}
	return out
}

// WriteTable writes the phases and their rules as Markdown.
func WriteTable(w io.Writer) error {
	if _, err := fmt.Fprint(w, "| phase | rule | what it does |\n| --- | --- | --- |\n"); err != nil {
		return err
	}
	told := map[string]bool{}
	for _, p := range phases() {
		for _, r := range p.rules {
			if told[r.Name] {
				continue
			}
			told[r.Name] = true
			if _, err := fmt.Fprintf(w, "| %s | `%s` | %s |\n", p.name, r.Name, docs[r.Name]); err != nil {
				return err
			}
		}
	}
	return nil
}
