package svg

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"respbench.dev/respbench/report/document"
)

// unit is the scale of a sample, which is drawn as a figure is.
var unit = scale{max: 1, norm: plot.LinearScale{}}

// seriesSample shows a series with one point in the middle.
func (p *pane) seriesSample(s document.Series) {
	ends := []document.Point{{X: 0, Y: 0.5, Low: 0, High: 1}, {X: 1, Y: 0.5, Low: 0, High: 1}}
	across := s
	across.Points = ends
	p.area(across)
	p.line(across)
	s.Dots = true
	s.Points = []document.Point{{X: 0.5, Y: 0.5}}
	if s.Ranges == document.Horizontal {
		s.Points[0].Low, s.Points[0].High = 0, 1
		p.ranges(s)
	}
	p.points(s)
}

func (p *pane) bandSample(i int, b document.Band) {
	if b.From == b.To {
		middle := p.Center().Y
		p.StrokeLines(bandLine(i), []vg.Point{{X: p.Min.X, Y: middle}, {X: p.Max.X, Y: middle}})
		return
	}
	p.region(i, p.Rectangle, b.Vertical)
}

func (p *pane) markSample(m document.Mark) {
	at := p.Center()
	var path vg.Path
	switch m {
	case document.Failed:
		cross(&path, at, dotRadius)
	case document.Flagged:
		shapes[0].path(&path, at, dotRadius)
	default:
		p.bar(&path, at)
	}
	p.SetLineStyle(stroke(grey, 2, false))
	p.Stroke(path)
}
