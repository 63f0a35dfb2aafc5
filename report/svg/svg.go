// Package svg draws a figure as one SVG image: white behind, so that it reads on a
// dark page too, in colours and shapes that a colour-blind reader can tell apart.
package svg

import (
	"fmt"
	"io"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"respbench.dev/respbench/report/document"
)

// Write draws f. The same figure gives the same bytes. A figure that has no points,
// or a number that its axis cannot show, is refused.
func Write(w io.Writer, f document.Figure) error {
	_, err := write(w, f)
	return err
}

// write gives the sheet that f was drawn on.
func write(w io.Writer, f document.Figure) (*sheet, error) {
	if err := check(f); err != nil {
		return nil, fmt.Errorf("figure %q: %w", f.Name, err)
	}
	f = cleaned(f)
	sheet := arrange(f)
	canvas := newCanvas(sheet.width, sheet.height)
	sheet.draw(draw.New(canvas), f)
	return sheet, canvas.finish(w, f)
}

// draw paints from the back to the front.
func (s *sheet) draw(c draw.Canvas, f document.Figure) {
	c.SetColor(paper)
	c.Fill(c.Path())
	s.drawHead(c, f)
	p := s.pane(c)
	p.grid()
	for i, b := range f.Bands {
		p.band(i, b)
	}
	p.axes()
	s.drawTicks(p)
	for _, series := range f.Series {
		p.area(series)
	}
	for _, series := range f.Series {
		p.ranges(series)
	}
	for i, series := range f.Series {
		p.line(series)
		p.waymarks(i, series)
	}
	for _, series := range f.Series {
		p.points(series)
	}
}

// A pane is the rectangle that the axes span.
type pane struct {
	draw.Canvas
	x, y scale
}

func (s *sheet) pane(c draw.Canvas) *pane {
	return &pane{
		Canvas: draw.Crop(c, s.left, -s.right, s.bottom, -s.top),
		x:      s.x,
		y:      s.y,
	}
}

// at is where a point of the figure lies on the canvas.
func (p *pane) at(x, y float64) vg.Point {
	return vg.Point{X: p.X(p.x.place(x)), Y: p.Y(p.y.place(y))}
}
