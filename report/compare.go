package report

import (
	"slices"
	"time"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// Rules say how two sides are compared.
type Rules struct {
	Threshold  float64       // smallest change that matters, as a share; tails, and sides of different machines or days, get twice that
	Metrics    []string      // those that are gated, by name
	Alpha      float64       // family-wise
	MinAbs     time.Duration // latencies that differ by less do not matter
	AllowOther bool          // environments may differ
	Strict     bool          // what is inconclusive fails, too
	Noise      *Noise        // thresholds are not below a cell's noise floor; nil: not known
	Limits     []Limit       // on the values of the new side
}

// Defaults of Rules.
const (
	DefaultThreshold = 0.05
	DefaultAlpha     = 0.05
)

// DefaultRules are those of compare without a flag.
func DefaultRules() Rules {
	return Rules{Threshold: DefaultThreshold, Metrics: DefaultMetrics, Alpha: DefaultAlpha}
}

// DefaultMetrics are gated unless others are asked for.
var DefaultMetrics = []string{"throughput", "p50", "p99"}

// The verdicts on a Change: those of stats, and two more.
const (
	Incomparable stats.Verdict = "incomparable"
	Missing      stats.Verdict = "missing"
	NotTold      stats.Verdict = "" // of what is not gated
)

// A Change is what became of one metric of one cell.
type Change struct {
	Cell      string // its name, that tells it apart in this comparison
	Point     results.Point
	Op        string
	Metric    Metric
	Gated     bool
	Base, New *stats.Summary // of what is compared; nil: not measured
	Shift     stats.Shift
	Absent    bool     // new has nothing of the cell
	ByRun     bool     // what is compared are medians of runs, not rounds
	Floor     *float64 // noise that was calibrated; nil: not known
	Threshold float64  // that was used
	Finding   stats.Finding
	Verdict   stats.Verdict
	Reason    string // a plain sentence
	Settle    string // what would settle it: "12 more rounds"; may be empty
}

// A Side is what a comparison says of base or new.
type Side struct {
	Runs    []string // ids
	Options string   // in which it differs from the other, where both were measured together
	Facts   []string // what both are, where that differs: "version v9.23.0", "tool 1.2"
	Headers []results.Header
}

// A Comparison is what every format of one is written from.
type Comparison struct {
	Rules     Rules
	Base, New Side
	Paired    bool
	Differ    []string // flags in which the sides differ, where both were measured together
	Family    int      // gated tests that are corrected together
	Changes   []Change // gated first; regressions, then what else needs a look
	Added     []string // cells that only the new side knows
	Breaches  []Breach // of Rules.Limits
	Unlimited []string // why a limit could not be checked
	Warnings  []Warning
	Notes     []string
}

// Compare sets the cells of two sides beside each other and judges them. A
// NotComparable says that there is nothing to compare; any other error is of the
// rules.
func Compare(base, new []results.Run, rules Rules) (*Comparison, error) {
	gated, err := metricsNamed(rules.Metrics)
	if err != nil {
		return nil, err
	}
	s, err := newSides(base, new)
	if err != nil {
		return nil, err
	}
	first := newStage(s, s.base, s.new, rules, gated)
	first.judge(first.isGated)
	first.confirm(newStage(s, s.baseAgain, s.newAgain, rules, gated))
	c := &Comparison{
		Rules: rules, Paired: s.paired, Differ: s.differ,
		Base: sideFacts(s.paired, s.base, s.baseAgain), New: sideFacts(s.paired, s.new, s.newAgain),
		Family: first.family, Added: first.added, Changes: first.changes(),
	}
	c.Base.Facts, c.New.Facts = differingFacts(first.twins)
	var exempt []string
	c.Breaches, c.Unlimited, exempt = CheckLimits(first.new, rules.Limits)
	c.Warnings = withProblems(withProblems(first.warnings(), c.Base.Headers, "base"), c.New.Headers, "new")
	c.Notes = slices.Concat(first.notes(), s.notes, exempt)
	return c, nil
}

func metricsNamed(names []string) ([]string, error) {
	var known []string
	for _, name := range names {
		m, err := MetricNamed(name)
		if err != nil {
			return nil, err
		}
		known = addNew(known, m.Name)
	}
	return known, nil
}
