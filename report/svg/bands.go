package svg

import (
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"respbench.dev/respbench/report/document"
)

// bandTints are behind everything; lines of the same, in full.
var bandTints = []color.NRGBA{silver, {0xcf, 0x22, 0x2e, 0xff}, {0x1a, 0x7f, 0x37, 0xff}}

var bandDashes = [][]vg.Length{{6, 4}, {2, 3}, {9, 3, 2, 3}}

func bandTint(i int) color.NRGBA { return faint(bandTints[cycle(i, len(bandTints))]) }

func bandLine(i int) draw.LineStyle {
	return draw.LineStyle{Color: grey, Width: 1.4, Dashes: bandDashes[cycle(i, len(bandDashes))]}
}

// band fills a region, or draws the line that it has become.
func (p *pane) band(i int, b document.Band) {
	from, to := p.Min, p.Max
	if b.Vertical {
		from.X, to.X = p.X(p.x.place(b.From)), p.X(p.x.place(b.To))
	} else {
		from.Y, to.Y = p.Y(p.y.place(b.From)), p.Y(p.y.place(b.To))
	}
	if b.From == b.To {
		p.StrokeLines(bandLine(i), []vg.Point{from, to})
		return
	}
	p.region(i, vg.Rectangle{Min: from, Max: to}, b.Vertical)
}

// region has edges, so that a narrow one shows.
func (p *pane) region(i int, r vg.Rectangle, vertical bool) {
	p.SetColor(bandTint(i))
	p.Fill(r.Path())
	first, second := vg.Point{X: r.Max.X, Y: r.Min.Y}, vg.Point{X: r.Min.X, Y: r.Max.Y}
	if vertical {
		first, second = second, first
	}
	var edges vg.Path
	segment(&edges, r.Min, first)
	segment(&edges, second, r.Max)
	p.SetLineStyle(stroke(half(bandTints[cycle(i, len(bandTints))]), 1, false))
	p.Stroke(edges)
}
