package svg

import (
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"respbench.dev/respbench/report/document"
)

// A legend names series, bands and marks, in rows.
type legend struct {
	entries []entry
	rows    int
}

// An entry is a sample and its name. The point is where the sample begins, below
// the top left of the legend.
type entry struct {
	name   string
	at     vg.Point
	sample func(p *pane)
}

const (
	legendRow   = vg.Length(19)
	sampleWidth = vg.Length(26)
	legendName  = vg.Length(220) // at most
)

func newLegend(f document.Figure, width vg.Length) legend {
	var l legend
	l.addSeries(f.Series)
	for i, b := range f.Bands {
		l.add(b.Name, func(p *pane) { p.bandSample(i, b) })
	}
	l.addMarks(f.Series)
	l.flow(width)
	return l
}

// addSeries names what looks the same and is called the same once, and not what only
// marks places of a series before it: the marks are named.
func (l *legend) addSeries(all []document.Series) {
	type look struct {
		name                 string
		color                int
		dashed, line, dotted bool
	}
	seen := map[look]bool{}
	for i, s := range all {
		if marking(s) && slices.ContainsFunc(all[:i], func(before document.Series) bool { return before.Color == s.Color }) {
			continue
		}
		of := look{s.Name, s.Color, s.Dashed, s.Line, dotted(s)}
		if !seen[of] {
			seen[of] = true
			l.add(s.Name, func(p *pane) { p.seriesSample(s) })
		}
	}
}

func marking(s document.Series) bool {
	return !s.Line && !slices.ContainsFunc(s.Points, func(p document.Point) bool { return p.Mark == document.NoMark })
}

// addMarks explains those that the figure has.
func (l *legend) addMarks(all []document.Series) {
	for _, m := range []struct {
		mark document.Mark
		name string
	}{{document.Typical, "bar: median"}, {document.Flagged, "hollow: flagged, see the caption"}, {document.Failed, "cross: failed"}} {
		if slices.ContainsFunc(all, func(s document.Series) bool {
			return slices.ContainsFunc(s.Points, func(p document.Point) bool { return p.Mark == m.mark })
		}) {
			l.add(m.name, func(p *pane) { p.markSample(m.mark) })
		}
	}
}

func (l *legend) add(name string, sample func(*pane)) {
	if name != "" {
		l.entries = append(l.entries, entry{name: smallText.cut(name, legendName), sample: sample})
	}
}

// flow breaks the legend into rows.
func (l *legend) flow(width vg.Length) {
	x := vg.Length(0)
	for i := range l.entries {
		size := sampleWidth + 6 + smallText.width(l.entries[i].name)
		if l.rows == 0 || x+size > width {
			x = 0
			l.rows++
		}
		l.entries[i].at = vg.Point{X: x, Y: -legendRow * vg.Length(l.rows)}
		x += size + 18
	}
}

func (l *legend) height() vg.Length {
	if l.rows == 0 {
		return 0
	}
	return legendRow*vg.Length(l.rows) + spacing
}

func (l *legend) draw(c draw.Canvas, corner vg.Point) {
	for _, e := range l.entries {
		at := corner.Add(e.at)
		box := vg.Rectangle{Min: at, Max: at.Add(vg.Point{X: sampleWidth, Y: 12})}
		sample := draw.Canvas{Canvas: c.Canvas, Rectangle: box}
		e.sample(&pane{Canvas: sample, x: unit, y: unit})
		smallText.write(c, ink, at.Add(vg.Point{X: sampleWidth + 6, Y: 2}), fromLeft, e.name)
	}
}
