package trial

import (
	"fmt"

	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

func newKind(kind scenarios.Kind, k engine.KindResult, depth int, paced bool) results.Kind {
	sample := kind.Unit
	if depth > 1 {
		sample = fmt.Sprintf("flush of %d", depth)
	}
	record := results.Kind{
		Name: kind.Name, Unit: kind.Unit, Sample: sample, OpsPerSample: depth,
		Ops: k.Ops, Attempts: k.Attempts, WarmOps: k.WarmOps, WarmAttempts: k.WarmAttempts,
		Service: recording(k.Service), Failed: recording(k.Failed), Reads: reads(kind, k),
	}
	if paced {
		record.Response = pointer(recording(k.Response))
	}
	return record
}

// reads are as the workers counted; those who never did have found every key.
func reads(kind scenarios.Kind, k engine.KindResult) *results.Reads {
	counted := results.Reads(k.Reads)
	if !kind.Reads && counted == (results.Reads{}) {
		return nil
	}
	if kind.Reads && counted.Misses == 0 {
		counted.Hits = max(counted.Hits, k.Ops)
	}
	return &counted
}

// metrics are those of which there is anything.
func (x *execution) metrics(recorded []engine.Recording) []results.Metric {
	var list []results.Metric
	for i, r := range recorded {
		if m := x.scenario.Metrics[i]; r.Count > 0 {
			list = append(list, results.Metric{Name: m.Name, Unit: m.Unit, Better: m.Better, Values: recording(r)})
		}
	}
	return list
}

// schedule is in ops, of which a step has depth.
func schedule(r *engine.Result, depth int) *results.Schedule {
	s := r.Schedule
	if s == nil {
		return nil
	}
	return &results.Schedule{
		Offered: s.Offered * float64(depth), Achieved: s.Achieved * float64(depth),
		Due: s.Due, Unsent: s.Unsent, Late: s.Late, Lag: recording(s.Lag), Wake: recording(s.Wake),
	}
}
