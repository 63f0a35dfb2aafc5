package report

import (
	"fmt"
	"slices"
	"strings"

	"respbench.dev/respbench/report/document"
	"respbench.dev/respbench/results"
)

const (
	sweepCaption = "Each point is the median of the rounds at a load, its line their range. "
	sweepKnees   = "A knee is the load with the largest throughput for its p50. "
	sweepHollow  = "At a hollow point a round was overloaded: it achieved less than it was offered. "
	mostTicks    = 12
	tickApart    = 1.2 // at least: what is closer would overlap
)

// sweepMetrics are drawn, and those that an SLO is of.
var sweepMetrics = []string{throughputMetric, "p50", "p99", "p999"}

// sweepCurves are those that rows make, where they make any.
func sweepCurves(rows []Row) []Curve {
	curves, err := curvesOf(rows)
	if err != nil {
		return nil // they are no sweep
	}
	for i := range curves {
		curves[i].Knee = curves[i].knee()
	}
	return curves
}

// sweepFigures are throughput and latency over load: one for each metric of
// curves that differ only in the client.
func sweepFigures(curves []Curve, p *palette) []document.Figure {
	var figures []document.Figure
	var groups []curveGroup
	numbers := map[string]int{}
	for _, c := range curves {
		if slices.Contains(groups, c.group()) {
			continue
		}
		groups = append(groups, c.group())
		scenario := c.Points[0].Row.Point.Scenario
		numbers[scenario]++
		g := newCurveFigures(curves, c.group(), p)
		if !g.swept() {
			continue
		}
		for _, m := range metrics {
			if !slices.Contains(sweepMetrics, m.Name) && !slices.ContainsFunc(g.slo(), func(l Limit) bool { return l.Metric.Name == m.Name && m.latency() }) {
				continue
			}
			f := g.figure(m)
			f.Kind, f.Name = document.Sweep, fmt.Sprintf("sweep-%s-%s-%d", m.Name, slug(scenario), numbers[scenario])
			figures = addFigure(figures, f)
		}
	}
	return figures
}

// curveFigures are of the curves of one group.
type curveFigures struct {
	by     Axis
	title  string
	curves []Curve
	names  []string
	drawn  []document.Series // of the curves, without points
}

func newCurveFigures(all []Curve, group curveGroup, p *palette) curveFigures {
	g := curveFigures{by: group.by}
	var rows, firsts []Row // of which each stands for a curve: of the scenario, of the group
	for _, c := range all {
		r := c.Points[0].Row
		r.Key, r.Op = c.Key, c.Op
		if r.Key[results.FieldScenario] == group.key[results.FieldScenario] {
			rows = append(rows, r)
		}
		if c.group() == group {
			g.curves, firsts = append(g.curves, c), append(firsts, r)
		}
	}
	_, g.title = groupTitles(firsts[0].Point.Cell(), group.key, group.op, rows)
	g.names = legendNames(firsts)
	for i, r := range firsts {
		s := p.series(g.names[i], r)
		s.Dashed = again(firsts, i)
		g.drawn = append(g.drawn, s)
	}
	return g
}

// swept is whether there is more than one load.
func (g curveFigures) swept() bool {
	return slices.ContainsFunc(g.curves, func(c Curve) bool { return len(c.Points) > 1 })
}

// slo is that which the curves were held to, if any.
func (g curveFigures) slo() []Limit {
	if k := g.curves[0].Capacity; k != nil {
		return k.SLO
	}
	return nil
}

// what names a metric, with the time that a percentile is of.
func (g curveFigures) what(m Metric) string {
	switch {
	case !m.latency():
		return "Throughput"
	case g.curves[0].open():
		return "Response time " + m.Name
	}
	return "Service time " + m.Name
}

func (g curveFigures) figure(m Metric) document.Figure {
	what := g.what(m)
	f := document.Figure{
		Title:   what + " over " + string(g.by) + ": " + g.title,
		Caption: sweepCaption,
		X:       document.Axis{Title: g.axisTitle(), Scale: document.Log, Ticks: g.ticks()},
		Y:       document.Axis{Title: strings.ToLower(what), Scale: document.Log},
	}
	in := m.scale(g.values(m)...)
	if m.Name == throughputMetric {
		f.Y.Title = g.unit() + "/s"
		if g.by == ByWorkers {
			f.Y.Scale, f.Y.Zero = document.Linear, true
		}
	} else {
		f.Y.Title += ", " + in.unit
	}
	for i := range g.curves {
		s := g.drawn[i]
		s.Line, s.Dots, s.Ranges, s.Points = true, true, document.Vertical, g.points(i, m, in, f.Y.Scale)
		f.Series = append(f.Series, s)
	}
	f.Bands = append(g.knees(), g.bounds(m, in, f.Y.Scale)...)
	if slices.ContainsFunc(f.Bands, func(b document.Band) bool { return b.Vertical }) {
		f.Caption += sweepKnees
	}
	if slices.ContainsFunc(points(f.Series), func(p document.Point) bool { return p.Mark == document.Flagged }) {
		f.Caption += sweepHollow
	}
	f.Caption += g.leftOut(m, f.Y.Scale)
	f.Alt = g.alt(f, g.pointUnit(m, in).unit)
	return f
}
