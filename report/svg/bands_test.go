package svg

import (
	"strings"
	"testing"

	"gonum.org/v1/plot/vg/draw"

	"respbench.dev/respbench/report/document"
)

// A band spans the pane between its places, whichever is first, and one without
// width is a dashed line.
func TestBands(t *testing.T) {
	for _, test := range []struct {
		band  document.Band
		style string
	}{
		{document.Band{Name: "b", From: 2, To: 3}, "fill-opacity"},
		{document.Band{Name: "b", From: 3, To: 2, Vertical: true}, "fill-opacity"},
		{document.Band{Name: "b", From: 2, To: 2}, "stroke-dasharray:6,4"},
		{document.Band{Name: "b", From: 2, To: 2, Vertical: true}, "stroke-dasharray:6,4"},
	} {
		f := document.Figure{Name: "band", Series: []document.Series{{Points: []document.Point{{X: 1, Y: 1}, {X: 5, Y: 5}}}}}
		f.Bands = []document.Band{test.band}
		s := arrange(f)
		p := s.pane(draw.New(newCanvas(s.width, s.height)))
		from, to := p.Min, p.Max
		if test.band.Vertical {
			from.X, to.X = p.at(2, 2).X, p.at(max(test.band.From, test.band.To), 2).X
		} else {
			from.Y, to.Y = p.at(2, 2).Y, p.at(2, max(test.band.From, test.band.To)).Y
		}
		want := []place{{float64(from.X), float64(s.height - from.Y)}, {float64(to.X), float64(s.height - to.Y)}}
		found := 0
		for _, d := range read(t, f).shapes {
			if strings.Contains(d.style, test.style) && d.touches(want[0]) && d.touches(want[1]) {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%+v: %d shapes from %v to %v", test.band, found, want[0], want[1])
		}
	}
}

func (d drawn) touches(at place) bool {
	for _, p := range d.at {
		if p.near(at, 0.2) {
			return true
		}
	}
	return false
}
