package report

import (
	"fmt"
	"slices"
	"strings"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// warnings are those of the trials, what a cluster's nodes answered, and what
// the course and the spread of the throughput give rise to, unless a disturbance
// did.
func (c *cell) warnings(throughput *stats.Summary) []results.Warning {
	found := append(c.ofTrials(), c.redirects()...)
	if throughput == nil || c.point.Disturb != "" {
		return found
	}
	for _, w := range throughput.Warnings() {
		found = append(found, results.Warning(w))
	}
	return append(found, c.unsteady()...)
}

// unsteady warns where throughput changed within most of the rounds that are ok,
// and the same way.
func (c *cell) unsteady() []results.Warning {
	var risen, fallen []float64
	rounds := 0
	for _, t := range c.trials {
		if t.Status != results.OK || t.Measured == nil {
			continue
		}
		rounds++
		switch change, unsteady := stats.Unsteady(wholeSlices(t.Slices)); {
		case unsteady && change > 0:
			risen = append(risen, change)
		case unsteady:
			fallen = append(fallen, -change)
		}
	}
	verb, changes := "rose", risen
	if len(fallen) > len(risen) {
		verb, changes = "fell", fallen
	}
	if 2*len(changes) <= rounds {
		return nil
	}
	return []results.Warning{{
		Code: "unsteady",
		Text: fmt.Sprintf("within the trials throughput %s by %s%% from the first half to the second (%d of %s)",
			verb, number(100*stats.Median(changes), 0), len(changes), counted(rounds, "round")),
		Advice: "warm up for longer (--warmup), and see what changes while a trial runs: heat, growing data, other load",
	}}
}

// wholeSlices leaves out the last, which the end of the trial cuts.
func wholeSlices(s results.Slices) []float64 {
	var ops []float64
	for i := range len(s.Ops) - 1 {
		ops = append(ops, float64(s.Ops[i]))
	}
	return ops
}

// redirects warns of slots that nobody was known to be moving.
func (c *cell) redirects() []results.Warning {
	if disturbedBy(c.point.Disturb, results.Failover) {
		return nil
	}
	counts := map[string]int64{}
	for _, t := range c.trials {
		for answer, n := range t.Redirects {
			counts[answer] += n
		}
	}
	var words []string
	for _, answer := range []string{"moved", "ask"} {
		if n := counts[answer]; n > 0 {
			words = append(words, integer(n)+" "+strings.ToUpper(answer))
		}
	}
	if len(words) == 0 {
		return nil
	}
	return []results.Warning{{
		Code:   "redirected",
		Text:   "the cluster answered " + strings.Join(words, " and ") + ": slots were moving",
		Advice: "wait until the cluster has moved its slots, and run again",
	}}
}

// ofTrials has each code and advice once, with the first text and in how many
// rounds it was seen.
func (c *cell) ofTrials() []results.Warning {
	type kind struct{ code, advice string }
	var found []results.Warning
	rounds := map[kind]int{}
	for _, t := range c.trials {
		inTrial := map[kind]bool{}
		for _, w := range t.Warnings {
			k := kind{w.Code, w.Advice}
			if rounds[k] == 0 {
				found = append(found, w)
			}
			if !inTrial[k] {
				inTrial[k] = true
				rounds[k]++
			}
		}
	}
	for i, w := range found {
		if n := rounds[kind{w.Code, w.Advice}]; n < len(c.trials) {
			found[i].Text += fmt.Sprintf(" (%d of %d rounds)", n, len(c.trials))
		}
	}
	return found
}

// collectWarnings sets each warning once, with the rows that it concerns.
func collectWarnings(runs []results.Run, rows []Row) []Warning {
	var all []Warning
	names := rowNames(rows)
	for i, r := range rows {
		for _, w := range r.Warnings {
			all = addWarning(all, w, names[i])
		}
	}
	for _, run := range runs {
		if run.End != nil {
			for _, w := range run.End.Warnings {
				all = addWarning(all, w, "")
			}
		}
	}
	return all
}

func addWarning(all []Warning, w results.Warning, row string) []Warning {
	i := slices.IndexFunc(all, func(o Warning) bool { return o.Code == w.Code && o.Advice == w.Advice })
	if i < 0 {
		all = append(all, Warning{Code: w.Code, Advice: w.Advice})
		i = len(all) - 1
	}
	seen := &all[i].Seen
	j := slices.IndexFunc(*seen, func(s Seen) bool { return s.Text == w.Text })
	if j < 0 {
		*seen = append(*seen, Seen{Text: w.Text})
		j = len(*seen) - 1
	}
	if at := &(*seen)[j]; row != "" && !slices.Contains(at.Rows, row) {
		at.Rows = append(at.Rows, row)
	}
	return all
}

// rowNames tell the rows of a report apart: scenario with what disturbs it,
// client, and what else differs within the scenario.
func rowNames(rows []Row) []string {
	names := make([]string, 0, len(rows))
	for _, group := range byScenario(rows) {
		differs := differing(group)
		for _, r := range group {
			name := r.Point.Cell() + " " + r.Point.Client()
			var more []string
			for _, f := range differs {
				if r.Key[f] != "" {
					more = append(more, f.String()+" "+r.Key[f])
				}
			}
			if len(more) > 0 {
				name += " (" + strings.Join(more, ", ") + ")"
			}
			names = append(names, name)
		}
	}
	return names
}

// opNames are rowNames with the kind of op, where a cell has several.
func opNames(rows []Row) []string {
	names := rowNames(rows)
	cells := map[string]int{}
	for _, name := range names {
		cells[name]++
	}
	for i, name := range names {
		if cells[name] > 1 {
			names[i] = name + " " + rows[i].Op
		}
	}
	return names
}
