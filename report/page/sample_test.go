package page

import (
	"fmt"
	"math"

	"respbench.dev/respbench/report/document"
)

var clientNames = []string{"raw", "rueidis", "goredis", "redigo"}

// sample is a document with every kind of figure, range, scale and mark.
func sample() document.Document {
	return document.Document{
		Title: "Four clients on two cores",
		Headlines: []string{
			"rueidis served 2.1x the set+get per second of goredis with 100 workers; the difference is larger than the spread.",
			"With one worker no client is more than 20% behind raw.",
		},
		Asked:     []string{"sync and concurrent: set+get per second; 5 rounds; 16 B values; 100,000 keys.", "Client and server on one machine, one core each."},
		Sections:  []document.Section{concurrent(), sweepSection(), comparison()},
		Warnings:  []document.Warning{{Code: "client-saturated", Seen: []string{"concurrent raw: the client used 96% of its one CPU", "concurrent rueidis: 100%"}, Advice: "one core for the client is too few here: --pin none, or a machine with more cores"}},
		Notes:     []string{"The run was resumed once."},
		Facts:     []document.Fact{{Name: "CPU", Value: "Intel(R) Xeon(R) Processor @ 2.50GHz, 2 cores"}, {Name: "server", Value: "redis 7.0.15 (spawned)"}, {Name: "Go", Value: "go1.26"}, {Name: "rueidis", Value: "v1.0.79"}, {Name: "goredis", Value: "v9.23.0"}},
		Reproduce: []string{"respbench run -c raw,rueidis,goredis,redigo -s sync,concurrent --url redis://HOST:6379", "respbench report --format html -o report.html results/FILE.jsonl"},
	}
}

func concurrent() document.Section {
	return document.Section{
		Name: "concurrent", Title: "concurrent: 100 workers", Text: []string{"A hundred goroutines, each setting and getting a key, as fast as it goes."},
		Tables:  []document.Table{throughputTable()},
		Figures: []document.Figure{spectrumFigure(), throughputFigure(), orderFigure(), timelineFigure()},
	}
}

func throughputTable() document.Table {
	table := document.Table{
		Caption: "Throughput and latency",
		Columns: []document.Column{
			{Name: "scenario"}, {Name: "client"}, {Name: "worst", Unit: "set+get/s", Numeric: true}, {Name: "best", Unit: "set+get/s", Numeric: true},
			{Name: "stdev", Numeric: true}, {Name: "vs raw", Numeric: true}, {Name: "p50", Unit: "ms", Numeric: true}, {Name: "p99", Unit: "ms", Numeric: true},
			{Name: "client CPU", Unit: "us/op", Numeric: true}, {Name: "allocs/op", Numeric: true}, {Name: "status", Prose: true},
		},
		Footnotes: []string{"(1) above raw because this library sends the commands of concurrent callers together; raw has a connection for each worker"},
	}
	tones := []document.Tone{document.Plain, document.Good, document.Alert, document.Bad}
	for i, name := range clientNames {
		worst := []float64{62731, 71670, 31160, 52572}[i]
		row := document.TableRow{Tone: tones[i], Cells: []document.Cell{
			{Text: "concurrent"}, {Text: name}, valued("%.0f", worst), valued("%.0f", worst*1.05), valued("%.0f", worst/50), valued("%.2fx", worst/62731),
			valued("%.2f", 90000/worst), valued("%.2f", 250000/worst), valued("%.1f", 800000/worst), valued("%.2f", float64(i*3)), {Text: []string{"ok", "ok (1)", "overloaded", "failed: 2 of 5 trials"}[i]},
		}}
		if i == 3 {
			row.Cells[7] = document.Cell{Text: "n/a"}
		}
		table.Rows = append(table.Rows, row)
	}
	table.Rows = append(table.Rows, document.TableRow{Tone: document.Muted, Cells: append([]document.Cell{{Text: "concurrent"}, {Text: "fake"}}, make([]document.Cell, 9)...)})
	return table
}

func valued(format string, v float64) document.Cell {
	return document.Cell{Text: fmt.Sprintf(format, v), Value: &v}
}

// eachClient makes a series of n points a client.
func eachClient(base document.Series, n int, at func(client, i int) document.Point) []document.Series {
	var all []document.Series
	for c, name := range clientNames {
		s := base
		s.Name, s.Client, s.Color = name, name, c
		for i := range n {
			s.Points = append(s.Points, at(c, i))
		}
		all = append(all, s)
	}
	return all
}

func spectrumFigure() document.Figure {
	percents := []string{"0", "50", "75", "90", "95", "99", "99.5", "99.9", "99.95", "99.99"}
	var ticks []document.Tick
	for _, text := range percents {
		var p float64
		fmt.Sscan(text, &p)
		ticks = append(ticks, document.Tick{At: 100 / (100 - p), Text: text + "%"})
	}
	return document.Figure{
		Kind: document.Spectrum, Name: "spectrum-concurrent-1", Title: "Latency by percentile", Caption: "The line is the median of the rounds, the band the lowest and highest. To the right is the tail.",
		Alt: "goredis is slowest at every percentile; at 99.9% raw takes 3.9 ms and rueidis 2.9 ms.",
		X:   document.Axis{Title: "percentile", Scale: document.Log, Ticks: []document.Tick{ticks[0], ticks[1], ticks[3], ticks[5], ticks[7], ticks[9]}}, Y: document.Axis{Title: "service time, ms", Scale: document.Log},
		Series: eachClient(document.Series{Line: true, Ranges: document.Area}, len(percents), func(c, i int) document.Point {
			y := []float64{1.4, 1.3, 2.9, 1.8}[c] * math.Pow(1.15+0.02*float64(c), float64(i))
			return document.Point{X: ticks[i].At, Y: y, Low: y * 0.93, High: y * 1.1, Text: fmt.Sprintf("%s: %.2f ms", ticks[i].Text, y)}
		}),
		Bands: []document.Band{{Name: "SLO: 5 ms", From: 5, To: 5}},
	}
}

func throughputFigure() document.Figure {
	var ticks []document.Tick
	for i, name := range clientNames {
		ticks = append(ticks, document.Tick{At: float64(i), Text: name})
	}
	return document.Figure{
		Kind: document.Throughput, Name: "throughput-concurrent-1", Title: "Throughput, every trial", Caption: "A dot a trial, the bar their median; a cross has failed, a hollow one carries a warning.",
		Alt: "rueidis is ahead of raw, redigo behind, goredis half as fast.",
		X:   document.Axis{Title: "client", Scale: document.Category, Ticks: ticks}, Y: document.Axis{Title: "set+get per second", Zero: true},
		Series: eachClient(document.Series{Dots: true, Ranges: document.Vertical}, 6, func(c, i int) document.Point {
			y := []float64{64000, 75000, 33000, 53000}[c]
			if i == 5 {
				return document.Point{X: float64(c), Y: y, Mark: document.Typical, Text: fmt.Sprintf("median: %.0f set+get/s", y)}
			}
			y *= 1 + 0.02*float64(i-2)
			p := document.Point{X: float64(c) + 0.08*float64(i-2), Y: y, Low: y * 0.97, High: y * 1.03, Text: fmt.Sprintf("round %d: %.0f set+get/s", i+1, y)}
			if c == 3 && i == 1 {
				p.Mark = document.Failed
			}
			if c == 2 && i == 3 {
				p.Mark = document.Flagged
			}
			return p
		}),
	}
}

func orderFigure() document.Figure {
	f := document.Figure{
		Kind: document.Order, Name: "order-concurrent-1", Title: "In the order of the run", Caption: "A slope is drift: of the machine, not of a client, if all have it.", Alt: "No client drifts.",
		X: document.Axis{Title: "trial of the run", Scale: document.Linear}, Y: document.Axis{Title: "against the client's median, %", Scale: document.Linear},
		Series: eachClient(document.Series{Line: true, Dots: true}, 5, func(c, i int) document.Point {
			p := document.Point{X: float64(1 + i*4 + (c+i)%4), Y: 3*math.Sin(float64(c*5+i*2)) + float64(i), Text: fmt.Sprintf("round %d", i+1)}
			if i == c {
				p.Mark = document.Flagged
			}
			return p
		}),
	}
	f.Series[2].Name += ": noisy"
	return f
}

func timelineFigure() document.Figure {
	f := document.Figure{
		Kind: document.Timeline, Name: "timeline-concurrent-1", Title: "The course of the trials", Caption: "Operations in each tenth of a second.", Alt: "goredis stood still from 2.0 s to 2.5 s.",
		X: document.Axis{Title: "time in the trial, s", Scale: document.Linear}, Y: document.Axis{Title: "set+get per second", Zero: true},
		Series: eachClient(document.Series{Line: true}, 50, func(c, i int) document.Point {
			y := []float64{64000, 75000, 33000, 53000}[c] * (1 + 0.05*math.Sin(float64(i*(c+2))))
			if c == 2 && i >= 20 && i < 25 {
				y = 0
			}
			return document.Point{X: float64(i) / 10, Y: y}
		}),
		Bands: []document.Band{{Name: "disturbed: pause=500ms", Vertical: true, From: 2, To: 2.5}},
	}
	outage := document.Series{Name: "goredis: errors or outage", Client: "goredis", Color: 2}
	for _, at := range []float64{2, 2.4} {
		outage.Points = append(outage.Points, document.Point{X: at, Mark: document.Flagged, Text: "no answer"})
	}
	f.Series = append(f.Series, outage)
	return f
}

func sweepSection() document.Section {
	figure := document.Figure{
		Kind: document.Sweep, Name: "sweep-1", Title: "Throughput and p99 by offered load", Caption: "Solid: p50; dashed: p99. Lines end where a client could not keep up.", Alt: "goredis bends at 30,000 per second, rueidis at 70,000.",
		X: document.Axis{Title: "offered, set+get per second", Scale: document.Log}, Y: document.Axis{Title: "response time, ms", Scale: document.Log},
		Bands: []document.Band{{Name: "SLO: p99 < 2 ms", From: 2, To: 2}},
	}
	for _, dashed := range []bool{false, true} {
		series := eachClient(document.Series{Line: true, Dots: true, Dashed: dashed, Ranges: document.Area}, 6, func(c, i int) document.Point {
			y := 0.1 * math.Pow(1.5+0.1*float64(c), float64(i))
			if dashed {
				y *= 2.4
			}
			return document.Point{X: 1000 * math.Pow(2, float64(i)), Y: y, Low: y * 0.9, High: y * 1.15, Text: fmt.Sprintf("%d/s: %.2f ms", 1000<<i, y)}
		})
		for i := range series {
			if dashed {
				series[i].Name += " p99"
			}
		}
		figure.Series = append(figure.Series, series...)
	}
	return document.Section{Name: "sweep", Title: "Sweep: how much can it take?", Figures: []document.Figure{figure}}
}

func comparison() document.Section {
	cells := []string{"concurrent goredis: throughput", "concurrent goredis: p99", "concurrent rueidis: throughput", "sync rueidis: throughput"}
	s := document.Section{Name: "comparison", Title: "Base against new"}
	figure := document.Figure{
		Kind: document.Forest, Name: "forest", Title: "Changes with their intervals", Caption: "Within the band a change is too small to matter.", Alt: "Only concurrent goredis has changed: 6% less throughput.",
		X: document.Axis{Title: "change, %", Scale: document.Linear}, Y: document.Axis{Title: "cell", Scale: document.Category},
		Bands: []document.Band{{Name: "threshold: 3%", Vertical: true, From: -3, To: 3}, {Name: "no change", Vertical: true}},
	}
	table := document.Table{Caption: "Verdicts", Columns: []document.Column{{Name: "cell"}, {Name: "change", Unit: "%", Numeric: true}, {Name: "verdict", Prose: true}}}
	for i, cell := range cells {
		change := []float64{-6, 4.5, 0.4, -1.2}[i]
		figure.Y.Ticks = append(figure.Y.Ticks, document.Tick{At: float64(i), Text: cell})
		verdict := []string{"regressed", "inconclusive", "unchanged", "unchanged"}[i]
		tone := []document.Tone{document.Bad, document.Alert, document.Plain, document.Plain}[i]
		figure.Series = append(figure.Series, document.Series{Name: verdict, Color: []int{1, 4, 0, 0}[i], Dots: true, Ranges: document.Horizontal, Points: []document.Point{
			{X: change, Y: float64(i), Low: change - 2, High: change + 2, Text: fmt.Sprintf("%s: %+.1f%%", cell, change)},
		}})
		table.Rows = append(table.Rows, document.TableRow{Tone: tone, Cells: []document.Cell{{Text: cell}, valued("%+.1f", change), {Text: verdict}}})
	}
	s.Tables, s.Figures = []document.Table{table}, []document.Figure{figure}
	return s
}
