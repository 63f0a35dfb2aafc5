package svg

import (
	"math"

	"gonum.org/v1/plot/vg"
)

// A shape is a regular polygon, its first corner at an angle from the right, in
// quarters of a right angle; of no corners: a circle.
type shape struct {
	corners, turn int
	size          vg.Length // of its radius, to look as large as the circle
}

var shapes = []shape{
	{0, 0, 1},     // circle
	{4, 2, 1.2},   // square
	{3, 4, 1.35},  // triangle
	{4, 0, 1.3},   // diamond
	{3, -4, 1.35}, // triangle, upside down
	{5, 4, 1.15},  // pentagon
	{3, 0, 1.35},  // triangle to the right
}

func shapeOf(i int) shape { return shapes[cycle(i, len(shapes))] }

// path adds the outline around a place.
func (s shape) path(p *vg.Path, at vg.Point, radius vg.Length) {
	if s.corners == 0 {
		p.Move(vg.Point{X: at.X + radius, Y: at.Y})
		p.Arc(at, radius, 0, 2*math.Pi)
		p.Close()
		return
	}
	for i := range s.corners {
		angle := float64(s.turn)*math.Pi/8 + 2*math.Pi*float64(i)/float64(s.corners)
		corner := vg.Point{
			X: at.X + radius*s.size*vg.Length(math.Cos(angle)),
			Y: at.Y + radius*s.size*vg.Length(math.Sin(angle)),
		}
		if i == 0 {
			p.Move(corner)
		} else {
			p.Line(corner)
		}
	}
	p.Close()
}

// cross adds two strokes.
func cross(p *vg.Path, at vg.Point, radius vg.Length) {
	segment(p, at.Add(vg.Point{X: -radius, Y: -radius}), at.Add(vg.Point{X: radius, Y: radius}))
	segment(p, at.Add(vg.Point{X: -radius, Y: radius}), at.Add(vg.Point{X: radius, Y: -radius}))
}

func segment(p *vg.Path, from, to vg.Point) {
	p.Move(from)
	p.Line(to)
}
