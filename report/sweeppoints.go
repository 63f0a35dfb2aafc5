package report

import (
	"fmt"
	"slices"
	"strings"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/report/document"
)

func (g curveFigures) axisTitle() string {
	if g.by == ByRate {
		return "offered, ops/s"
	}
	return string(g.by)
}

// ticks are at the loads, unless these are too many or too close for that.
func (g curveFigures) ticks() []document.Tick {
	var loads []float64
	for _, c := range g.curves {
		for _, p := range c.Points {
			loads = append(loads, p.Load)
		}
	}
	slices.Sort(loads)
	loads = slices.Compact(loads)
	if len(loads) > mostTicks {
		return nil
	}
	var ticks []document.Tick
	for i, load := range loads {
		if load <= 0 || i > 0 && load < tickApart*loads[i-1] {
			return nil
		}
		ticks = append(ticks, document.Tick{At: load, Text: strings.TrimSuffix(g.by.bare(load), "/s")})
	}
	return ticks
}

// values are all that are drawn of a metric.
func (g curveFigures) values(m Metric) []float64 {
	var values []float64
	for _, c := range g.curves {
		for _, p := range c.Points {
			if s := m.of(p.Row); s != nil {
				values = append(values, s.Values...)
			}
		}
	}
	return values
}

func (g curveFigures) unit() string {
	for _, c := range g.curves {
		for _, p := range c.Points {
			if p.Row.Unit != "" {
				return p.Row.Unit
			}
		}
	}
	return "ops"
}

// points leave out loads without a value, and what a log axis cannot show.
func (g curveFigures) points(i int, m Metric, in scale, y document.Scale) []document.Point {
	var points []document.Point
	for _, at := range g.curves[i].Points {
		s := at.drawn(m, y)
		if s == nil {
			continue
		}
		p := document.Point{X: at.Load, Y: s.Median / in.by, Low: slices.Min(s.Values) / in.by, High: slices.Max(s.Values) / in.by}
		p.Text = fmt.Sprintf("%s, %s: %s", g.names[i], g.by.at(at.Load), g.pointUnit(m, in).words(p.Y, p.Low, p.High, s.N))
		if at.Row.overloaded() {
			p.Mark, p.Text = document.Flagged, p.Text+"; "+at.Row.overloadWords()
		}
		points = append(points, p)
	}
	return points
}

// drawn is nil where a figure has no point.
func (p LoadPoint) drawn(m Metric, y document.Scale) *stats.Summary {
	s := m.of(p.Row)
	if s == nil || p.Load <= 0 || y == document.Log && slices.Min(s.Values) <= 0 {
		return nil
	}
	return s
}

// undrawn says why there is no point.
func (p LoadPoint) undrawn(m Metric) string {
	switch {
	case p.Row.Rounds.OK == 0:
		return "no round is ok"
	case !m.latency():
		return "not above zero"
	case p.Row.overloaded():
		return "overloaded"
	}
	return "too few samples"
}

// leftOut names the loads without a point: "Without a point: raw at 4 and 8 workers (overloaded). "
func (g curveFigures) leftOut(m Metric, y document.Scale) string {
	var words []string
	for i, c := range g.curves {
		loads := map[string][]float64{}
		var reasons []string
		for _, p := range c.Points {
			if p.drawn(m, y) == nil {
				reasons = addNew(reasons, p.undrawn(m))
				loads[p.undrawn(m)] = append(loads[p.undrawn(m)], p.Load)
			}
		}
		for _, reason := range reasons {
			words = append(words, fmt.Sprintf("%s at %s (%s)", g.names[i], g.by.list(loads[reason]), reason))
		}
	}
	if len(words) == 0 {
		return ""
	}
	return "Without a point: " + strings.Join(words, ", ") + ". "
}

func (g curveFigures) pointUnit(m Metric, in scale) scale {
	if m.Name == throughputMetric {
		in.unit = g.unit() + "/s"
	}
	return in
}

// knees are lines at the loads that are one, each with the clients that have it.
func (g curveFigures) knees() []document.Band {
	var bands []document.Band
	for i, c := range g.curves {
		if len(c.Points) < leastLoads || c.Knee.Load == nil || *c.Knee.Load <= 0 {
			continue
		}
		at := *c.Knee.Load
		if same := slices.IndexFunc(bands, func(b document.Band) bool { return b.From == at }); same >= 0 {
			bands[same].Name += ", " + g.names[i]
			continue
		}
		bands = append(bands, document.Band{Name: "knee of " + g.names[i], Vertical: true, From: at, To: at})
	}
	return bands
}

// bounds are lines at the limits of the SLO that are of the metric.
func (g curveFigures) bounds(m Metric, in scale, y document.Scale) []document.Band {
	var bands []document.Band
	for _, l := range g.slo() {
		if l.Metric.Name == m.Name && (l.Value > 0 || y != document.Log) {
			bands = append(bands, document.Band{Name: "SLO " + l.Text, From: l.Value / in.by, To: l.Value / in.by})
		}
	}
	return bands
}

// alt tells the highest load of all, what is reached there, and the knees.
func (g curveFigures) alt(f document.Figure, unit string) string {
	var last []labelled
	most := 0.0
	for _, p := range points(f.Series) {
		most = max(most, p.X)
	}
	for _, s := range f.Series {
		for _, p := range s.Points {
			if p.X == most {
				last = append(last, labelled{s.Name, p.Y})
			}
		}
	}
	if len(last) == 0 {
		return ""
	}
	alt := fmt.Sprintf("At %s: %s.", g.by.at(most), ends(last, func(v float64) string { return significant(v) + " " + unit }))
	var more []string
	for i, c := range g.curves {
		var found []string
		if len(c.Points) >= leastLoads {
			found = append(found, "knee "+c.Knee.Text)
		}
		if c.Capacity != nil {
			found = append(found, "capacity "+c.Capacity.Text)
		}
		if len(found) > 0 {
			more = append(more, g.names[i]+": "+strings.Join(found, ", "))
		}
	}
	if len(more) == 0 {
		return alt
	}
	return alt + " " + strings.Join(more, "; ") + "."
}
