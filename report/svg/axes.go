package svg

import (
	"cmp"
	"slices"

	"gonum.org/v1/plot/vg"
)

// grid draws a line at each number that has a text, and along rows of names.
func (p *pane) grid() {
	for _, t := range p.y.ticks {
		if t.Label != "" {
			y := p.Y(p.y.place(t.Value))
			p.StrokeLine2(stroke(mist, 1, false), p.Min.X, y, p.Max.X, y)
		}
	}
	for _, t := range p.x.ticks {
		if t.Label != "" && !p.x.category {
			x := p.X(p.x.place(t.Value))
			p.StrokeLine2(stroke(mist, 1, false), x, p.Min.Y, x, p.Max.Y)
		}
	}
}

// axes draws the two lines and the ticks of numbers.
func (p *pane) axes() {
	var path vg.Path
	segment(&path, vg.Point{X: p.Min.X, Y: p.Max.Y}, p.Min)
	segment(&path, p.Min, vg.Point{X: p.Max.X, Y: p.Min.Y})
	for _, t := range p.x.ticks {
		from := vg.Point{X: p.X(p.x.place(t.Value)), Y: p.Min.Y}
		if !p.x.category {
			segment(&path, from, from.Sub(vg.Point{Y: tickLength(t.Label)}))
		}
	}
	for _, t := range p.y.ticks {
		from := vg.Point{X: p.Min.X, Y: p.Y(p.y.place(t.Value))}
		if !p.y.category {
			segment(&path, from, from.Sub(vg.Point{X: tickLength(t.Label)}))
		}
	}
	p.SetLineStyle(stroke(silver, 1, false))
	p.Stroke(path)
}

// tickLength is less for a tick between two that have a text.
func tickLength(text string) vg.Length {
	if text == "" {
		return 3
	}
	return 5
}

// drawTicks writes the texts at the axes, but none over another.
func (s *sheet) drawTicks(p *pane) {
	free := vg.Length(0)
	for _, i := range p.y.inOrder() {
		t := p.y.ticks[i]
		at := vg.Point{X: p.Min.X - spacing, Y: p.Y(p.y.place(t.Value)) - smallText.size*0.36}
		if at.Y >= free {
			smallText.write(p.Canvas, grey, at, toRight, t.Label)
			free = at.Y + smallText.size
		}
	}
	s.drawNames(p)
}

func (s *sheet) drawNames(p *pane) {
	free := vg.Length(0)
	for _, i := range p.x.inOrder() {
		at := vg.Point{X: p.X(p.x.place(p.x.ticks[i].Value)), Y: p.Min.Y - spacing}
		if p.x.category {
			s.names.draw(p.Canvas, i, at)
			continue
		}
		half := smallText.width(s.names.lines[i][0]) / 2
		at.X = min(max(at.X, half), s.width-half)
		if at.X-half >= free {
			s.names.draw(p.Canvas, i, at)
			free = at.X + half + spacing/2
		}
	}
}

// inOrder are the ticks that have a text, as they lie on the axis.
func (s scale) inOrder() []int {
	var order []int
	for i, t := range s.ticks {
		if t.Label != "" {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(s.place(s.ticks[a].Value), s.place(s.ticks[b].Value))
	})
	return order
}
