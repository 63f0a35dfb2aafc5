package svg

import (
	"gonum.org/v1/plot/vg"

	"respbench.dev/respbench/report/document"
)

// dotted says whether each point of a series is marked: also where nothing else
// would show it.
func dotted(s document.Series) bool {
	return s.Dots || len(s.Points) == 1 || !s.Line && s.Ranges != document.Area
}

// points draws the marks of a series: dots, hollow ones and crosses over bars.
func (p *pane) points(s document.Series) {
	var dots, hollow, bars, crosses vg.Path
	for _, point := range s.Points {
		at := p.at(point.X, point.Y)
		switch {
		case point.Mark == document.Failed:
			cross(&crosses, at, dotRadius)
		case point.Mark == document.Flagged:
			shapeOf(s.Color).path(&hollow, at, dotRadius)
		case point.Mark == document.Typical:
			p.bar(&bars, at)
		case dotted(s):
			shapeOf(s.Color).path(&dots, at, dotRadius)
		}
	}
	if len(bars) > 0 {
		p.SetLineStyle(stroke(half(colorOf(s.Color)), 3, false))
		p.Stroke(bars)
	}
	p.fill(dots, s)
	if len(hollow) > 0 {
		p.SetColor(paper)
		p.Fill(hollow)
	}
	p.stroke(hollow, s, 1.6)
	p.stroke(crosses, s, lineWidth)
}

// bar lies across the axis of values, about half as wide as the room of a name.
func (p *pane) bar(path *vg.Path, at vg.Point) {
	half := vg.Point{X: 12}
	switch {
	case p.x.category:
		room := (p.Max.X - p.Min.X) / vg.Length(p.x.slots())
		half.X = min(room/4, 28)
	case p.y.category:
		room := (p.Max.Y - p.Min.Y) / vg.Length(p.y.slots())
		half = vg.Point{Y: min(room/4, 12)}
	}
	segment(path, at.Sub(half), at.Add(half))
}
