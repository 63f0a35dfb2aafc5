package svg

import (
	"fmt"
	"strings"

	"respbench.dev/respbench/report/document"
)

const hostile = "<script>alert('1')</script> & \"quoted\" ]]> \x1b[31mred\x00 \u202egnirts\nsecond line \xff"

// stress has figures that no real run makes, but some run may.
func stress() map[string]document.Figure {
	return map[string]document.Figure{
		"many":    named("many", 200, "client %d"),
		"long":    named("long", 9, "valkey-go at github.com/valkey-io/valkey-go v1.0.%d"),
		"wrapped": named("wrapped", 5, "goredis v9.%d pipelined, 100 workers"),
		"one":     single("one", document.Linear, 0),
		"one-log": single("one-log", document.Log, 18271),
		"equal":   equal(),
		"tiny":    spread("tiny", 1e-300, 1e300),
		"huge":    {Name: "huge", Title: "huge", Series: []document.Series{{Points: []document.Point{{X: -1e300, Y: -1e300}, {X: 1e300, Y: 1e300}}}}},
		"edges":   edges(),
		"hostile": hostileFigure(),
		"crowded": crowded(),
		"rows":    rows(80),
	}
}

func named(name string, n int, form string) document.Figure {
	f := document.Figure{Name: name, Title: name, X: document.Axis{Scale: document.Category}, Y: document.Axis{Title: "ops/s", Zero: true}}
	s := document.Series{Name: "median", Dots: true}
	for i := range n {
		f.X.Ticks = append(f.X.Ticks, document.Tick{At: float64(i), Text: fmt.Sprintf(form, i)})
		s.Points = append(s.Points, document.Point{X: float64(i), Y: float64(1000 + i*37%500)})
	}
	f.Series = []document.Series{s}
	return f
}

func single(name string, scale document.Scale, y float64) document.Figure {
	return document.Figure{
		Name: name, Title: name, Y: document.Axis{Scale: scale, Title: "ops/s"},
		Series: []document.Series{{Name: "goredis", Line: true, Ranges: document.Area, Points: []document.Point{{X: 3, Y: y, Low: y, High: y * 2}}}},
	}
}

func equal() document.Figure {
	p := document.Point{X: 5, Y: 7}
	return document.Figure{Name: "equal", Title: "equal", Series: []document.Series{{Name: "same", Line: true, Dots: true, Points: []document.Point{p, p, p}}}}
}

func spread(name string, low, high float64) document.Figure {
	return document.Figure{
		Name: name, Title: name, X: document.Axis{Scale: document.Log}, Y: document.Axis{Scale: document.Log},
		Series: []document.Series{{Name: "wide", Line: true, Points: []document.Point{{X: low, Y: low}, {X: high, Y: high}}}},
	}
}

// edges has long texts at both ends of its axis, and between two that are close.
func edges() document.Figure {
	f := single("edges", document.Linear, 1)
	f.Series[0].Points = append(f.Series[0].Points, document.Point{X: 9, Y: 2, Low: 1, High: 3})
	for _, at := range []float64{3, 3.1, 6, 6.5, 9} {
		f.X.Ticks = append(f.X.Ticks, document.Tick{At: at, Text: fmt.Sprintf("a long text at the place %g", at)})
		f.Y.Ticks = append(f.Y.Ticks, document.Tick{At: 1 + at/100, Text: "close"})
	}
	return f
}

func hostileFigure() document.Figure {
	f := named("hostile", 3, hostile+"%d")
	f.Title, f.Alt, f.X.Title, f.Y.Title = hostile, hostile, hostile, hostile
	f.Series[0].Name = hostile
	f.Bands = []document.Band{{Name: hostile, From: 900, To: 1000}}
	return f
}

// crowded has more clients than colours, and a title of a thousand words.
func crowded() document.Figure {
	f := document.Figure{Name: "crowded", Title: strings.Repeat("many words ", 500), X: document.Axis{Title: strings.Repeat("x", 5000)}}
	for i := range 40 {
		s := document.Series{Name: fmt.Sprintf("client with a rather long name that goes on, %d", i), Color: i, Line: true}
		for x := range 20 {
			s.Points = append(s.Points, document.Point{X: float64(x), Y: float64(i*x) / 3})
		}
		f.Series = append(f.Series, s)
	}
	return f
}

func rows(n int) document.Figure {
	f := forest()
	f.Name, f.Y.Ticks, f.Series = "rows", nil, nil
	for _, side := range []float64{-0.2, 0.2} {
		s := document.Series{Name: fmt.Sprintf("side %g", side), Dots: true, Ranges: document.Horizontal, Color: int(side*5) + 1}
		for i := range n {
			s.Points = append(s.Points, document.Point{X: side * float64(i), Y: float64(i) + side, Low: side*float64(i) - 1, High: side*float64(i) + 2})
		}
		f.Series = append(f.Series, s)
	}
	for i := range n {
		f.Y.Ticks = append(f.Y.Ticks, document.Tick{At: float64(i), Text: fmt.Sprintf("scenario %d: a client of a long name, set+get, depth 10, 100 workers", i)})
	}
	return f
}
