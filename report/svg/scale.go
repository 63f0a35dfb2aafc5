package svg

import (
	"math"
	"slices"

	"gonum.org/v1/plot"

	"respbench.dev/respbench/report/document"
)

// A scale places the numbers of an axis between 0 and 1.
type scale struct {
	min, max float64
	norm     plot.Normalizer
	category bool
	ticks    []plot.Tick // those in sight
}

func (s scale) place(v float64) float64 { return s.norm.Normalize(s.min, s.max, v) }

// slots are how many places for a name a category axis has.
func (s scale) slots() float64 { return s.max - s.min }

// newScale fits all values, which are not none. At most so many ticks are chosen,
// if the axis does not bring its own.
func newScale(a document.Axis, values []float64, most int) scale {
	s := scale{min: math.Inf(1), max: math.Inf(-1), norm: plot.LinearScale{}}
	for _, v := range values {
		s.min, s.max = min(s.min, v), max(s.max, v)
	}
	switch a.Scale {
	case document.Log:
		s.norm = plot.LogScale{}
		s.padLog()
		s.ticks = logTicks(s.min, s.max, most)
	case document.Category:
		s.category = true
		s.padCategory(a.Ticks)
	default:
		s.padLinear(a.Zero)
		step := (s.max - s.min) / float64(most)
		if !slices.ContainsFunc(values, func(v float64) bool { return v != math.Trunc(v) }) {
			step = max(step, 1) // between two trials there is none
		}
		s.ticks = linearTicks(s.min, s.max, step)
	}
	if len(a.Ticks) > 0 {
		s.ticks = s.inSight(a.Ticks)
	}
	return s
}

// padLinear leaves a margin, but for an axis that begins at zero; equal values
// get one of their own size.
func (s *scale) padLinear(zero bool) {
	if zero {
		s.min, s.max = min(s.min, 0), max(s.max, 0)
	}
	size := max(math.Abs(s.min), math.Abs(s.max))
	pad := (s.max - s.min) / 20
	switch {
	case size < near:
		pad = 1
	case s.max-s.min < size*1e-9:
		pad = size / 10
	}
	if !zero || s.min != 0 {
		s.min -= pad
	}
	if !zero || s.max != 0 || s.min == 0 {
		s.max += pad
	}
}

// padLog leaves a twentieth of the decades on each side, but not many nor none.
func (s *scale) padLog() {
	decades := math.Log10(s.max) - math.Log10(s.min)
	pad := math.Pow(10, min(max(decades/20, 0.02), 1))
	if decades < 1e-9 {
		pad = 2
	}
	s.min = max(s.min/pad, math.SmallestNonzeroFloat64)
	s.max *= pad
}

// padCategory gives each name the same room.
func (s *scale) padCategory(names []document.Tick) {
	for _, t := range names {
		s.min, s.max = min(s.min, t.At), max(s.max, t.At)
	}
	s.min, s.max = math.Floor(s.min+0.5)-0.5, math.Ceil(s.max-0.5)+0.5
	if s.min == s.max {
		s.min, s.max = s.min-0.5, s.max+0.5
	}
}

func (s *scale) inSight(given []document.Tick) []plot.Tick {
	var in []plot.Tick
	for _, t := range given {
		if t.At >= s.min && t.At <= s.max {
			in = append(in, plot.Tick{Value: t.At, Label: t.Text})
		}
	}
	return in
}

// values are all that the two axes are to fit.
func values(f document.Figure) (x, y []float64) {
	for _, s := range f.Series {
		for _, p := range s.Points {
			x, y = append(x, p.X), append(y, p.Y)
			switch {
			case !ranged(s, p):
			case s.Ranges == document.Horizontal:
				x = append(x, p.Low, p.High)
			default:
				y = append(y, p.Low, p.High)
			}
		}
	}
	for _, b := range f.Bands {
		if b.Vertical {
			x = append(x, b.From, b.To)
		} else {
			y = append(y, b.From, b.To)
		}
	}
	return x, y
}
