package progress

import (
	"fmt"
	"slices"

	"respbench.dev/respbench/results"
)

// A cellKey tells cells of one run apart.
type cellKey struct {
	side, server string
	point        results.Key
}

// A cell is what the rounds of a point gave.
type cell map[int]outcome // by round

// An outcome is that of one trial.
type outcome struct {
	ok     bool
	rate   float64 // ops a second
	errors int64
}

// count adds a trial to its cell, unless it was not carried out.
func (d *Display) count(t results.Trial) *cell {
	if t.Status != results.OK && t.Status != results.Failed {
		return nil
	}
	key := cellKey{t.Side, t.Point.Server, results.PointKey(results.Header{}, t.Point)}
	c := d.cells[key]
	if c == nil {
		c = &cell{}
		d.cells[key] = c
	}
	(*c)[t.Round] = outcomeOf(t)
	return c
}

func outcomeOf(t results.Trial) outcome {
	o := outcome{ok: t.Status == results.OK}
	if t.Measured == nil {
		return o
	}
	if t.Window > 0 {
		o.rate = float64(t.Ops) / t.Window.Seconds()
	}
	for _, n := range t.Errors {
		o.errors += n
	}
	return o
}

// over reports whether every round has been there.
func (c cell) over(rounds int) bool { return len(c) == rounds }

// line says what all rounds of the cell gave, whose last trial s shows.
func (c cell) line(s *state, rounds int) line {
	var rates []float64
	var errors int64
	for _, o := range c {
		errors += o.errors
		if o.ok {
			rates = append(rates, o.rate)
		}
	}
	parts := []part{
		{text: s.side, rank: 2}, {text: s.cell, rank: 1}, {text: s.client}, {text: s.load, rank: 2},
		{text: fmt.Sprintf("%d/%d ok", len(rates), rounds), rank: 4},
	}
	if len(rates) < rounds {
		parts[4].rank, parts[4].bad = 2, true
	}
	switch slices.Sort(rates); len(rates) {
	case 0:
	case 1:
		parts = append(parts, part{text: grouped(rates[0]) + " ops/s", rank: 1})
	default:
		parts = append(parts, part{text: grouped(rates[0]) + ".." + grouped(rates[len(rates)-1]), rank: 3},
			part{text: "median " + grouped(median(rates)) + " ops/s", rank: 1})
	}
	failed := part{text: grouped(float64(errors)) + plural(errors, " error"), rank: 5}
	if errors > 0 {
		failed.rank, failed.bad = 2, true
	}
	return line{parts: append(parts, failed)}
}

func median(sorted []float64) float64 {
	half := len(sorted) / 2
	if len(sorted)%2 == 0 {
		return (sorted[half-1] + sorted[half]) / 2
	}
	return sorted[half]
}

// trialLine is the line of the trial that was started last, with what else is
// to be said.
func (d *Display) trialLine(t results.Trial, more ...string) line {
	s := &d.state
	parts := []part{{text: fmt.Sprintf("[%d/%d] round %d", s.number, d.work.Trials, s.round)}}
	if s.side != "" {
		parts = append(parts, part{text: fmt.Sprintf("%-4s", s.side)})
	}
	parts = append(parts, part{text: joined(s.cell, s.client, s.load)}, part{text: became(t), bad: t.Status != results.OK})
	for _, text := range more {
		parts = append(parts, part{text: text})
	}
	return line{parts: parts, whole: true}
}

// became is how a trial ended.
func became(t results.Trial) string {
	reason := firstLine(t.Reason) // stacks stay in the file
	if t.Measured == nil || t.Window <= 0 {
		return string(t.Status) + ": " + reason
	}
	text := fmt.Sprintf("%s  %.0f ops/s", t.Status, float64(t.Ops)/t.Window.Seconds())
	if reason != "" {
		text += ": " + reason
	}
	return text
}
