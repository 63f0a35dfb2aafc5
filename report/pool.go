package report

import (
	"slices"
	"time"

	"respbench.dev/respbench/results"
)

// A cell holds the rounds of one point, of all runs that may be pooled.
type cell struct {
	key     results.Key
	header  results.Header // of the first run that has it
	point   results.Point
	planned int
	trials  []results.Trial // by run, then in the order in which they ran
	runs    []string        // of each trial, the id of its run
	started []time.Time     // of each trial, when its run began
	skipped string          // why it was not planned
	lost    []string        // why planned rounds have no trial
}

// pool sorts trials, points that were never run, and skips into cells, in the
// order of the reports of their runs.
func pool(runs []results.Run) []*cell {
	var p pooler
	for _, run := range runs {
		p.run(run)
	}
	return p.cells
}

type pooler struct{ cells []*cell }

// find returns the cell that key fits, or a new one.
func (p *pooler) find(key results.Key, h results.Header, point results.Point) *cell {
	for _, c := range p.cells {
		if joined, ok := c.key.Join(key); ok {
			c.key = joined
			return c
		}
	}
	c := &cell{key: key, header: h, point: point}
	p.cells = append(p.cells, c)
	return c
}

func (p *pooler) run(run results.Run) {
	h := run.Header
	trials := map[results.Key][]results.Trial{}
	for _, t := range run.Trials {
		key := results.PointKey(h, t.Point)
		trials[key] = append(trials[key], t)
	}
	planned := plannedRounds(run)
	for _, point := range h.Points {
		key := results.PointKey(h, point)
		p.point(run, point, trials[key], planned[key])
		delete(trials, key)
	}
	// A trial of a point that the header does not list is shown all the same.
	for _, t := range run.Trials {
		key := results.PointKey(h, t.Point)
		p.point(run, t.Point, trials[key], 0)
		delete(trials, key)
	}
	for _, skip := range h.Skips {
		p.find(results.PointKey(h, skip.Point), h, skip.Point).skipped = skip.Reason
	}
}

// plannedRounds are those that a run needed, by point.
func plannedRounds(run results.Run) map[results.Key]int {
	h := run.Header
	planned := map[results.Key]int{}
	for at, i := range h.Order {
		if round := 1 + at/max(len(h.Points), 1); !run.Enough(round) {
			planned[results.PointKey(h, h.Points[i])]++
		}
	}
	return planned
}

// point adds the trials of one point of a run. Those that were measured come
// first: what only a trial knows then helps to place the others.
func (p *pooler) point(run results.Run, point results.Point, trials []results.Trial, planned int) {
	if len(trials) == 0 && planned == 0 {
		return
	}
	touched := map[*cell]int{}
	for _, measured := range []bool{true, false} {
		for _, t := range trials {
			if (t.Measured != nil) == measured {
				c := p.find(results.TrialKey(run.Header, t), run.Header, point)
				c.trials, c.runs = append(c.trials, t), append(c.runs, run.Header.ID)
				c.started = append(c.started, run.Header.Started)
				touched[c]++
			}
		}
	}
	if len(touched) == 0 {
		touched[p.find(results.PointKey(run.Header, point), run.Header, point)] = 0
	}
	for c, done := range touched {
		c.plan(run, max(done, planned/len(touched)), done)
	}
}

// plan notes how many rounds of a run were planned and why some are missing.
func (c *cell) plan(run results.Run, planned, done int) {
	c.planned += planned
	slices.SortStableFunc(c.trials[len(c.trials)-done:], func(a, b results.Trial) int { return a.Order - b.Order })
	if done == planned {
		return
	}
	reason := cutOff
	if run.End != nil {
		reason = run.End.Reason
	}
	if !slices.Contains(c.lost, reason) {
		c.lost = append(c.lost, reason)
	}
}

const cutOff = "the run was cut off before its end"
