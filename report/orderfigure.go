package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"respbench.dev/respbench/report/document"
	"respbench.dev/respbench/results"
)

const (
	orderCaption = "Each dot is a trial, at its place in the order in which the run went and at its share of its client's median. " +
		"A slope is drift or warm-up, two levels are something with two states. "
	orderHollow  = "A hollow dot is a trial that has a warning of its own. "
	orderCrosses = "A cross at the lower edge is a trial that failed. "
	mostBounds   = 5 // runs, beyond which their bounds are not named
)

// orderFigure is the run-order strip.
func orderFigure(g figureGroup, p *palette) document.Figure {
	f := document.Figure{
		Title: "Throughput in the order of the run: " + g.title, Caption: orderCaption,
		X:     document.Axis{Title: "place of the trial in the run", Scale: document.Linear},
		Y:     document.Axis{Title: "throughput, % of the client's median", Scale: document.Linear},
		Bands: []document.Band{{Name: "median", From: 100, To: 100}},
	}
	if g.rounds() == 0 {
		return f // what failed has no share of a median
	}
	runs := stripOf(g)
	if len(runs) > 1 {
		f.X.Title = "place of the trial, the runs one after the other"
	}
	if len(runs) <= mostBounds {
		f.Bands = append(f.Bands, bounds(runs)...)
	}
	var seen []string
	for i, r := range g.rows {
		s := p.series(g.names[i], r)
		s.Dots, s.Points = true, placed(r, g.names[i], runs)
		if codes := unstable(r); len(codes) > 0 {
			s.Name += ": " + strings.Join(codes, ", ")
			seen = append(seen, s.Name)
		}
		f.Series = append(f.Series, s)
	}
	f.Alt = orderAlt(f.Series, seen) + g.failed() + "."
	f.Caption += g.hollowWords() + g.untried()
	if g.failed() != "" {
		f.Caption += orderCrosses
		addCrosses(f.Series, g, runs)
	}
	return f
}

// A stretchOfRun is where the trials of a run lie in a strip.
type stretchOfRun struct {
	id     string
	began  time.Time
	before int // places of the runs before it
	most   int // of its own
}

// stripOf puts the runs of a group one after the other, as they began.
func stripOf(g figureGroup) []stretchOfRun {
	var runs []stretchOfRun
	for _, r := range g.rows {
		for _, t := range slices.Concat(r.good, r.failures) {
			i := slices.IndexFunc(runs, func(s stretchOfRun) bool { return s.id == t.run })
			if i < 0 {
				i, runs = len(runs), append(runs, stretchOfRun{id: t.run, began: t.started})
			}
			runs[i].most = max(runs[i].most, t.Order)
		}
	}
	slices.SortStableFunc(runs, func(a, b stretchOfRun) int { return a.began.Compare(b.began) })
	for i := range runs[min(1, len(runs)):] {
		runs[i+1].before = runs[i].before + runs[i].most
	}
	return runs
}

func place(t round, runs []stretchOfRun) float64 {
	i := slices.IndexFunc(runs, func(s stretchOfRun) bool { return s.id == t.run })
	return float64(runs[i].before + t.Order)
}

// bounds are where the runs begin, but for the first.
func bounds(runs []stretchOfRun) []document.Band {
	var bands []document.Band
	for _, run := range runs[min(1, len(runs)):] {
		at := float64(run.before) + 0.5
		bands = append(bands, document.Band{Name: "run " + run.id, Vertical: true, From: at, To: at})
	}
	return bands
}

// placed are the trials of a row that are ok.
func placed(r Row, name string, runs []stretchOfRun) []document.Point {
	if r.Throughput == nil {
		return nil
	}
	var points []document.Point
	for i, t := range r.good {
		p := document.Point{X: place(t, runs)}
		if r.Throughput.Median > 0 {
			p.Y = 100 * r.Throughput.Values[i] / r.Throughput.Median
		}
		p.Text = fmt.Sprintf("%s, round %d: %s%% of the median", name, t.Round, number(p.Y, 1))
		if own := ownWarnings(t, r); len(own) > 0 {
			p.Mark, p.Text = document.Flagged, p.Text+"; "+strings.Join(own, ", ")
		}
		if t.Schedule.Overloaded() {
			p.Mark, p.Text = document.Flagged, p.Text+"; "+overloadOf(t)
		}
		points = append(points, p)
	}
	return points
}

// ownWarnings are those that not every trial of the row has: only these can
// explain why it differs.
func ownWarnings(t round, r Row) []string {
	var codes []string
	for _, w := range t.Warnings {
		if w.Code == "overloaded" {
			continue // said of all that are
		}
		if slices.ContainsFunc(r.good, func(other round) bool { return !warns(other, w.Code) }) {
			codes = addNew(codes, w.Code)
		}
	}
	return codes
}

func warns(t round, code string) bool {
	return slices.ContainsFunc(t.Warnings, func(w results.Warning) bool { return w.Code == code })
}

// unstable are the codes of what was seen in the row as a whole, and in no single trial.
func unstable(r Row) []string {
	var codes []string
	for _, w := range r.Warnings {
		if !slices.ContainsFunc(slices.Concat(r.good, r.failures), func(t round) bool { return warns(t, w.Code) }) {
			codes = addNew(codes, w.Code)
		}
	}
	return codes
}

func (g figureGroup) hollowWords() string {
	words := ""
	if slices.ContainsFunc(g.rows, func(r Row) bool {
		return slices.ContainsFunc(r.good, func(t round) bool { return len(ownWarnings(t, r)) > 0 })
	}) {
		words = orderHollow
	}
	if g.overloaded() {
		words += overloadedHollow
	}
	return words
}

// addCrosses puts the trials that failed below all others: what they did is no
// share of a median.
func addCrosses(series []document.Series, g figureGroup, runs []stretchOfRun) {
	low, high := 0.0, 0.0
	for i, p := range points(series) {
		if low = min(low, p.Y); i == 0 {
			low = p.Y
		}
		high = max(high, p.Y)
	}
	edge := max(low-max(1, (high-low)/20), 0)
	for i, r := range g.rows {
		for _, t := range r.failures {
			series[i].Points = append(series[i].Points, failedPoint(place(t, runs), edge, g.names[i], t))
		}
	}
}

// points are those of all series.
func points(series []document.Series) []document.Point {
	return slices.Concat(list(series, func(s document.Series) []document.Point { return s.Points })...)
}

func orderAlt(series []document.Series, unstable []string) string {
	var shares []labelled
	for _, s := range series {
		for _, p := range s.Points {
			shares = append(shares, labelled{s.Name, p.Y})
		}
	}
	if len(shares) == 0 {
		return "No trial is ok"
	}
	alt := "The trials lie at " + ends(shares, func(v float64) string { return number(v, 1) + "%" }) + " of their client's median"
	if len(unstable) > 0 {
		alt += "; warnings: " + strings.Join(unstable, "; ")
	}
	return alt
}
