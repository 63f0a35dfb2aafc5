package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// A Capacity is how much load an SLO allows.
type Capacity struct {
	SLO   []Limit
	Held  *LoadPoint // the highest load that held in every round, below Broke; nil: none did
	Broke *LoadPoint // the lowest that did not; nil: none did
	Why   string     // of Broke
	Again []float64  // higher loads that held all the same
	Open  []float64  // of which it cannot be told
	Text  string
}

// An outcome is what became of an SLO at a load.
type outcome int

const (
	held outcome = iota
	broke
	open // it cannot be told
)

func (o outcome) String() string { return [...]string{"held", "not held", "not known"}[o] }

// CapacityUnder holds the points to an SLO: every round must have kept its
// schedule and met each limit.
func (c Curve) CapacityUnder(slo []Limit) Capacity {
	found := Capacity{SLO: slo}
	for i := range c.Points {
		p := &c.Points[i]
		switch o, why := p.under(slo); {
		case o == open:
			found.Open = append(found.Open, p.Load)
		case o == broke && found.Broke == nil:
			found.Broke, found.Why = p, why
		case o == held && found.Broke == nil:
			found.Held = p
		case o == held:
			found.Again = append(found.Again, p.Load)
		}
	}
	found.Text = found.words(c)
	return found
}

// under says why, where it did not hold or cannot be told.
func (p LoadPoint) under(slo []Limit) (outcome, string) {
	r := p.Row
	switch {
	case r.Rounds.Failed > 0:
		return broke, r.lapses()
	case r.overloaded():
		return broke, r.overloadWords()
	}
	var unknown []string
	for _, l := range slo {
		worst, known := l.worst(r)
		switch {
		case !known:
			unknown = append(unknown, fmt.Sprintf("%s: %s", l.Text, r.lacks(l.Metric)))
		case l.broken(worst):
			return broke, l.Metric.named(r.Schedule != nil) + " " + l.words(worst, fmt.Sprintf("the worst of %s", counted(r.Rounds.OK, "round")))
		}
	}
	switch {
	case len(unknown) > 0:
		return open, strings.Join(unknown, "; ")
	case r.Rounds.OK < r.Rounds.Planned || r.Rounds.OK == 0:
		return open, cutShort(r)
	}
	return held, ""
}

func cutShort(r Row) string {
	return fmt.Sprintf("%d of %s: %s", r.Rounds.OK, counted(r.Rounds.Planned, "planned round"), r.Reason)
}

// worst is the value of the worst round; false where one lacks it.
func (l Limit) worst(r Row) (float64, bool) {
	if !l.Metric.Counts {
		s := l.Metric.of(r)
		if s == nil {
			return 0, false
		}
		return s.Worst, true
	}
	worst := 0.0
	for _, g := range r.good {
		value := 0.0
		for _, n := range g.Errors {
			value += float64(n)
		}
		if l.Share {
			value = float64(g.Attempts-g.Ops) / float64(max(g.Attempts, 1))
		}
		worst = max(worst, value)
	}
	return worst, len(r.good) > 0
}

func (k Capacity) words(c Curve) string {
	var words string
	switch {
	case k.Held == nil && k.Broke == nil:
		return "not known: " + c.firstOpen()
	case k.Broke == nil:
		words = fmt.Sprintf("%s, the most that was measured", c.By.at(k.Held.Load))
	case k.Held == nil:
		words = fmt.Sprintf("below %s", c.By.at(k.Broke.Load))
	default:
		words = c.By.at(k.Held.Load)
	}
	if len(k.Again) > 0 {
		words += fmt.Sprintf("; it held again at %s: not steady", c.By.list(k.Again))
	}
	if len(k.Open) > 0 {
		words += fmt.Sprintf("; not known at %s", c.By.list(k.Open))
	}
	return words
}

func (c Curve) firstOpen() string { return c.Points[0].Row.lapsesOr("no limit can be checked") }

// lapsesOr says why rounds are missing, or something else if none are.
func (r Row) lapsesOr(otherwise string) string {
	if r.Reason == "" {
		return otherwise
	}
	return r.lapses()
}

const (
	leastTolerance = 0.001 // ends the search where rates hardly differ
	rounding       = 1e-9  // of a quotient
)

// Next says which rate to measure next to find the capacity under an SLO: one
// between the highest that held and the lowest that did not, until these differ
// by no more than the tolerance, a share. It is done, too, where there are not
// both, where it cannot be told of the next rate whether it held, and for curves that are not by rate.
func (c Curve) Next(slo []Limit, tolerance float64) (rate float64, done bool) {
	k := c.CapacityUnder(slo)
	if c.By != ByRate || k.Held == nil || k.Broke == nil {
		return 0, true
	}
	low, high := k.Held.Load, k.Broke.Load
	if high <= low*(1+max(tolerance, leastTolerance)+rounding) {
		return 0, true
	}
	if rate = between(low, high); slices.Contains(k.Open, rate) {
		return 0, true
	}
	return rate, false
}

// between is a round number close to the geometric mean, in the middle half.
func between(low, high float64) float64 {
	middle, quarter := math.Sqrt(low*high), math.Pow(high/low, 0.25)
	for step := math.Pow10(int(math.Floor(math.Log10(middle)))); ; step /= 10 {
		for _, part := range []float64{1, 2, 5} {
			if v := math.Round(middle*part/step) * step / part; v >= low*quarter && v <= high/quarter {
				return v
			}
		}
	}
}
