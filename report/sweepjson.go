package report

import (
	"io"

	"respbench.dev/respbench/internal/stats"
)

// sweepSchema is the version of the JSON document of a sweep.
const sweepSchema = 1

// In the document, what is not known is null.
type (
	jsonSweep struct {
		Type      string         `json:"type"` // "sweep"
		Schema    int            `json:"schema"`
		SLO       []string       `json:"slo"`
		Curves    []jsonCurve    `json:"curves"`
		Crossings []jsonCrossing `json:"crossings"`
		Warnings  []jsonWarning  `json:"warnings"`
		Notes     []string       `json:"notes"`
		Findings  []jsonFinding  `json:"findings"` // of machine and servers, before the runs
	}
	jsonCurve struct {
		Cell     string        `json:"cell"`
		Scenario string        `json:"scenario"`
		Disturb  *string       `json:"disturb"`
		Op       *string       `json:"op"`
		Client   string        `json:"client"`
		By       string        `json:"by"` // "workers" or "rate"
		Points   []jsonPoint   `json:"points"`
		Knee     jsonKnee      `json:"knee"`
		Capacity *jsonCapacity `json:"capacity"` // null: no SLO
	}
	// jsonPoint holds what a report has of the cell.
	jsonPoint struct {
		Load  float64 `json:"at"`    // workers, or ops a second
		Holds *bool   `json:"holds"` // the SLO; null: it cannot be told, or there is none
		Why   *string `json:"why"`   // it does not hold, or cannot be told
		jsonRow
	}
	jsonKnee struct {
		At   *float64 `json:"at"` // null: none was found
		Text string   `json:"text"`
	}
	jsonCapacity struct {
		Held  *float64  `json:"held"`       // the highest load that keeps the SLO
		Broke *float64  `json:"broke"`      // the lowest above it that does not
		Why   *string   `json:"why"`        // it broke
		Again []float64 `json:"held_again"` // loads above that keep it
		Open  []float64 `json:"not_known"`  // loads of which it cannot be told
		Text  string    `json:"text"`
	}
	jsonCrossing struct {
		First   string     `json:"first"` // cells of curves
		Second  string     `json:"second"`
		Metric  string     `json:"metric"`
		Leads   []jsonLead `json:"leads"`
		Changes []jsonTurn `json:"changes"`
		Text    string     `json:"text"`
	}
	jsonLead struct {
		At    float64  `json:"at"`
		Ahead *string  `json:"ahead"` // a cell; null: too close to call
		Level bool     `json:"level"` // the difference is certainly below the threshold
		Ratio *float64 `json:"ratio"` // of the medians, first by second
	}
	jsonTurn struct {
		Below float64 `json:"below"` // the last load before
		At    float64 `json:"at"`
		Ahead string  `json:"ahead"` // from there on
	}
)

func writeSweepJSON(w io.Writer, s *SweepSummary, _ Layout) error { return encode(w, s.json()) }

func (s *SweepSummary) json() jsonSweep {
	return jsonSweep{
		Type: "sweep", Schema: sweepSchema, SLO: list(s.SLO, func(l Limit) string { return l.Text }),
		Curves:    list(s.Curves, func(c Curve) jsonCurve { return c.json(s.SLO) }),
		Crossings: list(s.Crossings, Crossing.json), Warnings: list(s.Warnings, Warning.json), Notes: list(s.Notes, same),
		Findings: findingsOf(s.Headers),
	}
}

func (c Curve) json(slo []Limit) jsonCurve {
	first := c.Points[0].Row.Point
	return jsonCurve{
		Cell: c.Name, Scenario: first.Scenario, Disturb: known(first.Disturb), Op: known(c.Op), Client: first.Client(), By: string(c.By),
		Points: list(c.Points, func(p LoadPoint) jsonPoint { return p.json(slo) }),
		Knee:   jsonKnee{c.Knee.Load, c.Knee.Text}, Capacity: c.Capacity.json(),
	}
}

func (p LoadPoint) json(slo []Limit) jsonPoint {
	j := jsonPoint{Load: p.Load, jsonRow: p.Row.json()}
	if len(slo) == 0 {
		return j
	}
	o, why := p.under(slo)
	if j.Why = known(why); o != open {
		j.Holds = new(o == held)
	}
	return j
}

func (k *Capacity) json() *jsonCapacity {
	if k == nil {
		return nil
	}
	load := func(p *LoadPoint) *float64 {
		if p == nil {
			return nil
		}
		return &p.Load
	}
	number := func(v float64) float64 { return v }
	return &jsonCapacity{load(k.Held), load(k.Broke), known(k.Why), list(k.Again, number), list(k.Open, number), k.Text}
}

func (x Crossing) json() jsonCrossing {
	ahead := func(l stats.Lead) *string {
		switch l {
		case stats.First:
			return &x.First.Name
		case stats.Second:
			return &x.Second.Name
		}
		return nil
	}
	return jsonCrossing{
		First: x.First.Name, Second: x.Second.Name, Metric: x.Metric.Name, Text: x.Text,
		Leads: list(x.Leads, func(p LeadAt) jsonLead {
			j := jsonLead{At: p.Load, Ahead: ahead(p.Lead), Level: p.Lead == stats.Level}
			if p.Ratio != nil {
				j.Ratio = finite(*p.Ratio)
			}
			return j
		}),
		Changes: list(x.Changes, func(t Turn) jsonTurn { return jsonTurn{t.Below, t.At, *ahead(t.Ahead)} }),
	}
}
