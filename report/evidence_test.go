package report

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

const statisticsDoc = "../docs/STATISTICS.md"

// windowRounds are those of one comparison: a published run of many rounds is
// that many experiments of their own.
const windowRounds = 10

// An experiment is a comparison of one window of a published pair.
type experiment []Change

// experiments cuts a published pair into windows and compares each.
func experiments(t *testing.T, name string) []experiment {
	t.Helper()
	base, other := publishedSide(t, name, "base"), publishedSide(t, name, "new")
	var all []experiment
	for first := 1; first+windowRounds-1 <= base.Header.Rounds; first += windowRounds {
		c, err := Compare([]results.Run{window(base, first)}, []results.Run{window(other, first)}, defaultRules())
		if err != nil {
			t.Fatal(err)
		}
		if !c.Paired {
			t.Fatalf("%s: the sides are not compared as pairs", name)
		}
		all = append(all, c.Changes)
	}
	if len(all) == 0 {
		t.Fatalf("%s: fewer than %d rounds", name, windowRounds)
	}
	return all
}

func publishedSide(t *testing.T, name, side string) results.Run {
	t.Helper()
	runs, err := results.ReadFile(filepath.Join("../results/published", name+"-"+side+".jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	return runs[0]
}

// window is some rounds of a run, as a run.
func window(run results.Run, first int) results.Run {
	run.Trials = slices.DeleteFunc(slices.Clone(run.Trials), func(t results.Trial) bool {
		return t.Round < first || t.Round >= first+windowRounds
	})
	run.Header.Order, run.Header.Ends = nil, nil
	return run
}

// testedIn are the gated changes of a metric that has values; of all metrics if
// it is empty.
func (e experiment) testedIn(metric string) []Change {
	return slices.DeleteFunc(slices.Clone(e), func(c Change) bool {
		return !c.Gated || !c.tested() || metric != "" && c.Metric.Name != metric
	})
}

// count is in how many tests of a metric a verdict was given.
func count(all []experiment, metric string, verdict stats.Verdict) (n, of int) {
	for _, e := range all {
		for _, c := range e.testedIn(metric) {
			of++
			if c.Verdict == verdict {
				n++
			}
		}
	}
	return n, of
}

// alarmed counts the cells, each of one experiment, in which anything had the
// verdict.
func alarmed(all []experiment, verdict stats.Verdict) (cells, of int) {
	for _, e := range all {
		byCell := map[string]bool{}
		for _, c := range e.testedIn("") {
			byCell[c.Cell] = byCell[c.Cell] || c.Verdict == verdict
		}
		of += len(byCell)
		for _, alarm := range byCell {
			if alarm {
				cells++
			}
		}
	}
	return cells, of
}

// mostLikely is the largest share of alarms with which so few are seen in one of
// twenty cases (Clopper and Pearson, 1934).
func mostLikely(alarms, of int) float64 {
	return distuv.Beta{Alpha: float64(alarms + 1), Beta: float64(of - alarms)}.Quantile(0.95)
}

// Two equal sides: what is said of them.
func TestEqualSides(t *testing.T) {
	all := experiments(t, "aa")
	var table strings.Builder
	fmt.Fprintf(&table, "| metric | comparisons | unchanged | inconclusive | regressed | improved |\n|---|--:|--:|--:|--:|--:|\n")
	for _, metric := range DefaultMetrics {
		fmt.Fprintf(&table, "| %s |", metric)
		_, of := count(all, metric, "")
		fmt.Fprintf(&table, " %d |", of)
		for _, verdict := range []stats.Verdict{stats.Unchanged, stats.Inconclusive, stats.Regressed, stats.Improved} {
			n, _ := count(all, metric, verdict)
			fmt.Fprintf(&table, " %d |", n)
		}
		table.WriteString("\n")
	}
	worse, of := alarmed(all, stats.Regressed)
	fmt.Fprintf(&table, "\n%d comparisons of a cell: %s. With a confidence of 95 %% the share is at most %.1f %%.\n",
		of, counted(worse, "false alarm"), 100*mostLikely(worse, of))
	holds(t, statisticsDoc, " equal", table.String())
	if of < 60 || worse > 3 {
		t.Errorf("%d false alarms in %d comparisons; want at most 3 in at least 60", worse, of)
	}
}

// slowed are the published pairs of which new was slowed on purpose.
var slowed = []struct{ name, doc string }{
	{"slowed-3", "+3 % of p50 in each step"},
	{"slowed-5", "+5 %"},
	{"slowed-10", "+10 %"},
	{"slowed-20", "+20 %"},
	{"slowed-tail", "1 ms in 2 % of the steps"},
}

// One side slowed by a known amount: how often that is found.
func TestSlowedSides(t *testing.T) {
	var table strings.Builder
	fmt.Fprintf(&table, "| slowed by | throughput | p50 | p99 | throughput regressed | p50 regressed | p50 unchanged | p99 regressed |\n|---|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, s := range slowed {
		all := experiments(t, s.name)
		fmt.Fprintf(&table, "| %s |", s.doc)
		for _, metric := range DefaultMetrics {
			fmt.Fprintf(&table, " %s |", typicalChange(all, metric))
		}
		for _, of := range []struct {
			metric  string
			verdict stats.Verdict
		}{{"throughput", stats.Regressed}, {"p50", stats.Regressed}, {"p50", stats.Unchanged}, {"p99", stats.Regressed}} {
			if n, windows := count(all, of.metric, of.verdict); windows > 0 {
				fmt.Fprintf(&table, " %d of %d |", n, windows)
			} else {
				table.WriteString(" - |")
			}
		}
		table.WriteString("\n")
	}
	holds(t, statisticsDoc, " slowed", table.String())
	expectFound(t, "slowed-10", "throughput", stats.Regressed)
	expectFound(t, "slowed-10", "p50", stats.Regressed)
	expectFound(t, "slowed-tail", "p99", stats.Regressed)
	expectFound(t, "slowed-tail", "p50", stats.Unchanged)
}

// expectFound expects a verdict in nine of ten experiments.
func expectFound(t *testing.T, name, metric string, verdict stats.Verdict) {
	t.Helper()
	if n, of := count(experiments(t, name), metric, verdict); 10*n < 9*of {
		t.Errorf("%s: %s is %s in %d of %d", name, metric, verdict, n, of)
	}
}

// typicalChange is the median of the changes that the experiments show.
func typicalChange(all []experiment, metric string) string {
	var shares []float64
	for _, e := range all {
		for _, c := range e.testedIn(metric) {
			shares = append(shares, c.share(c.Shift.Estimate))
		}
	}
	if len(shares) == 0 {
		return "-"
	}
	return signed(stats.Median(shares))
}
