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
type cell struct {
	rounds             map[int]outcome
	side, name, client string
	load               string
}

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
		c = &cell{rounds: map[int]outcome{}}
		d.cells[key] = c
	}
	c.rounds[t.Round] = outcomeOf(t)
	return c
}

// counted adds the trial that was started last to its cell, and has the line of
// the cell written if that was its last round.
func (d *Display) counted(t results.Trial) {
	c := d.count(t)
	if c == nil || d.mode != Area {
		return
	}
	if !slices.Contains(d.unsaid, c) {
		s := &d.state
		c.side, c.name, c.client, c.load = s.side, s.cell, s.client, s.load
		d.unsaid = append(d.unsaid, c)
	}
	if len(c.rounds) == d.work.Rounds {
		d.say(c.line())
		d.unsaid = slices.DeleteFunc(d.unsaid, func(o *cell) bool { return o == c })
	}
}

// sayCells has the lines written of cells whose last round never came: the run
// ended before.
func (d *Display) sayCells() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.unsaid {
		d.say(c.line())
	}
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

// line says what all rounds of the cell gave.
func (c *cell) line() line {
	var rates []float64
	var errors int64
	for _, o := range c.rounds {
		errors += o.errors
		if o.ok {
			rates = append(rates, o.rate)
		}
	}
	parts := []part{
		{text: c.side, rank: 2}, {text: c.name, rank: 1}, {text: c.client}, {text: c.load, rank: 2},
		{text: fmt.Sprintf("%d/%d ok", len(rates), len(c.rounds)), rank: 4},
	}
	if len(rates) < len(c.rounds) {
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
