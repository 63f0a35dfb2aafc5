package report

import (
	"io"
	"math"
	"slices"
	"time"

	"respbench.dev/respbench/internal/stats"
)

// comparisonSchema is the version of the JSON document of a comparison.
const comparisonSchema = 1

// ExitCode is the program's, the same for every verb.
func (r Result) ExitCode() int { return resultNames[r].code }

// String is the result's name in a document for programs.
func (r Result) String() string { return resultNames[r].name }

var resultNames = map[Result]struct {
	name string
	code int
}{
	NotDecidable: {"not decidable", 5}, Lacking: {"lacking", 6}, Regression: {"regression", 3},
	Unsettled: {"unsettled", 4}, Passed: {"passed", 0},
}

// In the document, what is not known or infinite is null. Shares are of 1, and
// values in the base unit of their metric.
type (
	jsonComparison struct {
		Schema   int           `json:"schema"`
		Result   jsonResult    `json:"result"`
		Base     jsonSide      `json:"base"`
		New      jsonSide      `json:"new"`
		Paired   bool          `json:"paired"` // the sides were measured in turns
		Differ   []string      `json:"differ"` // long names of the flags in which the sides differ
		Rules    jsonRules     `json:"rules"`
		Family   int           `json:"family"` // tests that were judged together
		Changes  []jsonChange  `json:"changes"`
		Added    []string      `json:"only_in_new"` // cells
		Breaches []jsonBreach  `json:"limits_broken"`
		Unknown  []string      `json:"limits_not_checked"` // and why
		Warnings []jsonWarning `json:"warnings"`
		Notes    []string      `json:"notes"`
	}
	jsonResult struct {
		Name     string  `json:"name"`
		Reason   *string `json:"reason"`
		ExitCode int     `json:"exit_code"`
	}
	jsonSide struct {
		Runs     []string      `json:"runs"`
		Options  *string       `json:"options"`
		Facts    []string      `json:"facts"`
		Findings []jsonFinding `json:"findings"` // of machine and servers, before the runs
	}
	jsonRules struct {
		Threshold  float64       `json:"threshold"` // share of 1
		Metrics    []string      `json:"metrics"`
		Alpha      float64       `json:"alpha"` // of the whole family
		MinAbs     time.Duration `json:"min_abs_ns"`
		AllowOther bool          `json:"allow_env_mismatch"`
		Strict     bool          `json:"strict"`
		Noise      bool          `json:"noise_floor_used"`
		Limits     []string      `json:"limits"`
	}
	jsonChange struct {
		Cell      string       `json:"cell"`
		Scenario  string       `json:"scenario"`
		Disturb   *string      `json:"disturb"`
		Op        *string      `json:"op"`
		Client    string       `json:"client"`
		Load      jsonLoad     `json:"load"`
		Metric    string       `json:"metric"`
		Unit      string       `json:"unit"` // of base and new
		Better    string       `json:"better"`
		Gated     bool         `json:"gated"` // it decides about the result
		Verdict   *string      `json:"verdict"`
		Cause     *string      `json:"cause"` // of an inconclusive verdict
		Reason    *string      `json:"reason"`
		Settle    *string      `json:"settle"`          // what would make it conclusive
		More      *int         `json:"more_rounds"`     // that may settle it
		Threshold *float64     `json:"threshold"`       // of this change, share of 1
		Floor     *float64     `json:"noise_floor"`     // share of 1, as calibrated
		ByRun     bool         `json:"medians_of_runs"` // each run counts once
		Base      *jsonMeasure `json:"base"`
		New       *jsonMeasure `json:"new"`
		Test      *jsonTest    `json:"test"` // null: there is none
	}
	// jsonTest is null where there is no test. Low and High hold the change with
	// a confidence of 90 %. What is adjusted to other tests, and Smallest, are null
	// of a change that was not judged.
	jsonTest struct {
		BaseRounds int      `json:"base_rounds"`
		NewRounds  int      `json:"new_rounds"`
		Paired     bool     `json:"paired"`
		Change     *float64 `json:"change"`   // share of 1
		Low        *float64 `json:"low"`      // of the 90 % interval of the change
		High       *float64 `json:"high"`     // its other end
		LogCost    *float64 `json:"log_cost"` // natural logarithm of the cost of new by that of base
		Spread     *float64 `json:"spread"`
		PWorse     *float64 `json:"p_worse"`
		PBetter    *float64 `json:"p_better"`
		Worse      *float64 `json:"adjusted_p_worse"`
		Better     *float64 `json:"adjusted_p_better"`
		Least      *float64 `json:"least_p"`         // the smallest that so many rounds can give
		Smallest   *float64 `json:"smallest_effect"` // that these rounds would have shown, share of 1
	}
	jsonBreach struct {
		Cell   string   `json:"cell"`
		Limit  string   `json:"limit"`
		Metric string   `json:"metric"`
		Value  *float64 `json:"value"`
		Text   string   `json:"text"`
	}
	jsonWarning struct {
		Code   string     `json:"code"`
		Advice *string    `json:"advice"` // what to do
		Seen   []jsonSeen `json:"seen"`
	}
	jsonSeen struct {
		Text string   `json:"text"`
		Rows []string `json:"rows"` // none: of a whole run
	}
)

func writeComparisonJSON(w io.Writer, c *Comparison, _ Layout) error {
	result, why := c.Result(c.Rules.Strict)
	document := jsonComparison{
		Schema: comparisonSchema, Result: jsonResult{result.String(), known(why), result.ExitCode()},
		Base: c.Base.json(), New: c.New.json(), Paired: c.Paired, Differ: list(c.Differ, same),
		Rules: c.jsonRules(), Family: c.Family, Changes: list(c.Changes, Change.json),
		Added: list(c.Added, same), Breaches: list(c.Breaches, Breach.json), Unknown: list(c.Unlimited, same),
		Warnings: list(c.Warnings, Warning.json), Notes: list(c.Notes, same),
	}
	return encode(w, document)
}

// list is never null.
func list[F, T any](from []F, to func(F) T) []T {
	all := make([]T, len(from))
	for i, v := range from {
		all[i] = to(v)
	}
	return all
}

func same(s string) string { return s }

func (s Side) json() jsonSide {
	return jsonSide{list(s.Runs, same), known(s.Options), list(s.Facts, same), findingsOf(s.Headers)}
}

func (c *Comparison) jsonRules() jsonRules {
	r := c.Rules
	used := func(change Change) bool { return change.Gated && change.Floor != nil }
	return jsonRules{
		Threshold: r.Threshold, Metrics: list(r.Metrics, same), Alpha: r.Alpha, MinAbs: r.MinAbs,
		AllowOther: r.AllowOther, Strict: r.Strict, Noise: slices.ContainsFunc(c.Changes, used),
		Limits: list(r.Limits, func(l Limit) string { return l.Text }),
	}
}

func (c Change) json() jsonChange {
	return jsonChange{
		Cell: c.Cell, Scenario: c.Point.Scenario, Disturb: known(c.Point.Disturb), Op: known(c.Op),
		Client: c.Point.Client(), Load: jsonOfLoad(c.Point.Load),
		Metric: c.Metric.Name, Unit: c.Metric.Unit.base(), Better: betterWord(c.Metric.Better), Gated: c.Gated,
		Verdict: known(string(c.Verdict)), Cause: known(string(c.Finding.Cause)), Reason: known(c.Reason),
		Settle: known(c.Settle), More: known(c.Finding.More), Threshold: known(c.Threshold), Floor: c.Floor, ByRun: c.ByRun,
		Base: measure(c.Base), New: measure(c.New), Test: c.jsonTest(),
	}
}

func (c Change) jsonTest() *jsonTest {
	if !c.tested() {
		return nil
	}
	s, f := c.Shift, c.Finding
	test := &jsonTest{
		BaseRounds: s.Base, NewRounds: s.New, Paired: s.Paired,
		Change:  finite(c.share(s.Estimate)),
		LogCost: finite(s.Estimate), Spread: finite(s.Spread), PWorse: finite(s.PWorse), PBetter: finite(s.PBetter),
		Least: finite(s.Least),
	}
	if c.judged() {
		test.Worse, test.Better, test.Smallest = finite(f.Worse), finite(f.Better), finite(f.Smallest)
	}
	if c.bounded() {
		low, high := c.bounds()
		test.Low, test.High = finite(low), finite(high)
	}
	return test
}

// judged is whether there is a finding: its p is above 0.
func (c Change) judged() bool { return c.Finding.Worse > 0 }

// finite is nil for what JSON cannot say.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

func betterWord(d stats.Direction) string {
	if d == stats.Higher {
		return "higher"
	}
	return "lower"
}

// base is the unit that values are kept in.
func (u metricUnit) base() string {
	return map[metricUnit]string{
		opsPerSecond: "ops/s", nanosecondsASample: "ns", microsecondsAnOp: "us/op",
		countAnOp: "1/op", bytesAnOp: "B/op", plainCount: "1",
	}[u]
}

func (b Breach) json() jsonBreach {
	return jsonBreach{b.Cell, b.Limit.Text, b.Limit.Metric.Name, finite(b.Value), b.Text}
}

func (w Warning) json() jsonWarning {
	return jsonWarning{w.Code, known(w.Advice), list(w.Seen, func(s Seen) jsonSeen {
		return jsonSeen{s.Text, list(s.Rows, same)}
	})}
}
