package plan

import (
	"time"

	"respbench.dev/respbench/results"
)

// perTrial is what starting and ending a trial takes beyond its own time.
const perTrial = 150 * time.Millisecond

// perStep is what a step is taken for where nothing has been measured yet.
const perStep = 50 * time.Microsecond

// Estimate is about how long the trials from one on will take.
func (p *Plan) Estimate(from int) time.Duration {
	var sum time.Duration
	for _, t := range p.Trials[min(from, len(p.Trials)):] {
		sum += expected(t.Limit, p.Points[t.Point].Load) + max(t.Warmup.Time, 50*time.Millisecond) + perTrial
	}
	return sum
}

// Longest is a bound on the window of a trial, or 0 where there is none.
func (t Trial) Longest() time.Duration {
	return max(t.Limit.MaxTime, t.Limit.Duration)
}

func expected(l results.Limit, load results.Load) time.Duration {
	if l.Duration > 0 {
		return l.Duration
	}
	each := perStep
	if load.Rate > 0 {
		each = time.Duration(float64(max(load.Depth, 1)) / load.Rate * float64(time.Second))
	}
	typical := max(l.MinTime, time.Duration(max(l.Steps, l.MinSteps))*each)
	if l.MaxTime > 0 {
		return min(typical, l.MaxTime)
	}
	return typical
}
