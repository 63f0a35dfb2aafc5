package driver

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/internal/trial"
	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

// record is what respbench makes of a driver's record and samples.
func (t *Talk) record(r *Record) results.Event {
	if r == nil {
		return refused(errors.New("the driver wrote a record event without a record"))
	}
	m, err := t.measured(r)
	if err != nil {
		return refused(fmt.Errorf("the driver %w", err))
	}
	return results.Event{Event: results.EventRecord, Record: m}
}

func (t *Talk) measured(r *Record) (*results.Measured, error) {
	failed, err := t.check(r)
	if err != nil {
		return nil, err
	}
	result, err := t.replay(r, failed.sum)
	if err != nil {
		return nil, err
	}
	depth := int64(t.depth())
	result.Start, result.Errors = t.started, failed.byClass
	result.Warm = engine.Warm{
		Time: time.Duration(r.Warm.Time), Ops: (r.Warm.Steps - r.Warm.Failed) * depth, Attempts: r.Warm.Steps * depth,
		Errors: make([]int64, clients.Classes),
	}
	result.Warm.Errors[clients.Mismatched] = r.Warm.Mismatches
	result.Warm.Errors[clients.Other] = r.Warm.Failed - r.Warm.Mismatches // a driver does not tell their classes
	result.Kinds[0].WarmOps, result.Kinds[0].WarmAttempts = result.Warm.Ops, result.Warm.Attempts
	m := trial.Measured(result, []scenarios.Kind{t.kind}, t.depth())
	m.Stopped = r.Stopped
	m.FirstErrs = t.firstErrors(r.FirstErrors)
	m.Cost = cost(r)
	m.Conns = results.Conns{Declared: r.MostConns, Dialled: r.Connections}
	m.Resolved = results.Resolved{RESP: t.told.RESP, Shares: t.variant.Shares, Options: t.options(r.Options)}
	m.Failure = trial.Failure(m, failed.byClass[clients.Mismatched]+r.Warm.Mismatches, false)
	return m, nil
}

func cost(r *Record) results.Cost {
	c := results.Cost{UserCPU: new(time.Duration(r.UserCPU)), SystemCPU: new(time.Duration(r.SystemCPU))}
	if r.PeakBytes > 0 {
		c.PeakBytes = new(r.PeakBytes)
	}
	return c
}

func (t *Talk) options(told map[string]string) map[string]string {
	var options map[string]string
	for name, value := range told {
		if options == nil {
			options = map[string]string{}
		}
		options[storable(t.access, name)] = storable(t.access, value)
	}
	return options
}

func (t *Talk) firstErrors(told map[string]string) map[string]string {
	first := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(told)) {
		class := classNamed(name).String()
		first[class] = cmp.Or(first[class], storable(t.access, told[name]))
	}
	return first
}

// classNamed is Other where there is none of the name.
func classNamed(name string) clients.Class {
	for class := range clients.Classes {
		if class.String() == name {
			return class
		}
	}
	return clients.Other
}
