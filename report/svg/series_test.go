package svg

import (
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg/draw"

	"respbench.dev/respbench/report/document"
)

// outline draws a series of two points and says where its lows and highs are, and
// which shapes there are.
func outline(t *testing.T, r document.Ranges) (lows, highs []place, shapes []drawn) {
	t.Helper()
	s := document.Series{Line: true, Dots: true, Ranges: r, Points: []document.Point{{X: 2, Y: 2, Low: 1, High: 4}, {X: 3, Y: 3, Low: 2, High: 5}}}
	f := document.Figure{Name: "outline", Series: []document.Series{s}}
	sheet := arrange(f)
	p := sheet.pane(draw.New(newCanvas(sheet.width, sheet.height)))
	for _, point := range s.Points {
		low, high := p.at(point.X, point.Low), p.at(point.X, point.High)
		if r == document.Horizontal {
			low, high = p.at(point.Low, point.Y), p.at(point.High, point.Y)
		}
		lows = append(lows, place{float64(low.X), float64(sheet.height - low.Y)})
		highs = append(highs, place{float64(high.X), float64(sheet.height - high.Y)})
	}
	return lows, highs, read(t, f).shapes
}

func (d drawn) follows(way ...place) bool {
	return slices.EqualFunc(d.at, way, func(a, b place) bool { return a.near(b, 0.1) })
}

// An area goes along all lows and back along all highs.
func TestArea(t *testing.T) {
	lows, highs, shapes := outline(t, document.Area)
	if !slices.ContainsFunc(shapes, func(d drawn) bool {
		return strings.Contains(d.style, "fill-opacity") && d.follows(lows[0], lows[1], highs[1], highs[0])
	}) {
		t.Errorf("no area along %v and %v", lows, highs)
	}
}

func TestRanges(t *testing.T) {
	for _, r := range []document.Ranges{document.Vertical, document.Horizontal} {
		lows, highs, shapes := outline(t, r)
		for i := range lows {
			if !slices.ContainsFunc(shapes, func(d drawn) bool { return d.follows(lows[i], highs[i]) }) {
				t.Errorf("%s: no line from %v to %v", r, lows[i], highs[i])
			}
		}
	}
}

func TestNoRanges(t *testing.T) {
	lows, highs, shapes := outline(t, document.NoRanges)
	if slices.ContainsFunc(shapes, func(d drawn) bool { return d.follows(lows[0], highs[0]) }) {
		t.Error("a range is drawn of a series that has none")
	}
}
