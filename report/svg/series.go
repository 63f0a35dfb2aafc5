package svg

import (
	"gonum.org/v1/plot/vg"

	"respbench.dev/respbench/report/document"
)

const (
	lineWidth = vg.Length(2)
	dotRadius = vg.Length(3.6)
	wayRadius = vg.Length(3.2)
)

// line joins the points of a series.
func (p *pane) line(s document.Series) {
	if !s.Line || len(s.Points) < 2 {
		return
	}
	way := make([]vg.Point, len(s.Points))
	for i, point := range s.Points {
		way[i] = p.at(point.X, point.Y)
	}
	p.StrokeLines(stroke(colorOf(s.Color), lineWidth, s.Dashed), way)
}

// waymarks put the shape of a series at some points of a bare line, so that it is
// told apart without colour; neighbours have them at different places.
func (p *pane) waymarks(nth int, s document.Series) {
	if !s.Line || dotted(s) {
		return
	}
	const apart, stagger = 110, 29
	next := p.Min.X + vg.Length(18+nth*stagger%apart)
	var path vg.Path
	for _, point := range s.Points {
		at := p.at(point.X, point.Y)
		if at.X < next {
			continue
		}
		shapeOf(s.Color).path(&path, at, wayRadius)
		next = at.X + apart
	}
	p.fill(path, s)
}

// area fills between all lows and highs.
func (p *pane) area(s document.Series) {
	if s.Ranges != document.Area {
		return
	}
	var lows, highs []vg.Point
	for _, point := range s.Points {
		if ranged(s, point) {
			lows = append(lows, p.at(point.X, point.Low))
			highs = append(highs, p.at(point.X, point.High))
		}
	}
	switch len(lows) {
	case 0:
	case 1:
		p.StrokeLines(stroke(faint(colorOf(s.Color)), 4*lineWidth, false), []vg.Point{lows[0], highs[0]})
	default:
		for i := range highs {
			lows = append(lows, highs[len(highs)-1-i])
		}
		p.FillPolygon(faint(colorOf(s.Color)), lows)
	}
}

// ranges draw a line with ends from low to high of each point, and let the line of
// the series stand out.
func (p *pane) ranges(s document.Series) {
	const end = 4
	tone := colorOf(s.Color)
	if s.Line {
		tone = half(tone)
	}
	var path vg.Path
	for _, point := range s.Points {
		if !ranged(s, point) || point.Low == point.High {
			continue
		}
		switch s.Ranges {
		case document.Vertical:
			low, high := p.at(point.X, point.Low), p.at(point.X, point.High)
			segment(&path, low, high)
			segment(&path, low.Add(vg.Point{X: -end}), low.Add(vg.Point{X: end}))
			segment(&path, high.Add(vg.Point{X: -end}), high.Add(vg.Point{X: end}))
		case document.Horizontal:
			low, high := p.at(point.Low, point.Y), p.at(point.High, point.Y)
			segment(&path, low, high)
			segment(&path, low.Add(vg.Point{Y: -end}), low.Add(vg.Point{Y: end}))
			segment(&path, high.Add(vg.Point{Y: -end}), high.Add(vg.Point{Y: end}))
		}
	}
	if len(path) > 0 {
		p.SetLineStyle(stroke(tone, 1.5, false))
		p.Stroke(path)
	}
}

// fill and stroke draw all of a series at once: a path for each point would make the
// file several times as large.
func (p *pane) fill(path vg.Path, s document.Series) {
	if len(path) > 0 {
		p.SetColor(colorOf(s.Color))
		p.Fill(path)
	}
}

func (p *pane) stroke(path vg.Path, s document.Series, width vg.Length) {
	if len(path) > 0 {
		p.SetLineStyle(stroke(colorOf(s.Color), width, false))
		p.Stroke(path)
	}
}
