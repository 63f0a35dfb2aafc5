package svg

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/report/document"
)

func TestLegend(t *testing.T) {
	at := func(m document.Mark) []document.Point { return []document.Point{{X: 1, Y: 1, Mark: m}} }
	for _, test := range []struct {
		name   string
		series []document.Series
		bands  []document.Band
		want   []string
	}{
		{"clients", []document.Series{{Name: "raw", Points: at("")}, {Name: "redigo", Color: 1, Points: at("")}}, nil, []string{"raw", "redigo"}},
		{"one client twice", []document.Series{{Name: "raw", Points: at("")}, {Name: "raw", Points: at("")}}, nil, []string{"raw"}},
		{"a second line of it", []document.Series{{Name: "raw", Points: at("")}, {Name: "raw", Dashed: true, Points: at("")}}, nil, []string{"raw", "raw"}},
		{"bands", []document.Series{{Points: at("")}}, []document.Band{{Name: "SLO"}, {From: 1}}, []string{"SLO"}},
		{"marks", []document.Series{{Name: "raw", Points: at(document.Typical)}, {Points: at(document.Failed)}, {Points: at(document.Flagged)}}, nil,
			[]string{"raw", "bar: median", "hollow: flagged, see the caption", "cross: failed"}},
		{"marks of what is named", []document.Series{{Name: "raw", Line: true, Points: at("")}, {Name: "raw: outage", Points: at(document.Flagged)}}, nil,
			[]string{"raw", "hollow: flagged, see the caption"}},
		{"nothing", []document.Series{{Points: at("")}}, nil, nil},
	} {
		var got []string
		for _, e := range newLegend(document.Figure{Series: test.series, Bands: test.bands}, 600).entries {
			got = append(got, e.name)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

// Each shape is drawn once in the legend, in its colour.
func TestSamples(t *testing.T) {
	f := gallery()[1]
	i := read(t, f)
	for n, series := range f.Series {
		e := newLegend(cleaned(f), usualWidth-2*margin).entries[n]
		at := place{float64(margin + e.at.X + sampleWidth/2), float64(margin + titleText.lineHeight() - e.at.Y - 6)}
		if !i.has(series.Color, at) {
			t.Errorf("%s has no sample at %v", e.name, at)
		}
	}
}

// A failed point is a cross, a flagged one is hollow, a typical one a bar.
func TestMarks(t *testing.T) {
	f := document.Figure{Name: "marks", Series: []document.Series{{Dots: true, Points: []document.Point{
		{X: 1, Y: 1}, {X: 2, Y: 1, Mark: document.Failed}, {X: 3, Y: 1, Mark: document.Flagged}, {X: 4, Y: 1, Mark: document.Typical},
	}}}}
	colour := code(palette[0])
	for _, want := range []struct {
		style   string
		corners int
		shapes  int
	}{
		{"fill:" + colour, 3, 1},
		{"fill:none;stroke:" + colour + ";stroke-width:2", 2, 2},
		{"fill:none;stroke:" + colour + ";stroke-width:1.6", 3, 1},
		{"fill:none;stroke:" + code(half(palette[0])) + ";stroke-width:3", 2, 1},
	} {
		got := slices.DeleteFunc(read(t, f).shapes, func(d drawn) bool { return d.style != want.style || len(d.at) != want.corners })
		if len(got) != want.shapes {
			t.Errorf("%d shapes of %s, want %d", len(got), want.style, want.shapes)
		}
	}
}
