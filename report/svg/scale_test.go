package svg

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot"

	"respbench.dev/respbench/report/document"
)

func TestScale(t *testing.T) {
	names := []document.Tick{{At: 0}, {At: 1}, {At: 2}}
	for _, test := range []struct {
		name     string
		axis     document.Axis
		values   []float64
		min, max float64
	}{
		{"linear", document.Axis{}, []float64{10, 30}, 9, 31},
		{"from zero", document.Axis{Zero: true}, []float64{10, 20}, 0, 21},
		{"up to zero", document.Axis{Zero: true}, []float64{-10, -20}, -21, 0},
		{"both sides of zero", document.Axis{Zero: true}, []float64{-10, 10}, -11, 11},
		{"nothing but zero", document.Axis{Zero: true}, []float64{0, 0}, 0, 1},
		{"next to nothing", document.Axis{}, []float64{5e-324}, -1, 1},
		{"equal", document.Axis{}, []float64{50}, 45, 55},
		{"log", document.Axis{Scale: document.Log}, []float64{1, 1e20}, 0.1, 1e21},
		{"equal on a log axis", document.Axis{Scale: document.Log}, []float64{8}, 4, 16},
		{"names", document.Axis{Scale: document.Category, Ticks: names}, []float64{0.1, 1}, -0.5, 2.5},
		{"beside a name", document.Axis{Scale: document.Category, Ticks: names}, []float64{-0.4, 2.4}, -0.5, 2.5},
		{"beyond the names", document.Axis{Scale: document.Category, Ticks: names}, []float64{0, 4}, -0.5, 4.5},
	} {
		s := newScale(test.axis, test.values, 6)
		if math.Abs(s.min-test.min) > 1e-9*math.Abs(test.min)+1e-12 || math.Abs(s.max-test.max) > 1e-9*math.Abs(test.max) {
			t.Errorf("%s: from %v to %v, want %v to %v", test.name, s.min, s.max, test.min, test.max)
		}
		for _, v := range test.values {
			if at := s.place(v); at < 0 || at > 1 {
				t.Errorf("%s: %v lies at %v", test.name, v, at)
			}
		}
	}
}

func TestTicks(t *testing.T) {
	log := document.Axis{Scale: document.Log}
	for _, test := range []struct {
		axis      document.Axis
		low, high float64
		want      string
	}{
		{document.Axis{Zero: true}, 0, 38000, "0 10,000 20,000 30,000"},
		{document.Axis{}, 16, 17, "16 17"},
		{document.Axis{}, 16, 17.1, "16.0 16.5 17.0"},
		{document.Axis{}, 96, 104, "96 98 100 102 104"},
		{document.Axis{}, -0.031, 0.03, "-0.02 0.00 0.02"},
		{document.Axis{}, 1e15, 3e15, "1e+15 1.5e+15 2e+15 2.5e+15 3e+15"},
		{log, 1, 1000, "1 10 100 1,000"},
		{log, 0.02, 3, "0.1 1"},
		{log, 130, 3000, "200 500 1,000 2,000"},
		{log, 100, 180, "100 120 140 160 180"},
		{log, 1, 1e12, "1 1,000 1,000,000 1,000,000,000 1e+12"},
		{document.Axis{Ticks: []document.Tick{{At: 2, Text: "p50"}, {At: 99, Text: "p99"}}}, 1, 3, "p50"},
	} {
		s := newScale(test.axis, []float64{test.low, test.high}, 6)
		if got := texts(s.ticks); got != test.want {
			t.Errorf("%v..%v: ticks %s, want %s", test.low, test.high, got, test.want)
		}
	}
}

func texts(ticks []plot.Tick) string {
	var named []string
	for _, tick := range ticks {
		if tick.Label != "" {
			named = append(named, tick.Label)
		}
	}
	return strings.Join(named, " ")
}

// Nine steps between two powers of ten show that the axis is a log axis.
func TestLesserTicks(t *testing.T) {
	if got := len(logTicks(1, 100, 2)); got != 19 {
		t.Errorf("%d ticks from 1 to 100, want 19", got)
	}
}

// The colours stand out from white as much as accessible graphics are to.
func TestPalette(t *testing.T) {
	if len(palette) < 8 {
		t.Errorf("%d colours", len(palette))
	}
	for i, c := range palette {
		luminance := 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
		if contrast := 1.05 / (luminance + 0.05); contrast < 3 {
			t.Errorf("colour %d (%v) has contrast %.2f", i, c, contrast)
		}
	}
	seen := map[any]int{}
	for i := range len(palette) * len(shapes) {
		look := [2]any{colorOf(i), shapeOf(i)}
		if first, ok := seen[look]; ok {
			t.Fatalf("series %d looks like series %d", i, first)
		}
		seen[look] = i
	}
	if colorOf(-1) != palette[len(palette)-1] {
		t.Error("no colour before the first")
	}
}

func linear(v uint8) float64 {
	s := float64(v) / 255
	if s <= 0.04045 {
		return s / 12.92
	}
	return math.Pow((s+0.055)/1.055, 2.4)
}
