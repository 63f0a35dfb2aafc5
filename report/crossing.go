package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"respbench.dev/respbench/internal/stats"
)

// A Crossing is which of two clients leads at which load: in throughput of a
// closed loop, in p99 of an open one. A lead is significant among all loads of
// the pair, and of DefaultThreshold at least, for p99 of twice that.
type Crossing struct {
	First, Second Curve
	Metric        Metric
	Leads         []LeadAt  // at the loads at which it can be asked
	Gaps          []float64 // loads of both at which it cannot: one lacks the metric, or both are overloaded
	Changes       []Turn
	Text          string // a sentence
}

// A LeadAt is a load, and who is ahead there.
type LeadAt struct {
	Load  float64
	Lead  stats.Lead
	Ratio *float64 // of the medians, First by Second; nil: one of them was overloaded
}

// A Turn is where the lead changed hands: between two loads, the last at which
// one was ahead and the first at which the other was.
type Turn struct {
	Below, At float64
	Ahead     stats.Lead // from At on
}

// crossings are of all pairs of clients that differ in nothing else, and look at
// the replies.
func crossings(curves []Curve) []Crossing {
	// Where a scenario has several groups, a client's name is not enough.
	type place struct {
		scenario string
		by       Axis
	}
	groups := map[place][]curveGroup{}
	for _, c := range curves {
		at := place{c.scenario(), c.By}
		groups[at] = addNew(groups[at], c.group())
	}
	var all []Crossing
	for i, a := range curves {
		for _, b := range curves[i+1:] {
			if a.group() != b.group() || a.unchecked() || b.unchecked() {
				continue
			}
			first, second := a.Client(), b.Client()
			if len(groups[place{a.scenario(), a.By}]) > 1 || first == second {
				first, second = a.Name, b.Name
			}
			x := crossing(a, b)
			x.Text = x.words(first, second)
			all = append(all, x)
		}
	}
	return all
}

// metricAlong is what clients are compared by: at a given rate, throughput says
// nothing.
func (c Curve) metricAlong() Metric {
	name := "throughput"
	if c.open() {
		name = "p99"
	}
	return metrics[slices.IndexFunc(metrics, func(m Metric) bool { return m.Name == name })]
}

func crossing(a, b Curve) Crossing {
	x := Crossing{First: a, Second: b, Metric: a.metricAlong()}
	x.lead()
	for i, last := 0, -1; i < len(x.Leads); i++ {
		now := x.Leads[i]
		if now.Lead != stats.First && now.Lead != stats.Second {
			continue
		}
		if last >= 0 && x.Leads[last].Lead != now.Lead {
			x.Changes = append(x.Changes, Turn{x.Leads[last].Load, now.Load, now.Lead})
		}
		last = i
	}
	return x
}

// lead compares the loads that both have.
func (x *Crossing) lead() {
	var first, second [][]float64
	for _, p := range x.First.Points {
		i := slices.IndexFunc(x.Second.Points, func(q LoadPoint) bool { return q.Load == p.Load })
		if i < 0 {
			continue
		}
		a, b := p.Row, x.Second.Points[i].Row
		of, than := x.Metric.ranked(a), x.Metric.ranked(b)
		if of == nil || than == nil || a.wholly() && b.wholly() {
			x.Gaps = append(x.Gaps, p.Load)
			continue
		}
		at := LeadAt{Load: p.Load}
		if !a.overloaded() && !b.overloaded() {
			at.Ratio = new(stats.Median(of) / stats.Median(than))
		}
		bound(of, than)
		first, second, x.Leads = append(first, of), append(second, than), append(x.Leads, at)
	}
	for i, lead := range stats.Leads(first, second, x.Metric.Better, x.Metric.allowed(DefaultThreshold), DefaultAlpha) {
		x.Leads[i].Lead = lead
	}
}

// ranked are the values of the rounds; a round that was overloaded is worse than
// any latency. Nil if a round has none.
func (m Metric) ranked(r Row) []float64 {
	if !r.overloaded() || !m.latency() {
		s := m.of(r)
		if s == nil {
			return nil
		}
		return slices.Clone(s.Values)
	}
	var values []float64
	for _, g := range r.good {
		v, known := m.value(g)
		switch {
		case g.Schedule.Overloaded():
			v = math.Inf(1)
		case !known:
			return nil
		}
		values = append(values, v)
	}
	return values
}

// bound puts in place of what is infinite a number far beyond the others: tests
// are of ranks.
func bound(sides ...[]float64) {
	const far = 1000
	most := 0.0
	for _, v := range slices.Concat(sides...) {
		if !math.IsInf(v, 1) {
			most = max(most, v)
		}
	}
	for _, values := range sides {
		for i, v := range values {
			if math.IsInf(v, 1) {
				values[i] = far * most
			}
		}
	}
}

// A stretch is of neighbouring loads with one lead, and no gap between them.
type stretch struct {
	lead        stats.Lead
	first, last int
}

func (x *Crossing) stretches() []stretch {
	var all []stretch
	for i, p := range x.Leads {
		lead := p.Lead
		if lead == stats.Level {
			lead = stats.Open // as good as equal: nobody is ahead
		}
		if n := len(all); n > 0 && all[n-1].lead == lead && !x.gap(x.Leads[i-1].Load, p.Load) {
			all[n-1].last = i
			continue
		}
		all = append(all, stretch{lead, i, i})
	}
	return all
}

func (x *Crossing) gap(low, high float64) bool {
	return slices.ContainsFunc(x.Gaps, func(load float64) bool { return low < load && load < high })
}

// words writes "rueidis is ahead of goredis from 8 workers on, goredis up to 1
// worker; too close to call between 2 and 4 workers". Who leads at the most load
// comes first: it is what more load leads to.
func (x *Crossing) words(first, second string) string {
	where := map[stats.Lead][]string{}
	var leaders []stats.Lead
	stretches := x.stretches()
	for _, s := range stretches {
		where[s.lead] = append(where[s.lead], x.along(s))
	}
	for _, s := range slices.Backward(stretches) {
		if s.lead != stats.Open {
			leaders = addNew(leaders, s.lead)
		}
	}
	names := map[stats.Lead]string{stats.First: first, stats.Second: second}
	behind := map[stats.Lead]string{stats.First: second, stats.Second: first}
	words := ""
	for i, lead := range leaders {
		at := strings.Join(where[lead], " and ")
		if i == 0 {
			words = fmt.Sprintf("%s is ahead of %s %s", names[lead], behind[lead], at)
		} else {
			words += fmt.Sprintf(", %s %s", names[lead], at)
		}
	}
	switch open := where[stats.Open]; {
	case len(x.Leads) == 0:
		return fmt.Sprintf("%s and %s: not decided, for no load has a %s of both", first, second, x.Metric.named(x.First.open()))
	case len(open) > 0 && words == "":
		words = fmt.Sprintf("%s and %s: %s", first, second, x.undecided(open))
	case len(open) > 0:
		words += "; " + x.undecided(open)
	}
	if len(x.Gaps) > 0 {
		words += "; not compared at " + x.First.By.list(x.Gaps)
	}
	return words
}

// undecided is of the loads at which nobody is ahead.
func (x *Crossing) undecided(where []string) string {
	rounds := 0
	for _, p := range slices.Concat(x.First.Points, x.Second.Points) {
		rounds = max(rounds, p.Row.Rounds.OK)
	}
	return tooClose(strings.Join(where, " and "), rounds, len(x.Leads))
}

// tooClose tells, too, where only more rounds could decide.
func tooClose(where string, rounds, loads int) string {
	if stats.Decides(rounds, rounds, false, DefaultAlpha) >= loads {
		return "too close to call " + where
	}
	return fmt.Sprintf("not decided %s: %s cannot decide %s, %d can", where,
		counted(rounds, "round"), counted(loads, "load"), stats.Rounds(loads, false, DefaultAlpha))
}

// along writes where a stretch is. It goes "on", or "up to" a load, only where
// neither of the two has a further load.
func (x *Crossing) along(s stretch) string {
	by, from, to := x.First.By, x.Leads[s.first].Load, x.Leads[s.last].Load
	loads := list(slices.Concat(x.First.Points, x.Second.Points), func(p LoadPoint) float64 { return p.Load })
	least, most := from == slices.Min(loads), to == slices.Max(loads)
	switch {
	case least && !most:
		return "up to " + by.at(to)
	case most && !least:
		return fmt.Sprintf("from %s on", by.at(from))
	case from == to:
		return "at " + by.at(from)
	}
	return fmt.Sprintf("from %s to %s", by.bare(from), by.at(to))
}
