package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/report/document"
	"respbench.dev/respbench/results"
)

// spectrumPlaces are 1/(1-q) of the quantiles of a spectrum: ten a decade, up to
// 99.99 %, and those that a table has among them.
var spectrumPlaces = func() []float64 {
	var places []float64
	for _, decade := range []float64{1, 10, 100, 1000} {
		for _, part := range []float64{1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8} {
			places = append(places, decade*part)
		}
	}
	return append(places, 10_000)
}()

var spectrumTicks = []document.Tick{
	{At: 1, Text: "0%"}, {At: 2, Text: "50%"}, {At: 10, Text: "90%"},
	{At: 100, Text: "99%"}, {At: 1000, Text: "99.9%"}, {At: 10_000, Text: "99.99%"},
}

const (
	spectrumCaption = "To the right are ever rarer, slower samples: 1 of 10 takes longer than is shown at 90%, 1 of 100 at 99%. " +
		"A line ends where a round has fewer than 10 samples beyond. "
	overRounds = "A line joins the medians of the rounds; its area reaches from the lowest round to the highest. "
	closedTime = "Service time counts from when a sample was sent, and hides what waits for a worker."
	openTime   = "Response time counts from when a sample was due; service time, dashed, from when it was sent."
)

// spectrumFigure has response time where there is a schedule, with service time
// beside it. Its points are in ns until all are known.
func spectrumFigure(g figureGroup, p *palette) document.Figure {
	f := document.Figure{
		Title: "Latency by percentile: " + g.title, Caption: spectrumCaption,
		X: document.Axis{Title: "percentile", Scale: document.Log},
		Y: document.Axis{Title: "service time", Scale: document.Log},
	}
	if g.rounds() > 1 {
		f.Caption += overRounds
	}
	var without []int
	for i, r := range g.rows {
		series := spectrumSeries(r, g.names[i], p)
		if again(g.rows, i) && len(series) > 0 {
			series[0].Dashed = true
			series = series[:1] // a second dashed line would not be told from it
		}
		if len(points(series)) == 0 {
			without = append(without, i)
		}
		f.Series = append(f.Series, series...)
	}
	f.Caption += g.leftOut(without, func(r Row) string {
		if r.overloaded() {
			return "Overloaded, and so without latencies"
		}
		return "Too few samples"
	})
	if slices.ContainsFunc(g.rows, func(r Row) bool { return r.Schedule != nil }) {
		f.Y.Title, f.Caption = "response time", f.Caption+openTime
	} else {
		f.Caption += closedTime
	}
	f.X.Ticks = ticksWithin(spectrumTicks, f.Series)
	if r := typical(g.rows); r.Sample != r.Unit {
		f.Y.Title += " of a " + r.Sample
	}
	if in := inTimeUnit(&f, g.rounds()); in.by > 0 {
		f.Alt = spectrumAlt(g, in)
	}
	return f
}

// spectrumSeries are none of a row that was overloaded, for the others of its
// rounds alone would flatter.
func spectrumSeries(r Row, name string, p *palette) []document.Series {
	if r.overloaded() {
		return nil
	}
	series := p.series(name, r)
	series.Line = true
	if len(r.good) > 1 {
		series.Ranges = document.Area
	}
	service := func(g round) results.Recording { return g.kind.Service }
	if r.Schedule == nil {
		series.Points = spectrumPoints(r.good, service)
		return []document.Series{series}
	}
	beside := p.series(name+", service time", r)
	beside.Line, beside.Dashed = true, true
	series.Points = spectrumPoints(r.good, func(g round) results.Recording { return g.response.Recording })
	beside.Points = spectrumPoints(r.good, service)
	return []document.Series{series, beside}
}

// spectrumPoints go as far as every round has enough samples.
func spectrumPoints(good []round, of func(round) results.Recording) []document.Point {
	quantiles := make([][]float64, len(spectrumPlaces)) // of the rounds
	for _, g := range good {
		d, err := of(g).Distribution()
		if err != nil {
			return nil // a reader lets no such histogram pass
		}
		for i, x := range spectrumPlaces {
			ns, known := d.Quantile(1 - 1/x)
			if !known {
				break
			}
			quantiles[i] = append(quantiles[i], float64(ns))
		}
	}
	var points []document.Point
	for i, values := range quantiles {
		if len(values) < len(good) || len(good) == 0 {
			break
		}
		p := document.Point{X: spectrumPlaces[i], Y: stats.Median(values), Low: slices.Min(values), High: slices.Max(values)}
		if p.Low > 0 {
			points = append(points, p)
		}
	}
	return points
}

// ticksWithin are those as far as the points go.
func ticksWithin(ticks []document.Tick, series []document.Series) []document.Tick {
	most := 0.0
	for _, s := range series {
		for _, p := range s.Points {
			most = max(most, p.X)
		}
	}
	return slices.DeleteFunc(slices.Clone(ticks), func(t document.Tick) bool { return t.At > most })
}

// inTimeUnit turns ns into the unit that suits the figure, and says it on the
// axis and at each point. It is no unit where there is no point.
func inTimeUnit(f *document.Figure, rounds int) scale {
	var ns []float64
	for _, s := range f.Series {
		for _, p := range s.Points {
			ns = append(ns, p.Low, p.High)
		}
	}
	if len(ns) == 0 {
		return scale{}
	}
	in := timeScale(ns)
	f.Y.Title += ", " + in.unit
	for _, s := range f.Series {
		for i := range s.Points {
			p := &s.Points[i]
			p.Y, p.Low, p.High = p.Y/in.by, p.Low/in.by, p.High/in.by
			p.Text = fmt.Sprintf("%s: %s %s", s.Name, quantileWords(p.X), in.words(p.Y, p.Low, p.High, rounds))
		}
	}
	return in
}

// quantileWords say what a place stands for: "99.9% within".
func quantileWords(x float64) string {
	if x == 1 {
		return "the fastest"
	}
	share := 100 - 100/x
	for digits := range 3 {
		if in := share * math.Pow10(digits); math.Abs(in-math.Round(in)) < 1e-9 {
			return number(share, digits) + "% within"
		}
	}
	return number(share, max(1, int(math.Log10(x)))) + "% within"
}

// words writes a value in the unit and, of several rounds, its range: "12.3 us (11.9 to 13.0)".
func (s scale) words(v, low, high float64, rounds int) string {
	digits := decimals(low, 3)
	text := number(v, digits) + " " + s.unit
	if rounds > 1 {
		text += fmt.Sprintf(" (%s to %s)", number(low, digits), number(high, digits))
	}
	return text
}

// spectrumAlt tells the farthest percentile of a table that all have.
func spectrumAlt(g figureGroup, in scale) string {
	var without []string
	var values []labelled
	words := func(ns float64) string { return significant(ns/in.by) + " " + in.unit }
	named := "median"
	for i, r := range g.rows {
		if r.overloaded() {
			without = append(without, g.names[i])
		}
		if p := r.felt().P50; p != nil {
			values = append(values, labelled{g.names[i], p.Median})
		}
	}
	if tails := tailsOf(g); len(tails) == len(values) {
		values, named = tails, "99th percentile"
	}
	alt := ""
	if len(values) > 0 {
		alt = fmt.Sprintf("The %s is %s, over %s.", named, ends(values, words), counted(g.rounds(), "round"))
	}
	if len(without) > 0 {
		alt += fmt.Sprintf(" Overloaded, and so without latencies: %s.", strings.Join(without, ", "))
	}
	return strings.TrimSpace(alt)
}

// tailsOf are the p99 of rows that have one.
func tailsOf(g figureGroup) []labelled {
	var values []labelled
	for i, r := range g.rows {
		if p := r.felt().P99; p != nil {
			values = append(values, labelled{g.names[i], p.Median})
		}
	}
	return values
}
