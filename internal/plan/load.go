package plan

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

// loads are the loads that a scenario is run with: each list that it uses
// multiplies them, the others do not.
func (o Options) loads(s scenarios.Scenario) []results.Load {
	loads := []results.Load{{Workers: s.Workers}}
	spread := func(use scenarios.Use, values []int, set func(*results.Load, int)) {
		if !s.UsesLoad(use) || len(values) == 0 {
			return
		}
		var more []results.Load
		for _, load := range loads {
			for _, v := range values {
				set(&load, v)
				more = append(more, load)
			}
		}
		loads = more
	}
	spread(scenarios.Workers, o.Workers, func(l *results.Load, v int) { l.Workers = v })
	spread(scenarios.Depth, orOne(o.Depth, 1), func(l *results.Load, v int) { l.Depth = v })
	spread(scenarios.DataSize, orOne(o.DataSize, DefaultDataSize), func(l *results.Load, v int) { l.DataSize = v })
	spread(scenarios.Conns, o.Conns, func(l *results.Load, v int) { l.Conns = v })
	spread(scenarios.Keyspace, orOne(o.Keyspace, 0), func(l *results.Load, v int) { l.Keyspace = cmp.Or(v, keyspace(*l)) })
	return loads
}

func orOne(values []int, otherwise int) []int {
	if len(values) == 0 {
		return []int{otherwise}
	}
	return values
}

// keyspace is the default: 100,000 keys or as many as 256 MiB of values hold,
// and one for each worker at least.
func keyspace(l results.Load) int {
	return max(min(DefaultKeys, mostLoaded/max(l.DataSize, 1)), l.Workers)
}

// check refuses what contradicts itself, and loads that no chosen scenario
// uses.
func (o Options) check(chosen []scenarios.Scenario) error {
	if err := o.checkNumbers(); err != nil {
		return err
	}
	for _, given := range []struct {
		use    scenarios.Use
		values []int
		least  int
	}{
		{scenarios.Workers, o.Workers, 1}, {scenarios.Depth, o.Depth, 1}, {scenarios.DataSize, o.DataSize, 1},
		{scenarios.Keyspace, o.Keyspace, 1}, {scenarios.Conns, o.Conns, 1},
	} {
		if len(given.values) == 0 {
			continue
		}
		if worst := slices.Min(given.values); worst < given.least {
			return fmt.Errorf("--%s %d: must be at least %d", given.use, worst, given.least)
		}
		if !slices.ContainsFunc(chosen, func(s scenarios.Scenario) bool { return s.UsesLoad(given.use) }) {
			return fmt.Errorf("--%s is not used by %s; it is used by %s", given.use, list(chosen), users(given.use))
		}
	}
	return o.checkLoads(chosen)
}

// isolatedNot is the isolation of trials in respbench's own process.
const isolatedNot = "none"

func (o Options) checkNumbers() error {
	switch {
	case o.Ops != 0 && o.Duration != 0:
		return errors.New("--ops and --duration together: a trial ends by one or the other")
	case o.Ops < 0:
		return fmt.Errorf("--ops %d: must be at least 1", o.Ops)
	case o.Duration < 0 || o.MaxTime < 0:
		return errors.New("--duration and --max-time: must be above 0")
	case o.Duration > 0 && o.MaxTime > 0 && o.MaxTime < o.Duration:
		return fmt.Errorf("--max-time %v is shorter than --duration %v", o.MaxTime, o.Duration)
	case o.Rounds < 1:
		return fmt.Errorf("--rounds %d: must be at least 1", o.Rounds)
	case o.Timeout < time.Millisecond || o.ConnectTimeout < time.Millisecond:
		return errors.New("--timeout and --connect-timeout: must be at least 1ms")
	case o.GOMAXPROCS < 0:
		return fmt.Errorf("--gomaxprocs %d: must be at least 1", o.GOMAXPROCS)
	case o.Heap < 0:
		return fmt.Errorf("--heap %d: must be at least 0", o.Heap)
	case !slices.Contains([]int{0, 2, 3}, o.RESP):
		return fmt.Errorf("--resp %d: have 2, 3", o.RESP)
	case !slices.Contains([]string{"background", "deadline", "cancel"}, o.Context):
		return fmt.Errorf("--context %q: have background, deadline, cancel", o.Context)
	case !slices.Contains([]string{"process", isolatedNot}, o.Isolation):
		return fmt.Errorf("--isolate %q: have process, none", o.Isolation)
	case o.Isolation == isolatedNot && o.Pin != "none":
		return fmt.Errorf("--pin %s together with --isolate none: a process that runs already is not bound", o.Pin)
	}
	return nil
}

// largestValue is Redis's own limit.
const largestValue = 512 << 20

func (o Options) checkLoads(chosen []scenarios.Scenario) error {
	for _, s := range chosen {
		for _, l := range o.loads(s) {
			switch {
			case s.UsesLoad(scenarios.Keyspace) && l.Keyspace < l.Workers:
				return fmt.Errorf("--keyspace %d is less than the %d workers of %s: each needs a key of its own", l.Keyspace, l.Workers, s.Name)
			case l.DataSize > largestValue:
				return fmt.Errorf("--data-size %d: a value has at most %d bytes", l.DataSize, largestValue)
			}
			if err := o.checkMemory(l); err != nil {
				return err
			}
		}
	}
	return nil
}

// What a client needs for a key's name and for a worker, at least, in bytes.
const (
	perName   = 40
	perWorker = 16 << 10
)

// checkMemory refuses what surely fills the machine: half of its memory for
// one thing is too much.
func (o Options) checkMemory(l results.Load) error {
	most := cmp.Or(o.Host.Memory, 8<<30) / 2
	perKey := int64(perName)
	if o.Host.OwnServer {
		perKey += int64(l.DataSize + KeyOverhead)
	}
	switch {
	case int64(l.Workers) > most/perWorker:
		return fmt.Errorf("--workers %d needs more than half of the %d MiB that this machine has", l.Workers, 2*most>>20)
	case int64(l.Keyspace) > most/perKey:
		return fmt.Errorf("--keyspace %d with --data-size %d needs more than half of the %d MiB that this machine has", l.Keyspace, l.DataSize, 2*most>>20)
	case o.Heap > most:
		return fmt.Errorf("--heap %d is more than half of the %d MiB that this machine has", o.Heap, 2*most>>20)
	}
	return nil
}

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
	default:
		limit = results.Limit{
			MinSteps: (DefaultOps + perStep - 1) / perStep,
			MinTime:  DefaultTime, MaxTime: cmp.Or(o.MaxTime, DefaultMaxTime),
		}
	}
	warmup, err := o.warmup(limit)
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

func list(chosen []scenarios.Scenario) string {
	return joinNames(chosen, func(scenarios.Scenario) bool { return true })
}

func users(u scenarios.Use) string {
	return joinNames(scenarios.All(), func(s scenarios.Scenario) bool { return s.UsesLoad(u) })
}

func joinNames(all []scenarios.Scenario, keep func(scenarios.Scenario) bool) string {
	var names string
	for _, s := range all {
		if keep(s) {
			if names != "" {
				names += ", "
			}
			names += s.Name
		}
	}
	return names
}
