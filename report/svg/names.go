package svg

import (
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// names are what is written below the X axis.
type names struct {
	lines   [][]string // of each tick of the axis
	slanted bool       // where they would overlap otherwise
	height  vg.Length
}

const (
	slantWidth = vg.Length(150) // of a slanted name, at most
	slantRoom  = vg.Length(16)  // from one to the next
	slope      = math.Sqrt2 / 2
)

// arrangeNames lays names of categories flat, wraps them or slants them, and
// widens the sheet where there are too many.
func (s *sheet) arrangeNames() {
	s.names = names{lines: make([][]string, len(s.x.ticks)), height: smallText.lineHeight()}
	for i, t := range s.x.ticks {
		s.names.lines[i] = []string{smallText.cut(t.Label, slantWidth)}
	}
	if !s.x.category || s.wrapNames() {
		return
	}
	s.names.slanted = true
	s.width = max(s.width, s.left+s.right+slantRoom*vg.Length(min(s.x.slots(), float64(len(s.x.ticks)))))
	widest := vg.Length(0)
	for i, t := range s.x.ticks {
		name := smallText.cut(t.Label, slantWidth)
		s.names.lines[i] = []string{name}
		widest = max(widest, smallText.width(name))
	}
	s.names.height = widest*slope + smallText.lineHeight()
	s.left = max(s.left, margin+widest*slope-s.slot()/2)
}

// slot is the width that each name has.
func (s *sheet) slot() vg.Length {
	return (s.width - s.left - s.right) / vg.Length(s.x.slots())
}

// wrapNames says whether all names fit, in at most three lines.
func (s *sheet) wrapNames() bool {
	for i, t := range s.x.ticks {
		lines, whole := smallText.wrap(t.Label, s.slot()-spacing, 3)
		if !whole {
			return false
		}
		s.names.lines[i] = lines
		s.names.height = max(s.names.height, smallText.lineHeight()*vg.Length(len(lines)))
	}
	return true
}

// draw writes the names of a place; x is on the axis.
func (n names) draw(c draw.Canvas, i int, at vg.Point) {
	if n.slanted {
		c.Push()
		c.Translate(vg.Point{X: tenth(at.X + 4), Y: tenth(at.Y - smallText.size)})
		c.Rotate(math.Pi / 4)
		smallText.write(c, grey, vg.Point{}, toRight, n.lines[i][0])
		c.Pop()
		return
	}
	for row, line := range n.lines[i] {
		y := at.Y - smallText.size - smallText.lineHeight()*vg.Length(row)
		smallText.write(c, grey, vg.Point{X: at.X, Y: y}, centred, line)
	}
}
