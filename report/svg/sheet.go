package svg

import (
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"respbench.dev/respbench/report/document"
)

// Sizes, in pixels.
const (
	margin     = vg.Length(16)
	usualWidth = vg.Length(760)
	usualPane  = vg.Length(280) // its height
	rowHeight  = vg.Length(26)  // of a name on the Y axis
	dodge      = vg.Length(13)  // between two points beside each other in a row
	nameWidth  = vg.Length(300) // of a name on the Y axis, at most
	spacing    = vg.Length(9)
)

// A sheet is the canvas, divided: margins around the pane, and what is written there.
type sheet struct {
	width, height            vg.Length
	left, right, top, bottom vg.Length
	x, y                     scale
	title                    []string
	legend                   legend
	names                    names
}

func arrange(f document.Figure) *sheet {
	xs, ys := values(f)
	s := &sheet{x: newScale(f.X, xs, 8), y: newScale(f.Y, ys, 6), width: usualWidth, right: 24}
	s.left = margin + spacing
	for i, t := range s.y.ticks {
		s.y.ticks[i].Label = smallText.cut(t.Label, nameWidth)
		s.left = max(s.left, margin+smallText.width(s.y.ticks[i].Label)+spacing)
	}
	s.arrangeNames()
	inner := s.width - 2*margin
	s.title, _ = titleText.wrap(f.Title, inner, 3)
	s.legend = newLegend(f, inner)
	s.arrangeHeight(f)
	return s
}

// arrangeHeight gives each row of names on the Y axis its room.
func (s *sheet) arrangeHeight(f document.Figure) {
	line := smallText.lineHeight()
	s.top = margin + vg.Length(len(s.title))*titleText.lineHeight() + s.legend.height() + spacing
	if f.Y.Title != "" {
		s.top += line + spacing
	}
	s.bottom = margin + spacing + s.names.height
	if f.X.Title != "" {
		s.bottom += line + spacing/2
	}
	height := usualPane
	if s.y.category {
		row := max(rowHeight, dodge*vg.Length(beside(f)+1))
		height = max(3*rowHeight, row*vg.Length(len(s.y.ticks)))
	}
	s.height = vg.Length(int(s.top + height + s.bottom))
}

// beside is how many places the fullest row has points at.
func beside(f document.Figure) int {
	rows := map[int][]float64{}
	for _, s := range f.Series {
		for _, p := range s.Points {
			row := int(max(-far, min(p.Y+0.5, 1e9)))
			if !slices.Contains(rows[row], p.Y) && len(rows[row]) < 20 {
				rows[row] = append(rows[row], p.Y)
			}
		}
	}
	most := 0
	for _, row := range rows {
		most = max(most, len(row))
	}
	return most
}

// drawHead writes the titles and the legend.
func (s *sheet) drawHead(c draw.Canvas, f document.Figure) {
	y := c.Max.Y - margin
	for _, line := range s.title {
		titleText.write(c, ink, vg.Point{X: margin, Y: y - titleText.size}, fromLeft, line)
		y -= titleText.lineHeight()
	}
	s.legend.draw(c, vg.Point{X: margin, Y: y})
	inner := s.width - 2*margin
	smallText.write(c, grey, vg.Point{X: margin, Y: s.height - s.top + 1.4*spacing}, fromLeft, smallText.cut(f.Y.Title, inner))
	middle := (s.left + s.width - s.right) / 2
	if f.X.Title != "" {
		title := smallText.cut(f.X.Title, inner)
		half := smallText.width(title) / 2
		middle = min(max(middle, margin+half), s.width-margin-half)
		smallText.write(c, grey, vg.Point{X: middle, Y: margin}, centred, title)
	}
}
