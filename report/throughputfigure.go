package report

import (
	"fmt"
	"slices"

	"respbench.dev/respbench/report/document"
)

const (
	throughputCaption = "Each dot is a trial; the bar is their median. "
	throughputOffered = "The line is what was offered. "
	overloadedHollow  = "A trial that was overloaded has a hollow dot: it achieved less than it was offered. "
	throughputCrosses = "A cross at zero is a trial that failed. "
	// Trials stand beside each other, so that none hides another: a client's take
	// this much of the room up to the next.
	trialsRoom = 0.6
	trialsStep = 0.08 // at most, from one to the next
)

// throughputFigure has every trial of every client.
func throughputFigure(g figureGroup, p *palette) document.Figure {
	f := document.Figure{
		Title: "Throughput of each trial: " + g.title,
		X:     document.Axis{Title: "client", Scale: document.Category},
		Y:     document.Axis{Title: g.unit() + "/s", Scale: document.Linear, Zero: true},
	}
	if g.rounds() > 0 {
		f.Caption = throughputCaption
	}
	var medians []labelled
	trials := 0
	for i, r := range g.rows {
		f.X.Ticks = append(f.X.Ticks, document.Tick{At: float64(i), Text: g.names[i]})
		s := p.series(g.names[i], r)
		s.Dots, s.Points = true, g.throughputs(i)
		f.Series = append(f.Series, s)
		if r.Throughput != nil {
			medians = append(medians, labelled{g.names[i], r.Throughput.Median})
			trials += r.Throughput.N
		}
	}
	if f.Bands = g.offered(); len(f.Bands) > 0 {
		f.Caption += throughputOffered
	}
	if g.overloaded() {
		f.Caption += overloadedHollow
	}
	f.Alt = "No trial is ok" + g.failed() + "."
	if len(medians) > 0 {
		f.Alt = fmt.Sprintf("Medians of %s/s: %s; %s%s.", g.unit(), ends(medians, significant), counted(trials, "trial"), g.failed())
	}
	if g.failed() != "" {
		f.Caption += throughputCrosses
	}
	f.Caption += g.untried()
	return f
}

// throughputs are the trials of a row, and their median.
func (g figureGroup) throughputs(i int) []document.Point {
	r := g.rows[i]
	n := len(r.good) + len(r.failures)
	step := min(trialsStep, trialsRoom/float64(max(n, 1)))
	x := func(k int) float64 { return float64(i) + step*(float64(k)-float64(n-1)/2) }
	var points []document.Point
	if r.Throughput != nil {
		digits := spreadDecimals(r.Throughput)
		for k, v := range r.Throughput.Values {
			p := document.Point{X: x(k), Y: v, Text: fmt.Sprintf(
				"%s, round %d: %s %s/s", g.names[i], r.good[k].Round, number(v, digits), g.unit())}
			if r.good[k].Schedule.Overloaded() {
				p.Mark, p.Text = document.Flagged, p.Text+"; "+overloadOf(r.good[k])
			}
			points = append(points, p)
		}
		points = append(points, document.Point{X: float64(i), Y: r.Throughput.Median, Mark: document.Typical, Text: fmt.Sprintf(
			"%s, median of %s: %s %s/s", g.names[i], counted(r.Throughput.N, "round"), number(r.Throughput.Median, digits), g.unit())})
	}
	for k, b := range r.failures {
		points = append(points, failedPoint(x(len(r.good)+k), 0, g.names[i], b))
	}
	return points
}

// offered is a line at the rate of an open loop, which is of all its ops: where a
// trial has several kinds, none has that rate.
func (g figureGroup) offered() []document.Band {
	i := slices.IndexFunc(g.rows, func(r Row) bool { return r.Schedule != nil })
	if i < 0 || g.title != g.cells {
		return nil
	}
	rate := g.rows[i].Schedule.Offered.Median
	return []document.Band{{Name: "offered " + rateWords(rate), From: rate, To: rate}}
}

func (g figureGroup) overloaded() bool {
	return slices.ContainsFunc(g.rows, Row.overloaded)
}

func overloadOf(t round) string {
	return fmt.Sprintf("overloaded: achieved %s of %s a second", number(t.Schedule.Achieved, 0), number(t.Schedule.Offered, 0))
}
