package svg

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgsvg"

	"respbench.dev/respbench/report/document"
)

// A canvas rounds to tenths of a pixel, which nobody sees and which halves the file.
type canvas struct {
	*vgsvg.Canvas
}

func newCanvas(width, height vg.Length) canvas {
	return canvas{vgsvg.New(width, height)}
}

func (c canvas) Stroke(p vg.Path) { c.Canvas.Stroke(rounded(p)) }

func (c canvas) Fill(p vg.Path) { c.Canvas.Fill(rounded(p)) }

func (c canvas) FillString(face font.Face, at vg.Point, s string) {
	c.Canvas.FillString(face, roundedPoint(at), s)
}

// rounded leaves the path of the caller as it is: it may be drawn again. A circle
// begins exactly where its centre has it, or vgsvg would add a line to there.
func rounded(p vg.Path) vg.Path {
	out := slices.Clone(p)
	for i := range out {
		out[i].Pos = roundedPoint(out[i].Pos)
		if out[i].Type == vg.ArcComp {
			out[i-1].Pos = out[i].Pos.Add(vg.Point{X: out[i].Radius})
		}
	}
	return out
}

func roundedPoint(p vg.Point) vg.Point { return vg.Point{X: tenth(p.X), Y: tenth(p.Y)} }

func tenth(v vg.Length) vg.Length {
	return vg.Length(math.Round(float64(v)*10)/10) + 0 // no -0
}

// shorter says once for the whole image what vgsvg says at each text, and turns the
// variant of a font into what it stands for here. It finds none of this in a text of
// the figure, whose quotes are escaped.
var shorter = strings.NewReplacer(slices.Concat(
	styled(fromLeft, ""),
	styled(centred, "text-anchor:middle;"),
	styled(toRight, "text-anchor:end;"),
)...)

func styled(a align, anchor string) []string {
	family := "\n\t" + `style="font-family:Liberation Sans;font-variant:` + string(a)
	return []string{
		family + ";font-weight:normal;font-style:normal;font-size:12px;", ` style="` + anchor,
		family + ";font-weight:bold;font-style:normal;", ` style="font-weight:bold;` + anchor,
	}
}

// finish writes the image with a head of its own: in pixels, named and described for
// those who do not see it.
func (c canvas) finish(w io.Writer, f document.Figure) error {
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return fmt.Errorf("figure %q: %w", f.Name, err)
	}
	_, body, _ := strings.Cut(b.String(), "\n<g ")
	width, height := c.Size()
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" role="img" font-family="%s" font-size="12">
<title>%s</title>
<desc>%s</desc>
<g %s`,
		width, height, width, height, sans,
		html.EscapeString(f.Title), html.EscapeString(f.Alt), shorter.Replace(body))
	return err
}
