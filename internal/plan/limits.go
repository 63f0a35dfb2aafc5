package plan

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"respbench.dev/respbench/results"
)

// limits are when a trial of a point ends and how it is warmed, in steps.
func (o Options) limits(p results.Point) (results.Limit, results.Warmup, error) {
	perStep := int64(max(p.Load.Depth, 1))
	var limit results.Limit
	switch {
	case o.Ops > 0:
		if o.Ops%perStep != 0 {
			return limit, results.Warmup{}, fmt.Errorf("--ops %d is not a multiple of --depth %d: a flush holds %d pairs", o.Ops, perStep, perStep)
		}
		limit = results.Limit{Steps: o.Ops / perStep, MaxTime: o.MaxTime}
	case o.Duration > 0:
		limit = results.Limit{Duration: o.Duration, MaxTime: o.MaxTime}
	case p.Load.Rate > 0:
		limit = results.Limit{Duration: DefaultPacedTime, MaxTime: o.MaxTime}
	default:
		limit = results.Limit{
			MinSteps: (DefaultOps + perStep - 1) / perStep,
			MinTime:  DefaultTime, MaxTime: cmp.Or(o.MaxTime, DefaultMaxTime),
		}
	}
	warmup, err := o.warmup(limit)
	if p.Load.Rate > 0 {
		warmup.MinSteps = 0 // they come when they are due
	}
	return limit, warmup, err
}

const (
	leastWarmup      = 300 * time.Millisecond
	leastWarmupSteps = 20 // a worker
)

// warmup is a tenth of the trial unless a time or a number of steps was asked
// for.
func (o Options) warmup(limit results.Limit) (results.Warmup, error) {
	if o.Warmup == "" {
		tenth := max(limit.Duration, limit.MinTime) / 10
		return results.Warmup{Time: max(tenth, leastWarmup), MinSteps: leastWarmupSteps}, nil
	}
	if steps, err := strconv.ParseInt(o.Warmup, 10, 64); err == nil && steps >= 0 {
		return results.Warmup{Steps: steps}, nil
	}
	d, err := time.ParseDuration(o.Warmup)
	if err != nil || d < 0 {
		return results.Warmup{}, fmt.Errorf("--warmup %q: have a time (500ms) or a number of steps (1000, 0)", o.Warmup)
	}
	return results.Warmup{Time: d}, nil
}
