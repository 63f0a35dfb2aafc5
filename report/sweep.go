package report

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"respbench.dev/respbench/results"
)

// An Axis is what the points of a Curve differ in.
type Axis string

// The axes.
const (
	ByWorkers Axis = "workers" // of a closed loop, or all at one rate
	ByRate    Axis = "rate"    // offered by an open loop, in ops a second
)

// SweepOptions say what a sweep is judged by.
type SweepOptions struct {
	SLO []Limit // what must hold, as ParseSLO reads it; empty: there is none
}

// A SweepSummary is what every format of a sweep is written from.
type SweepSummary struct {
	SLO       []Limit
	Curves    []Curve // by scenario, op and what else but the client differs; then by client
	Crossings []Crossing
	Warnings  []Warning
	Notes     []string
	Headers   []results.Header // of the runs
}

// A Curve is one client in one scenario, from the least load to the most.
type Curve struct {
	Name     string // tells it apart in this sweep: "sync rueidis"
	Key      results.Key
	Op       string
	By       Axis
	Points   []LoadPoint // one at least
	Knee     Knee
	Capacity *Capacity // nil: there is no SLO
}

// A LoadPoint is a cell of the sweep.
type LoadPoint struct {
	Load float64 // workers, or ops a second offered
	Row  Row
}

// Client is printed as in a report.
func (c Curve) Client() string { return c.Points[0].Row.Point.Client() }

func (c Curve) unchecked() bool {
	return slices.ContainsFunc(c.Points, func(p LoadPoint) bool { return p.Row.unchecked() })
}

func (c Curve) open() bool { return c.Points[0].Row.open() }

// Sweep makes curves of rows that differ in workers or in rate. Its error says
// that there is nothing to report, or that a point cannot be told from another.
func Sweep(runs []results.Run, o SweepOptions) (*SweepSummary, error) {
	summary, err := Summarize(runs)
	if err != nil {
		return nil, err
	}
	curves, err := curvesOf(summary.Rows)
	if err != nil {
		return nil, err
	}
	for i := range curves {
		c := &curves[i]
		c.Knee = c.knee()
		if len(o.SLO) > 0 {
			c.Capacity = new(c.CapacityUnder(o.SLO))
		}
	}
	return &SweepSummary{
		SLO: o.SLO, Curves: curves, Crossings: crossings(curves),
		Warnings: summary.Warnings, Notes: summary.Notes, Headers: summary.Headers,
	}, nil
}

// curvesOf sorts rows into curves.
func curvesOf(rows []Row) ([]Curve, error) {
	var curves []Curve
	for _, open := range []bool{false, true} {
		of := slices.DeleteFunc(slices.Clone(rows), func(r Row) bool { return open != (r.Point.Load.Rate > 0) })
		by := ByWorkers
		if differsIn(of, results.FieldRate) {
			by = ByRate
		}
		// A point without a round has no op, and belongs to the curves of all.
		for _, measured := range []bool{true, false} {
			for _, r := range of {
				if measured == (r.Op != "") {
					curves = addPoint(curves, by, r)
				}
			}
		}
	}
	if !slices.ContainsFunc(curves, func(c Curve) bool { return len(c.Points) > 1 }) {
		return nil, errors.New("no sweep: nothing was measured at several numbers of workers or rates")
	}
	for _, c := range curves {
		slices.SortStableFunc(c.Points, func(a, b LoadPoint) int { return cmp.Compare(a.Load, b.Load) })
	}
	sortCurves(curves)
	nameCurves(curves)
	return curves, checkPoints(curves)
}

// axisFields are what the points of a curve may differ in: the axis, what follows
// from it, and what may name the run that a point was added by.
var axisFields = map[Axis][]results.Field{
	ByWorkers: {results.FieldWorkers, results.FieldKeyspace, results.FieldLimit, results.FieldWarmup, results.FieldIsolation},
	ByRate:    {results.FieldRate, results.FieldLimit, results.FieldWarmup, results.FieldIsolation},
}

func addPoint(curves []Curve, by Axis, r Row) []Curve {
	key := r.Key.Without(axisFields[by]...)
	p := LoadPoint{Load: by.load(r), Row: r}
	found := false
	for i := range curves {
		c := &curves[i]
		if joined, fits := c.Key.Join(key); fits && c.By == by && (c.Op == r.Op || r.Op == "") {
			c.Key, c.Points, found = joined, append(c.Points, p), true
		}
	}
	if found {
		return curves
	}
	return append(curves, Curve{Key: key, Op: r.Op, By: by, Points: []LoadPoint{p}})
}

// sortCurves puts beside each other what differs only in the client.
func sortCurves(curves []Curve) {
	var scenarios []string
	var groups []curveGroup
	for _, c := range curves {
		scenarios, groups = addNew(scenarios, c.scenario()), addNew(groups, c.group())
	}
	slices.SortStableFunc(curves, func(a, b Curve) int {
		return cmp.Or(
			cmp.Compare(slices.Index(scenarios, a.scenario()), slices.Index(scenarios, b.scenario())),
			cmp.Compare(slices.Index(groups, a.group()), slices.Index(groups, b.group())),
		)
	})
}

func (c Curve) scenario() string { return c.Points[0].Row.Point.Cell() }

// A curveGroup is what curves share that differ only in their client.
type curveGroup struct {
	key results.Key
	op  string
	by  Axis
}

func (c Curve) group() curveGroup { return curveGroup{comparableKey(c.Key), c.Op, c.By} }

// nameCurves names them by what tells them apart.
func nameCurves(curves []Curve) {
	rows := make([]Row, len(curves))
	for i, c := range curves {
		rows[i] = c.Points[0].Row
		rows[i].Key, rows[i].Op = c.Key, c.Op
	}
	for i, name := range opNames(rows) {
		curves[i].Name = name
	}
}

// checkPoints refuses two points of one load.
func checkPoints(curves []Curve) error {
	for _, c := range curves {
		for i, p := range c.Points[1:] {
			if before := c.Points[i]; before.Load == p.Load {
				return fmt.Errorf("sweep: %s has two points at %s, which differ in %s",
					c.Name, c.By.at(p.Load), results.Differing([]results.Key{before.Row.Key, p.Row.Key}))
			}
		}
	}
	return nil
}

func (a Axis) load(r Row) float64 {
	if a == ByRate {
		return r.Point.Load.Rate
	}
	return float64(r.Point.Load.Workers)
}

// at writes a load: "8 workers", "5,000/s".
func (a Axis) at(load float64) string {
	switch {
	case a == ByRate:
		return rateWords(load)
	case load == 1:
		return "1 worker"
	}
	return a.bare(load) + " workers"
}

// bare is at without the noun: "8", "5,000/s".
func (a Axis) bare(load float64) string {
	if a == ByRate {
		return rateWords(load)
	}
	return number(load, 0)
}

// list writes "1, 2 and 4 workers".
func (a Axis) list(loads []float64) string {
	last := len(loads) - 1
	words := a.at(loads[last])
	if last == 0 {
		return words
	}
	return strings.Join(list(loads[:last], a.bare), ", ") + " and " + words
}
