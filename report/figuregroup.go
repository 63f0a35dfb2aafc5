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
	again bool     // another group has the same cells, and an op of theirs that comes before
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
		g.again = slices.ContainsFunc(groups[:i], func(before figureGroup) bool { return before.key == g.key })
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

// legendNames are the clients, with what tells those of one name apart.
func legendNames(rows []Row) []string {
	names := list(rows, func(r Row) string { return r.Point.Client() })
	counts := map[string]int{}
	for _, name := range names {
		counts[name]++
	}
	differs := differing(rows)
	for i, name := range names {
		if counts[name] == 1 {
			continue
		}
		for _, f := range differs {
			if value := rows[i].Key[f]; value != "" {
				names[i] += " " + value
			}
		}
	}
	return names
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
