package report

import (
	"fmt"

	"respbench.dev/respbench/report/document"
)

const (
	throughputCaption = "Each dot is a trial; the bar is their median. "
	throughputCrosses = "A cross at zero is a trial that failed."
	// Trials stand beside each other, so that none hides another: a client's take
	// this much of the room up to the next.
	trialsRoom = 0.6
	trialsStep = 0.08 // at most, from one to the next
)

// throughputFigure has every trial of every client.
func throughputFigure(g figureGroup, p *palette) document.Figure {
	f := document.Figure{
		Title: "Throughput of each trial: " + g.title, Caption: throughputCaption,
		X: document.Axis{Title: "client", Scale: document.Category},
		Y: document.Axis{Title: g.unit() + "/s", Scale: document.Linear, Zero: true},
	}
	var medians []labelled
	trials := 0
	for i, r := range g.rows {
		f.X.Ticks = append(f.X.Ticks, document.Tick{At: float64(i), Text: g.names[i]})
		f.Series = append(f.Series, document.Series{
			Name: g.names[i], Color: p.of(g.names[i]), Dots: true, Points: g.throughputs(i),
		})
		if r.Throughput != nil {
			medians = append(medians, labelled{g.names[i], r.Throughput.Median})
			trials += r.Throughput.N
		}
	}
	f.Alt = "No trial is ok" + g.failed() + "."
	if len(medians) > 0 {
		f.Alt = fmt.Sprintf("Medians of %s/s: %s; %s%s.", g.unit(), ends(medians, significant), counted(trials, "trial"), g.failed())
	}
	if g.failed() != "" {
		f.Caption += throughputCrosses
	}
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
			points = append(points, document.Point{X: x(k), Y: v, Text: fmt.Sprintf(
				"%s, round %d: %s %s/s", g.names[i], r.good[k].Round, number(v, digits), g.unit())})
		}
		points = append(points, document.Point{X: float64(i), Y: r.Throughput.Median, Mark: document.Typical, Text: fmt.Sprintf(
			"%s, median of %s: %s %s/s", g.names[i], counted(r.Throughput.N, "round"), number(r.Throughput.Median, digits), g.unit())})
	}
	for k, b := range r.failures {
		points = append(points, failedPoint(x(len(r.good)+k), 0, g.names[i], b))
	}
	return points
}
