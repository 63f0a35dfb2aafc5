package report

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"respbench.dev/respbench/internal/stats"
)

// sheets are what is gated and what is not, which is shown for the reader.
func (c *Comparison) sheets() (gated, others sheet) {
	var tests, shown []Change
	for _, change := range c.Changes {
		if change.Gated {
			tests = append(tests, change)
		} else if change.Base != nil || change.New != nil {
			shown = append(shown, change)
		}
	}
	gated = changeSheet(tests)
	addColumn(&gated, tests, column{name: "90% interval", rank: important}, Change.interval)
	explain(&gated, tests, Change.lack)
	if c.thresholdsVary() {
		addColumn(&gated, tests, column{name: "threshold", rank: detail}, func(c Change) string { return percent(c.Threshold) })
	}
	addColumn(&gated, tests, column{name: "verdict", left: true}, func(c Change) string { return string(c.Verdict) })
	addColumn(&gated, tests, column{name: "reason", left: true, prose: true}, Change.why)
	others = changeSheet(shown)
	others.head = "not gated:"
	return settle(gated)[0], settle(others)[0]
}

// changeSheet has the columns that both have.
func changeSheet(changes []Change) sheet {
	var s sheet
	addColumn(&s, changes, column{name: "cell", left: true}, func(c Change) string { return c.Cell })
	addColumn(&s, changes, column{name: "metric", left: true}, Change.metricWords)
	addColumn(&s, changes, column{name: "base", rank: useful}, func(c Change) string { return c.median(c.Base) })
	addColumn(&s, changes, column{name: "new", rank: useful}, func(c Change) string { return c.median(c.New) })
	addColumn(&s, changes, column{name: "change"}, Change.change)
	explain(&s, changes, Change.lack)
	return s
}

// lack is why a change or its interval is unknown, unless its row says so.
func (c Change) lack() lack {
	switch {
	case c.Reason != "" && c.Gated:
		return lack{}
	case c.Shift.Unfit != "":
		return lack{why: c.Shift.Unfit}
	case !c.tested():
		return lack{why: "not compared"}
	}
	return lack{why: "too few rounds for both ends"}
}

// tested is whether there is an estimate at all.
func (c Change) tested() bool { return c.Shift.Base > 0 && c.Shift.Unfit == "" }

// share turns a logarithm of costs into what became of the value, as a share:
// less throughput is a negative one, and more latency a positive one.
func (c Change) share(logCost float64) float64 {
	if c.Metric.Better == stats.Higher {
		logCost = -logCost
	}
	return math.Expm1(logCost)
}

// bounded is whether there are enough rounds for both ends of an interval.
func (c Change) bounded() bool {
	return c.tested() && !math.IsInf(c.Shift.Low, 0) && !math.IsInf(c.Shift.High, 0)
}

// bounds are those of the change, as shares, where it is bounded.
func (c Change) bounds() (low, high float64) {
	if c.Metric.Better == stats.Higher {
		return c.share(c.Shift.High), c.share(c.Shift.Low)
	}
	return c.share(c.Shift.Low), c.share(c.Shift.High)
}

func (c Change) change() string {
	switch {
	case c.Base == nil || c.New == nil:
		return nothing
	case c.Metric.Counts:
		return signedCount(c.New.Median - c.Base.Median)
	case !c.tested():
		return unknown
	}
	return signed(c.share(c.Shift.Estimate))
}

func (c Change) interval() string {
	switch {
	case c.Base == nil || c.New == nil:
		return nothing
	case !c.bounded():
		return unknown
	}
	return interval(c.bounds())
}

func (c Change) why() string {
	if c.Settle == "" {
		return c.Reason
	}
	return strings.TrimSpace(c.Reason + " -> " + c.Settle)
}

// scale is the unit that suits both medians.
func (c Change) scale() scale { return c.Metric.scale(c.medians()...) }

func (c Change) medians() []float64 {
	var medians []float64
	for _, s := range c.sides() {
		medians = append(medians, s.Median)
	}
	return medians
}

// sides are those of the two that were measured.
func (c Change) sides() []*stats.Summary {
	return slices.DeleteFunc([]*stats.Summary{c.Base, c.New}, func(s *stats.Summary) bool { return s == nil })
}

func (c Change) metricWords() string {
	name := c.Metric.named(c.Point.Load.Rate > 0)
	if unit := c.scale().unit; unit != "" {
		return name + ", " + unit
	}
	return name
}

func (c Change) median(s *stats.Summary) string {
	if s == nil {
		return nothing
	}
	in := c.scale()
	if c.Metric.Unit == opsPerSecond {
		return number(s.Median/in.by, spreadDecimals(cmp.Or(c.Base, c.New)))
	}
	return inColumn(s.Median/in.by, columnDecimals(in.by, c.sides()))
}

// percent writes a share: "5%", "12.5%", "0.25%".
func percent(share float64) string {
	text := number(100*share, percentDigits(share))
	if strings.Trim(text, "-0.") == "" {
		return "0%"
	}
	return text + "%"
}

// percentDigits are as many as have been typed, up to three; else one, or what
// two significant ones need.
func percentDigits(share float64) int {
	for digits := range 4 {
		if in := share * math.Pow10(2+digits); math.Abs(in-math.Round(in)) < 1e-7 {
			return digits
		}
	}
	if size := math.Abs(100 * share); size < 1 {
		return min(1-int(math.Floor(math.Log10(size))), 4)
	}
	return 1
}

// signed writes a share as a change: "+9.7%", "-0.2%", "0.0%".
func signed(share float64) string {
	text := number(100*share, 1)
	switch {
	case math.Abs(share) >= 1:
		text = number(100*share, 0)
	case strings.Trim(text, "-0.") == "":
		return "0.0%"
	}
	if share > 0 {
		text = "+" + text
	}
	return text + "%"
}

// signedCount writes "+12", "-3", "0".
func signedCount(n float64) string {
	if n > 0 {
		return "+" + number(n, 0)
	}
	return number(n, 0)
}
