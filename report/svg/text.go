package svg

import (
	"image/color"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"respbench.dev/respbench/report/document"
)

// sans is measured as Liberation Sans, which is as wide as Arial and Helvetica. A
// reader may have none of these, but DejaVu, which is wider, and more so where bold.
const (
	sans      = "Liberation Sans,Arial,Helvetica,sans-serif"
	wider     = 1.16
	widerBold = 1.25
)

const boldWeight = 3 // as package font counts them

// A lettering is a size and weight of text.
type lettering struct {
	size vg.Length
	bold bool
}

var (
	titleText = lettering{15, true}
	smallText = lettering{12, false}
)

// lineHeight is from one line to the next.
func (l lettering) lineHeight() vg.Length { return l.size * 4 / 3 }

func (l lettering) face() font.Face {
	f := font.Font{Typeface: "Liberation", Variant: "Sans"}
	if l.bold {
		f.Weight = boldWeight
	}
	return font.DefaultCache.Lookup(f, l.size)
}

// width is a guess for letters that the font lacks: those of East Asia and pictures
// are as wide as they are high.
func (l lettering) width(s string) vg.Length {
	wide := 0
	narrow := strings.Map(func(r rune) rune {
		if r < 0x1100 {
			return r
		}
		wide++
		return -1
	}, s)
	face := l.face()
	if l.bold {
		return face.Width(narrow)*widerBold + vg.Length(wide)*l.size
	}
	return face.Width(narrow)*wider + vg.Length(wide)*l.size
}

// longest is more than any figure has room for, and saves measuring a megabyte.
const longest = 400

// cut shortens s to a width and keeps both ends: names often differ in the last.
func (l lettering) cut(s string, width vg.Length) string {
	s = ends(s, longest)
	if l.width(s) <= width {
		return s
	}
	size := utf8.RuneCountInString(s)
	removed := sort.Search(size, func(n int) bool { return l.width(ends(s, size-1-n)) <= width })
	return ends(s, size-1-removed)
}

// ends are the first and last letters of s, so many, with two dots between.
func ends(s string, letters int) string {
	runes := []rune(s)
	if len(runes) <= letters {
		return s
	}
	letters = max(letters, 0)
	tail := letters * 2 / 5
	return strings.TrimRight(string(runes[:letters-tail]), " ") + ".." + string(runes[len(runes)-tail:])
}

// wrap breaks s into at most so many lines, and says whether all of it is there.
func (l lettering) wrap(s string, width vg.Length, most int) (lines []string, whole bool) {
	line := ""
	parts := pieces(ends(s, longest))
	for i, piece := range parts {
		if line == "" || l.width(strings.TrimRight(line+piece, " ")) <= width {
			line += piece
			continue
		}
		if len(lines) == most-1 {
			rest := line + strings.Join(parts[i:], "")
			return append(lines, l.cut(rest, width)), false
		}
		lines, line = append(lines, strings.TrimRight(line, " ")), piece
	}
	lines, whole = append(lines, strings.TrimRight(line, " ")), true
	for i := range lines {
		fitting := l.cut(lines[i], width)
		whole = whole && fitting == lines[i]
		lines[i] = fitting
	}
	return lines, whole
}

// pieces are what a line may end after.
func pieces(s string) []string {
	var parts []string
	for s != "" {
		at := strings.IndexAny(s, " -/,:@") + 1
		if at == 0 {
			at = len(s)
		}
		parts, s = append(parts, s[:at]), s[at:]
	}
	return parts
}

// An align is which end of a text is at its place, as SVG calls it.
type align = font.Variant

const (
	fromLeft align = "start"
	centred  align = "middle"
	toRight  align = "end"
)

// write puts a line of text on its baseline. It is the viewer that aligns it, whose
// font may be another: the variant of the font takes that to the file.
func (l lettering) write(c draw.Canvas, ink color.Color, at vg.Point, a align, s string) {
	if s == "" {
		return
	}
	face := l.face()
	face.Font.Variant = a
	c.SetColor(ink)
	c.FillString(face, at, s)
}

// cleaned has texts without characters that XML forbids, or that hide or reverse
// what is beside them.
func cleaned(f document.Figure) document.Figure {
	f.Title, f.Alt = clean(f.Title), clean(f.Alt)
	f.X, f.Y = cleanedAxis(f.X), cleanedAxis(f.Y)
	f.Series, f.Bands = slices.Clone(f.Series), slices.Clone(f.Bands)
	for i := range f.Series {
		f.Series[i].Name = clean(f.Series[i].Name)
	}
	for i := range f.Bands {
		f.Bands[i].Name = clean(f.Bands[i].Name)
	}
	return f
}

func cleanedAxis(a document.Axis) document.Axis {
	a.Title = clean(a.Title)
	a.Ticks = slices.Clone(a.Ticks)
	for i := range a.Ticks {
		a.Ticks[i].Text = clean(a.Ticks[i].Text)
	}
	return a
}

func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == 0xfffe, r == 0xffff:
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
