package svg

import (
	"bytes"
	"io"
	"math"
	"testing"

	"respbench.dev/respbench/report/document"
)

func TestRefused(t *testing.T) {
	figure := func(change func(*document.Figure)) document.Figure {
		f := document.Figure{Name: "spectrum-a", Series: []document.Series{{Name: "raw", Points: []document.Point{{X: 1, Y: 1}}}}}
		change(&f)
		return f
	}
	logY := func(f *document.Figure) { f.Y.Scale = document.Log }
	for _, test := range []struct {
		change func(*document.Figure)
		want   string
	}{
		{func(f *document.Figure) { f.Series = nil }, "it has no points"},
		{func(f *document.Figure) { f.Series[0].Points = nil }, "it has no points"},
		{func(f *document.Figure) { f.Series[0].Points[0].X = math.NaN() }, `series "raw": the X axis cannot show NaN`},
		{func(f *document.Figure) { f.Series[0].Points[0].Y = math.Inf(-1) }, `series "raw": the Y axis cannot show -Inf`},
		{func(f *document.Figure) { f.Series[0].Points[0].Y = 1e301 }, `series "raw": the Y axis cannot show 1e+301`},
		{func(f *document.Figure) { logY(f); f.Series[0].Points[0].Y = 0 },
			`series "raw": the Y axis is a log axis, which cannot show 0`},
		{func(f *document.Figure) { logY(f); f.Series[0].Points[0].Y = 5e-324 },
			`series "raw": the Y axis is a log axis, which cannot show 5e-324`},
		{func(f *document.Figure) {
			logY(f)
			f.Series[0].Ranges, f.Series[0].Points[0].High = document.Area, 2
		}, `series "raw": the Y axis is a log axis, which cannot show 0`},
		{func(f *document.Figure) {
			f.Series[0].Ranges, f.Series[0].Points[0].Low = document.Horizontal, math.Inf(1)
		}, `series "raw": the X axis cannot show +Inf`},
		{func(f *document.Figure) { logY(f); f.Bands = []document.Band{{Name: "SLO", From: -1, To: 1}} },
			`band "SLO": the Y axis is a log axis, which cannot show -1`},
		{func(f *document.Figure) { f.Bands = []document.Band{{Name: "SLO", Vertical: true, To: math.NaN()}} },
			`band "SLO": the X axis cannot show NaN`},
		{func(f *document.Figure) { logY(f); f.Y.Ticks = []document.Tick{{Text: "none"}} },
			`tick "none": the Y axis is a log axis, which cannot show 0`},
		{func(f *document.Figure) { f.X.Scale = "cubic" }, `the X axis has an unknown scale "cubic": linear, log or category`},
	} {
		var b bytes.Buffer
		err := Write(&b, figure(test.change))
		if err == nil || err.Error() != `figure "spectrum-a": `+test.want || b.Len() > 0 {
			t.Errorf("got %v and %d bytes, want %s", err, b.Len(), test.want)
		}
	}
}

// A range of which nothing is set is none, also on a log axis.
func TestNoRange(t *testing.T) {
	f := single("bare", document.Log, 3)
	f.Series[0].Points[0].Low, f.Series[0].Points[0].High = 0, 0
	if err := Write(io.Discard, f); err != nil {
		t.Error(err)
	}
}

// Any numbers and texts give an image or an error.
func FuzzWrite(f *testing.F) {
	f.Add(1.0, 2.0, 3.0, "goredis", uint8(0))
	f.Add(0.0, -1e300, 1e300, hostile, uint8(0xff))
	f.Add(5e-324, 1e-300, math.Inf(1), "", uint8(0x25))
	f.Fuzz(func(t *testing.T, x, low, high float64, text string, kind uint8) {
		scales := []document.Scale{document.Linear, document.Log, document.Category, ""}
		ranges := []document.Ranges{document.NoRanges, document.Area, document.Vertical, document.Horizontal}
		point := document.Point{X: x, Y: high, Low: low, High: high}
		figure := document.Figure{
			Name: text, Title: text, Alt: text,
			X: document.Axis{Title: text, Scale: scales[kind&3], Zero: kind&64 != 0, Ticks: []document.Tick{{At: low, Text: text}}},
			Y: document.Axis{Title: text, Scale: scales[kind>>2&3]},
			Series: []document.Series{{
				Name: text, Color: int(int8(kind)), Ranges: ranges[kind>>4&3], Line: kind&128 != 0,
				Points: []document.Point{point, {X: low, Y: x, Mark: document.Typical}, {X: high, Y: low, Mark: document.Flagged}},
			}},
			Bands: []document.Band{{Name: text, From: x, To: high, Vertical: kind&1 != 0}},
		}
		if Write(io.Discard, figure) == nil {
			for _, d := range read(t, figure).shapes {
				for _, p := range d.at {
					if math.IsNaN(p.x) || math.IsNaN(p.y) {
						t.Fatal("a shape is nowhere")
					}
				}
			}
		}
	})
}
