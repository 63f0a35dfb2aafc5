package report

import (
	"fmt"
	"io"
	"strings"

	"respbench.dev/respbench/internal/stats"
)

// An action is an entry of the arrays that github-action-benchmark reads. It
// has no place for what was not measured.
type action struct {
	Name  string  `json:"name"`
	Unit  string  `json:"unit"`
	Value float64 `json:"value"`           // the median over rounds
	Range string  `json:"range,omitempty"` // their standard deviation
	Extra string  `json:"extra"`           // shown with a point of a chart
}

// writeActions writes the metrics of which the higher or the lower values are
// better: the two never mix in an array. Disturbed cells are left out: theirs are
// of the disturbance.
func writeActions(better stats.Direction) func(io.Writer, *Summary, Layout) error {
	return func(w io.Writer, s *Summary, _ Layout) error {
		entries := []action{}
		for i, name := range opNames(s.Rows) {
			if r := s.Rows[i]; r.Point.Disturb == "" {
				entries = append(entries, r.actions(name, better)...)
			}
		}
		return encode(w, entries)
	}
}

func (r Row) actions(name string, better stats.Direction) []action {
	var entries []action
	for _, m := range metrics {
		if s := m.of(r); s != nil && m.Better == better {
			unit := m.Unit.base()
			if m.Unit == opsPerSecond {
				unit = r.Unit + "/s"
			}
			entries = append(entries, r.action(name+" "+m.named(r.open()), unit, s))
		}
	}
	for _, own := range r.Metrics {
		if own.Mean != nil && own.Better == betterWord(better) {
			entries = append(entries, r.action(name+" "+own.Name, own.Unit, own.Mean))
		}
	}
	return entries
}

func (r Row) action(name, unit string, s *stats.Summary) action {
	a := action{Name: plain(name), Unit: plain(unit), Value: s.Median}
	if s.Stdev != nil {
		a.Range = "± " + exact(*s.Stdev)
	}
	extra := []string{
		"worst " + exact(s.Worst), "best " + exact(s.Best), fmt.Sprintf("rounds %d of %d", s.N, r.Rounds.Planned),
		plain(r.libraryWords()), plain("server " + serverCell(r.Server)),
	}
	a.Extra = strings.Join(extra, "\n")
	return a
}
