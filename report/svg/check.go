package svg

import (
	"errors"
	"fmt"
	"math"

	"respbench.dev/respbench/report/document"
)

// How large a number may be, and how small on a log axis: the width of an axis, and
// its parts, are numbers too.
const (
	far  = 1e300
	near = 1e-300
)

// check refuses what cannot be drawn, before a scale divides by it.
func check(f document.Figure) error {
	points := 0
	for _, s := range f.Series {
		points += len(s.Points)
		for _, p := range s.Points {
			if err := errors.Join(checkValues(f, s, p)...); err != nil {
				return fmt.Errorf("series %q: %w", s.Name, err)
			}
		}
	}
	if points == 0 {
		return errors.New("it has no points")
	}
	return checkEdges(f)
}

func checkValues(f document.Figure, s document.Series, p document.Point) []error {
	errs := []error{checkValue("X", f.X, p.X), checkValue("Y", f.Y, p.Y)}
	if !ranged(s, p) {
		return errs
	}
	name, axis := "Y", f.Y
	if s.Ranges == document.Horizontal {
		name, axis = "X", f.X
	}
	return append(errs, checkValue(name, axis, p.Low), checkValue(name, axis, p.High))
}

// checkEdges is check for bands and ticks.
func checkEdges(f document.Figure) error {
	for _, b := range f.Bands {
		name, axis := "Y", f.Y
		if b.Vertical {
			name, axis = "X", f.X
		}
		if err := errors.Join(checkValue(name, axis, b.From), checkValue(name, axis, b.To)); err != nil {
			return fmt.Errorf("band %q: %w", b.Name, err)
		}
	}
	return errors.Join(checkTicks("X", f.X), checkTicks("Y", f.Y))
}

func checkTicks(name string, a document.Axis) error {
	switch a.Scale {
	case document.Linear, document.Log, document.Category, "":
	default:
		return fmt.Errorf("the %s axis has an unknown scale %q: linear, log or category", name, a.Scale)
	}
	for _, t := range a.Ticks {
		if err := checkValue(name, a, t.At); err != nil {
			return fmt.Errorf("tick %q: %w", t.Text, err)
		}
	}
	return nil
}

func checkValue(name string, a document.Axis, v float64) error {
	switch {
	case math.IsNaN(v) || math.Abs(v) > far:
		return fmt.Errorf("the %s axis cannot show %v", name, v)
	case a.Scale == document.Log && v < near:
		return fmt.Errorf("the %s axis is a log axis, which cannot show %v", name, v)
	}
	return nil
}

// ranged says whether a point has a range to draw: one of which nothing is set has
// none, whatever its series says. Only what is itself zero ranges from 0 to 0.
func ranged(s document.Series, p document.Point) bool {
	at := p.Y
	if s.Ranges == document.Horizontal {
		at = p.X
	}
	return s.Ranges != document.NoRanges && (p.Low != 0 || p.High != 0 || at == 0)
}
