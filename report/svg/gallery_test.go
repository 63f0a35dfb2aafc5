package svg

import (
	"fmt"
	"math"

	"respbench.dev/respbench/report/document"
)

var clients = []string{"goredis", "rueidis", "redigo", "radix", "valkey-go", "raw"}

// gallery has a figure of each kind, as they are made of real runs.
func gallery() []document.Figure {
	return []document.Figure{
		spectrum(), throughput(), runOrder(), sweep(), forest(), timeline(),
	}
}

func spectrum() document.Figure {
	f := document.Figure{
		Kind: document.Spectrum, Name: "spectrum-concurrent", Title: "concurrent: service time by percentile, 100 workers",
		Alt: "rueidis is lowest up to p99.",
		X:   document.Axis{Title: "percentile", Scale: document.Log},
		Y:   document.Axis{Title: "service time, us", Scale: document.Log},
	}
	for _, p := range []float64{0, 50, 90, 99, 99.9, 99.99} {
		f.X.Ticks = append(f.X.Ticks, document.Tick{At: 100 / (100 - p), Text: fmt.Sprintf("%g %%", p)})
	}
	for i, name := range clients {
		s := document.Series{Name: name, Color: i, Line: true, Ranges: document.Area}
		for x := 1.0; x < 1e4; x *= 1.25 {
			y := (120 + 30*float64(i)) * (1 + 0.3*math.Log(x)*(1+0.2*math.Sin(x+float64(i)))) * math.Pow(x, 0.1)
			s.Points = append(s.Points, document.Point{X: x, Y: y, Low: y * 0.9, High: y * (1.05 + math.Log10(x)/10)})
		}
		f.Series = append(f.Series, s)
	}
	return f
}

func throughput() document.Figure {
	f := document.Figure{
		Kind: document.Throughput, Name: "throughput-concurrent", Title: "concurrent: throughput of each trial",
		Alt: "rueidis serves most.",
		X:   document.Axis{Scale: document.Category},
		Y:   document.Axis{Title: "throughput, set+get/s", Zero: true},
	}
	for i, name := range clients {
		f.X.Ticks = append(f.X.Ticks, document.Tick{At: float64(i), Text: name})
		s := document.Series{Name: name, Color: i, Dots: true}
		base := 20000 + 7000*math.Mod(float64(i)*1.7, 3)
		for round := range 5 {
			p := document.Point{X: float64(i) + 0.08*float64(round-2), Y: base + 400*math.Sin(float64(round*7+i))}
			if i == 2 && round == 3 {
				p.Mark = document.Failed
			}
			if i == 4 && round == 1 {
				p.Mark = document.Flagged
			}
			s.Points = append(s.Points, p)
		}
		s.Points = append(s.Points, document.Point{X: float64(i), Y: base, Mark: document.Typical})
		f.Series = append(f.Series, s)
	}
	return f
}

func runOrder() document.Figure {
	f := document.Figure{
		Kind: document.Order, Name: "order-concurrent", Title: "concurrent: trials in the order they ran",
		Alt: "No drift.",
		X:   document.Axis{Title: "trial, in run order"},
		Y:   document.Axis{Title: "of the client's median, %"},
	}
	for i, name := range clients {
		s := document.Series{Name: name, Color: i, Dots: true}
		for round := range 10 {
			order := round*len(clients) + (i*5+round*7)%len(clients)
			p := document.Point{X: float64(order + 1), Y: 100 + 4*math.Sin(float64(order*3+i))}
			if round == 0 {
				p.Mark = document.Flagged
			}
			s.Points = append(s.Points, p)
		}
		f.Series = append(f.Series, s)
	}
	return f
}

func sweep() document.Figure {
	f := document.Figure{
		Kind: document.Sweep, Name: "sweep-command", Title: "command: latency under load",
		Alt:   "goredis keeps the objective up to 40,000/s.",
		X:     document.Axis{Title: "throughput, commands/s", Zero: true},
		Y:     document.Axis{Title: "p99, us", Scale: document.Log},
		Bands: []document.Band{{Name: "SLO: p99 < 1 ms", From: 1000, To: 1000}},
	}
	for i, name := range clients[:3] {
		s := document.Series{Name: name + " p50", Color: i, Line: true, Dots: true}
		tail := document.Series{Name: name + " p99", Color: i, Line: true, Dots: true, Dashed: true, Ranges: document.Vertical}
		for step := 1; step <= 8; step++ {
			x := float64(step) * (6000 + 1000*float64(i))
			y := 80 + 40/(1.05-float64(step)/8.5)
			s.Points = append(s.Points, document.Point{X: x, Y: y})
			p := document.Point{X: x, Y: y * 3, Low: y * 2.5, High: y * 3.8}
			if step == 8 {
				p.Mark = document.Failed
			}
			tail.Points = append(tail.Points, p)
		}
		f.Series = append(f.Series, s, tail)
	}
	return f
}

func forest() document.Figure {
	f := document.Figure{
		Kind: document.Forest, Name: "forest", Title: "What changed, with 95 % intervals",
		Alt:   "One of six regressed.",
		X:     document.Axis{Title: "new against base, %"},
		Y:     document.Axis{Scale: document.Category},
		Bands: []document.Band{{Name: "within 3 %", Vertical: true, From: -3, To: 3}, {Name: "no change", Vertical: true}},
	}
	names := []string{"regressed", "unchanged", "improved"}
	for i, name := range names {
		s := document.Series{Name: name, Color: i, Dots: true, Ranges: document.Horizontal}
		for row := i; row < 12; row += 3 {
			x := float64(i-1)*8 + math.Sin(float64(row))
			s.Points = append(s.Points, document.Point{X: x, Y: float64(row), Low: x - 1.5, High: x + 2})
		}
		f.Series = append(f.Series, s)
	}
	for row := range 12 {
		f.Y.Ticks = append(f.Y.Ticks, document.Tick{At: float64(row), Text: "concurrent, " + clients[row%6] + ", set+get, 100 workers"})
	}
	return f
}

func timeline() document.Figure {
	f := document.Figure{
		Kind: document.Timeline, Name: "timeline", Title: "outage: throughput by second",
		Alt:   "The outage lasts from 10 s to 14 s.",
		X:     document.Axis{Title: "since the window began, s", Zero: true},
		Y:     document.Axis{Title: "throughput, set+get/s", Zero: true},
		Bands: []document.Band{{Name: "server paused", Vertical: true, From: 10, To: 14}},
	}
	for i, name := range clients[:4] {
		s := document.Series{Name: name, Color: i, Line: true}
		for second := range 30 {
			y := 20000 + 3000*float64(i) + 500*math.Sin(float64(second*(i+2)))
			if second >= 10 && second < 14+i {
				y = 0
			}
			s.Points = append(s.Points, document.Point{X: float64(second), Y: y})
		}
		// What marks places of a line is not named again.
		marks := document.Series{Color: i, Dots: true, Points: []document.Point{s.Points[12], s.Points[13]}}
		for j := range marks.Points {
			marks.Points[j].Mark = document.Flagged
		}
		f.Series = append(f.Series, s, marks)
	}
	return f
}
