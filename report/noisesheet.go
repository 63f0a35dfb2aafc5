package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"respbench.dev/respbench/results"
)

// WriteNoise writes it in one of the Formats, by name; as JSON, it is what
// ReadNoise reads.
func WriteNoise(w io.Writer, n *Noise, format string) error {
	var out strings.Builder
	switch warnings := n.gathered(); format {
	case "json":
		return encode(w, n)
	case "markdown":
		markdownSheets(&out, n.sheets())
		if len(warnings) > 0 {
			out.WriteByte('\n')
		}
		markdownBeneath(&out, warnings, nil)
	default:
		tableSheets(&out, n.sheets(), 0)
		out.WriteString(beneath(warnings, nil, 0))
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// gathered has each warning once, with all that was seen.
func (n *Noise) gathered() (warnings []Warning) {
	for _, w := range n.Warnings {
		warnings = addWarning(warnings, w, "")
	}
	return warnings
}

const (
	floorNote = "noise floor: how far apart equal sides may be here; smaller changes mean nothing"
	seenNote  = "smallest change: what so many rounds a side show as significant in nine of ten cases; rounds for 1%: so many a side show a change of 1% as significant as often"
)

func (n *Noise) sheets() []sheet { return []sheet{n.Harness.sheet(), n.sheet()} }

func (h Harness) sheet() sheet {
	step := "a step with a client that does nothing"
	if h.StepStdev != nil {
		step += fmt.Sprintf(" (stdev %s)", number(*h.StepStdev, decimals(*h.StepStdev, 2)))
	}
	return sheet{
		head: "harness: what respbench itself costs, and how well this machine keeps time",
		columns: []column{
			{name: "what", left: true, cells: []string{
				step, "reading the clock", "smallest step of the clock",
				"lag of a sleep of 1 ms, p50", "lag of a sleep of 1 ms, p99",
			}},
			{name: "ns", cells: []string{
				number(h.Step, decimals(h.Step, 3)), number(h.Clock, decimals(h.Clock, 3)), integer(h.ClockResolution),
				integer(h.TimerLagP50), integer(h.TimerLagP99),
			}},
		},
	}
}

// A noiseRow is a metric of a cell.
type noiseRow struct {
	CellNoise
	MetricNoise
}

// rows are of the metrics that are gated by default; the others are in the file.
func (n *Noise) rows() []noiseRow {
	var rows []noiseRow
	for _, c := range n.Cells {
		for _, m := range c.Metrics {
			if slices.Contains(DefaultMetrics, m.Metric) {
				rows = append(rows, noiseRow{c, m})
			}
		}
	}
	return rows
}

func (n *Noise) sheet() sheet {
	rows := n.rows()
	s := sheet{head: n.headline(), footnotes: []string{floorNote, seenNote}}
	addColumn(&s, rows, column{name: "cell", left: true}, func(r noiseRow) string { return r.Cell })
	addColumn(&s, rows, column{name: "metric", left: true}, noiseRow.metricWords)
	addColumn(&s, rows, column{name: "noise floor"}, func(r noiseRow) string { return percentAbove(r.Floor) })
	addColumn(&s, rows, column{name: "smallest change"}, noiseRow.smallest)
	for _, e := range effects {
		addColumn(&s, rows, column{name: "rounds", unit: "for " + e.name}, func(r noiseRow) string { return r.rounds(e.name) })
	}
	return s
}

func (n *Noise) headline() string {
	var servers []string
	for _, s := range n.Servers {
		servers = append(servers, serverWords(s))
	}
	at := Row{Machine: n.Machine, Server: n.Servers[0]}
	return plain(fmt.Sprintf("noise: two equal sides, %s each, back to back; %s; %s; smallest change and rounds are for %s together at %s",
		counted(n.Rounds, "round"), strings.Join(servers, " and "), whereWords(at), counted(n.Family, "test"), percent(n.Alpha)))
}

func (r noiseRow) metricWords() string {
	m, err := MetricNamed(r.Metric)
	if err != nil {
		return r.Metric // of another version
	}
	rate := r.Key[results.FieldRate.String()]
	return m.named(strings.HasSuffix(rate, "/s")) // else "closed loop", or of another version
}

func (r noiseRow) smallest() string {
	if r.Smallest == nil {
		return nothing
	}
	return percentAbove(*r.Smallest)
}

func (r noiseRow) rounds(effect string) string {
	rounds := r.Rounds[effect]
	if rounds == nil {
		return "more"
	}
	return integer(*rounds)
}

// percentAbove writes a share that is not zero, but may be small.
func percentAbove(share float64) string {
	if share < 0.001 {
		return "<0.1%"
	}
	return percent(share)
}
