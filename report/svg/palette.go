package svg

import (
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// What is not of a series.
var (
	paper  = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	ink    = color.NRGBA{0x1f, 0x23, 0x28, 0xff}
	grey   = color.NRGBA{0x57, 0x60, 0x6a, 0xff}
	silver = color.NRGBA{0x8c, 0x95, 0x9f, 0xff}
	mist   = color.NRGBA{0xe6, 0xe9, 0xed, 0xff}
)

// palette differs in lightness as well as in hue, for readers who do not see all
// hues; each stands out from white by 3 to 1.
var palette = []color.NRGBA{
	{0x00, 0x72, 0xb2, 0xff}, // blue
	{0xd5, 0x5e, 0x00, 0xff}, // vermilion
	{0x00, 0x8f, 0x68, 0xff}, // green
	{0xb8, 0x4a, 0x92, 0xff}, // purple
	{0xb8, 0x86, 0x00, 0xff}, // ochre
	{0x2b, 0x94, 0xd1, 0xff}, // sky
	{0x7a, 0x1f, 0x3d, 0xff}, // wine
	{0x3b, 0x2c, 0x85, 0xff}, // indigo
	{0x4d, 0x4d, 0x4d, 0xff}, // graphite
	{0x5b, 0x7f, 0x1e, 0xff}, // olive
}

// colorOf repeats the palette; shapes repeat otherwise, so that a pair of both is
// rarely had twice.
func colorOf(i int) color.NRGBA { return palette[cycle(i, len(palette))] }

func cycle(i, n int) int { return (i%n + n) % n }

// faint is for what lies behind.
func faint(c color.NRGBA) color.NRGBA {
	c.A = 0x26
	return c
}

// half is for what dots of the same colour lie on.
func half(c color.NRGBA) color.NRGBA {
	mix := func(v uint8) uint8 { return v/2 + 0x7f }
	return color.NRGBA{mix(c.R), mix(c.G), mix(c.B), c.A}
}

// stroke is a line of a width, in dashes where it is a second one.
func stroke(c color.Color, width vg.Length, dashed bool) draw.LineStyle {
	style := draw.LineStyle{Color: c, Width: width}
	if dashed {
		style.Dashes = []vg.Length{5, 3}
	}
	return style
}
