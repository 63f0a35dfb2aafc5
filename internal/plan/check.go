package plan

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"respbench.dev/respbench/internal/gen"
	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

// check refuses what contradicts itself, and loads that no chosen scenario
// uses.
func (o Options) check(chosen []scenarios.Scenario) error {
	if err := o.checkNumbers(); err != nil {
		return err
	}
	for _, given := range o.given() {
		if given.count == 0 {
			continue
		}
		if given.wrong != "" {
			return fmt.Errorf("--%s %s", given.use, given.wrong)
		}
		if !slices.ContainsFunc(chosen, func(s scenarios.Scenario) bool { return s.UsesLoad(given.use) }) {
			return fmt.Errorf("--%s is not used by %s; it is used by %s", given.use, list(chosen), users(given.use))
		}
	}
	if err := o.checkRate(); err != nil {
		return err
	}
	return o.checkLoads(chosen)
}

// A given load is a list of values, and what is wrong with one of them.
type given struct {
	use   scenarios.Use
	count int
	wrong string
}

func (o Options) given() []given {
	return []given{
		atLeast(scenarios.Workers, o.Workers, 1), atLeast(scenarios.Depth, o.Depth, 1),
		readable(scenarios.DataSize, o.DataSize, func(text string) error { return errorOf(gen.ParseSizes(text)) }),
		atLeast(scenarios.Keyspace, o.Keyspace, 1),
		readable(scenarios.Keys, o.Keys, func(text string) error { return errorOf(gen.ParsePicks(text)) }),
		atLeast(scenarios.Conns, o.Conns, 1), readable(scenarios.Mix, o.Mix, checkMix),
		readable(scenarios.HitRatio, o.HitRatio, checkShare), atLeast(scenarios.BatchMax, o.BatchMax, 1),
		atLeast(scenarios.BatchWait, o.BatchDelay, 0), atLeast(scenarios.Receivers, o.Receivers, 1),
		readable(scenarios.Lines, one(o.Lines), func(string) error { return nil }),
	}
}

func atLeast[T cmp.Ordered](use scenarios.Use, values []T, least T) given {
	return readable(use, values, func(v T) error {
		if v < least {
			return fmt.Errorf("must be at least %v", least)
		}
		return nil
	})
}

// readable looks for a value that cannot be read; the error does not repeat it.
func readable[T any](use scenarios.Use, values []T, read func(T) error) given {
	g := given{use: use, count: len(values)}
	for _, v := range values {
		if err := read(v); err != nil && g.wrong == "" {
			text := fmt.Sprint(v)
			g.wrong = text + ": " + strings.TrimPrefix(err.Error(), strconv.Quote(text)+": ")
		}
	}
	return g
}

func errorOf[T any](_ T, err error) error { return err }

func checkMix(text string) error {
	if _, preset := scenarios.Preset(text); preset {
		return nil
	}
	return errorOf(scenarios.ParseMix(text))
}

func checkShare(share float64) error {
	if !(share >= 0 && share <= 1) {
		return errors.New("must be from 0 to 1")
	}
	return nil
}

// mostRate is beyond what any client does.
const mostRate = 100e6

func (o Options) checkRate() error {
	switch {
	case len(o.Rate) == 0 && o.arrivalsGiven:
		return errors.New("--arrivals without --rate: there is no schedule")
	case !slices.Contains([]string{results.Uniform, results.Poisson}, o.Arrivals):
		return fmt.Errorf("--arrivals %q: have %s, %s", o.Arrivals, results.Uniform, results.Poisson)
	}
	for _, rate := range o.Rate {
		if !(rate > 0 && rate <= mostRate) {
			return fmt.Errorf("--rate %v: must be above 0, and %d at most", rate, int(mostRate))
		}
	}
	return nil
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
			if s.Check != nil {
				if err := s.Check(scenarios.Load(l)); err != nil {
					return fmt.Errorf("%s: %w", s.Name, err)
				}
			}
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
