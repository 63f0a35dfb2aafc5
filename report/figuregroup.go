package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"respbench.dev/respbench/report/document"
	"respbench.dev/respbench/results"
)

// A figureGroup has rows of a scenario that differ only in the client.
type figureGroup struct {
	key   results.Key
	op    string
	at    []int // indexes of the rows
	rows  []Row
	names []string // of the rows, in legends
	name  string   // part of the figures' names: "concurrent-1"
	cells string   // "mixed (workers 100)"
	title string   // with the op, where there are several: "mixed get (workers 100)"
	later bool     // another group has the same cells, and an op of theirs that comes before
}

// groupsOf sorts rows into groups, in the order of the rows.
func groupsOf(rows []Row) []figureGroup {
	var groups []figureGroup
	// A row without a round that was measured has no op, and belongs to the groups of all.
	for _, measured := range []bool{true, false} {
		for i, r := range rows {
			if measured == (r.Op != "") {
				groups = addToGroups(groups, i, r)
			}
		}
	}
	slices.SortStableFunc(groups, func(a, b figureGroup) int { return slices.Min(a.at) - slices.Min(b.at) })
	for i := range groups {
		g := &groups[i]
		slices.Sort(g.at)
		for _, at := range g.at {
			g.rows = append(g.rows, rows[at])
		}
		g.names = legendNames(g.rows)
		g.later = slices.ContainsFunc(groups[:i], func(before figureGroup) bool { return before.key == g.key })
	}
	nameGroups(groups, rows)
	return groups
}

func addToGroups(groups []figureGroup, at int, r Row) []figureGroup {
	key, found := comparableKey(r.Key), false
	for i := range groups {
		g := &groups[i]
		if joined, fits := g.key.Join(key); fits && (g.op == r.Op || r.Op == "") {
			g.key, g.at, found = joined, append(g.at, at), true
		}
	}
	if found {
		return groups
	}
	return append(groups, figureGroup{key: key, op: r.Op, at: []int{at}})
}

func nameGroups(groups []figureGroup, rows []Row) {
	numbers := map[string]int{}
	for i := range groups {
		g := &groups[i]
		first := g.rows[0].Point
		numbers[first.Scenario]++
		g.name = fmt.Sprintf("%s-%d", slug(first.Scenario), numbers[first.Scenario])
		g.cells, g.title = groupTitles(first.Cell(), g.key, g.op, rows)
	}
}

// groupTitles tell a group apart among the rows of its scenario; the title has the
// op, too, where its cells have several.
func groupTitles(cell string, key results.Key, op string, rows []Row) (cells, title string) {
	var more []string
	for _, f := range differing(rows) {
		if key[f] != "" {
			more = append(more, f.String()+" "+key[f])
		}
	}
	tail := ""
	if len(more) > 0 {
		tail = " (" + strings.Join(more, ", ") + ")"
	}
	several := slices.ContainsFunc(rows, func(r Row) bool {
		_, same := key.Join(comparableKey(r.Key))
		return same && op != "" && r.Op != "" && r.Op != op
	})
	if several {
		return cell + tail, cell + " " + op + tail
	}
	return cell + tail, cell + tail
}

// legendNames are the clients, with what tells the rows of one client apart: the
// version of its own library, or else a number.
func legendNames(rows []Row) []string {
	names := list(rows, func(r Row) string { return r.Point.Client() })
	for i, r := range rows {
		same := slices.DeleteFunc(slices.Clone(rows), func(other Row) bool { return other.Point.Client() != r.Point.Client() })
		for _, f := range differing(same) {
			if f != results.FieldOtherVersions && r.Key[f] != "" {
				names[i] += " " + r.Key[f]
			}
		}
	}
	counts := map[string]int{}
	for i, name := range names {
		if counts[name]++; counts[name] > 1 {
			names[i] += fmt.Sprintf(" (%d)", counts[name])
		}
	}
	return names
}

// again is whether a row before this one is of the same client: it has that color.
func again(rows []Row, i int) bool {
	return slices.ContainsFunc(rows[:i], func(r Row) bool { return r.Point.Client() == rows[i].Point.Client() })
}

// unit is of throughput.
func (g figureGroup) unit() string {
	for _, r := range g.rows {
		if r.Unit != "" {
			return r.Unit
		}
	}
	return "ops"
}

// rounds are the most of any row.
func (g figureGroup) rounds() int {
	most := 0
	for _, r := range g.rows {
		most = max(most, len(r.good))
	}
	return most
}

// failed writes "; 2 trials failed", or nothing.
func (g figureGroup) failed() string {
	n := 0
	for _, r := range g.rows {
		n += len(r.failures)
	}
	if n == 0 {
		return ""
	}
	return "; " + counted(n, "trial") + " failed"
}

// leftOut says why these rows are not drawn, and which: "Too few samples: raw. "
func (g figureGroup) leftOut(at []int, why func(Row) string) string {
	names := map[string][]string{}
	var reasons []string
	for _, i := range at {
		reason := "No trial is ok"
		switch {
		case len(g.rows[i].good) > 0:
			reason = why(g.rows[i])
		case len(g.rows[i].failures) == 0:
			reason = "No trial was run"
		}
		reasons = addNew(reasons, reason)
		names[reason] = append(names[reason], g.names[i])
	}
	words := ""
	for _, reason := range reasons {
		words += reason + ": " + strings.Join(names[reason], ", ") + ". "
	}
	return words
}

// untried says which rows have no trial, or nothing.
func (g figureGroup) untried() string {
	var at []int
	for i, r := range g.rows {
		if len(r.good)+len(r.failures) == 0 {
			at = append(at, i)
		}
	}
	return g.leftOut(at, nil)
}

// A labelled value is one of several that a sentence is about.
type labelled struct {
	name  string
	value float64
}

// ends writes the least and the most: "9.2 us (raw) to 12 us (goredis)".
func ends(values []labelled, words func(float64) string) string {
	by := func(a, b labelled) int { return cmp.Compare(a.value, b.value) }
	least, most := slices.MinFunc(values, by), slices.MaxFunc(values, by)
	if len(values) == 1 {
		return fmt.Sprintf("%s (%s)", words(least.value), least.name)
	}
	return fmt.Sprintf("%s (%s) to %s (%s)", words(least.value), least.name, words(most.value), most.name)
}

// significant writes three digits, or all before the point.
func significant(v float64) string { return number(v, decimals(v, 3)) }

// failedPoint is where a trial failed, and why.
func failedPoint(x, y float64, name string, b round) document.Point {
	return document.Point{X: x, Y: y, Mark: document.Failed, Text: fmt.Sprintf("%s, round %d failed: %s", name, b.Round, reasonOf(b.Trial))}
}
