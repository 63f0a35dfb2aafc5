package plan

import (
	"cmp"
	"slices"

	"respbench.dev/respbench/internal/gen"
	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

// A Dataset is one set of keys that must be there before the first trial.
type Dataset struct {
	Scenario scenarios.Scenario // whose keys these are: they begin with its Prefix
	Count    int
	DataSize int    // of what the loader writes, at most
	Sizes    string // as in a load
	Value    string // what the loader writes to each key; empty: values from the run's seed
	Bytes    int64  // that they will take at most, about, written over by steps
}

// KeyOverhead is what a key costs a server beyond its value, in bytes, when
// room is estimated.
const KeyOverhead = 100

// A scenario that counts has a key for each worker, which begins at 0 and can
// become as long as a number of 64 bits.
const (
	counterStart = "0"
	counterSize  = 20 // bytes
)

// datasets are those that the points need. Points whose keys are the same
// share one, of as many keys as any of them has, and the smallest values: steps
// write their own over them, and never read these.
func datasets(points []results.Point) []Dataset {
	merged, loads := map[string]*Dataset{}, map[string][]results.Load{}
	for _, p := range points {
		s, err := scenarios.Named(p.Scenario)
		if err != nil || s.Unloaded {
			continue // points come from scenarios that exist
		}
		load, d := p.Load, Dataset{Scenario: s, DataSize: p.Load.DataSize, Sizes: p.Load.Sizes}
		if s.Counts {
			load.Keyspace, load.DataSize = load.Workers, counterSize
			d.Value, d.DataSize = counterStart, len(counterStart)
		}
		d.Count = load.Keyspace
		prefix := d.Prefix("")
		if other := merged[prefix]; other != nil {
			d.Count, d.DataSize = max(d.Count, other.Count), min(d.DataSize, other.DataSize)
			d.Sizes = cmp.Or(other.Sizes, d.Sizes)
		}
		merged[prefix] = &d
		loads[prefix] = append(loads[prefix], load)
	}
	var list []Dataset
	for prefix, d := range merged {
		d.Bytes = fullest(loads[prefix])
		list = append(list, *d)
	}
	slices.SortFunc(list, func(a, b Dataset) int {
		return cmp.Compare(a.Prefix(""), b.Prefix(""))
	})
	return list
}

// Prefix is how the set's keys begin.
func (d Dataset) Prefix(run string) string {
	return d.Scenario.Prefix(run, scenarios.Load{DataSize: d.DataSize, Sizes: d.Sizes})
}

// Values are what the loader writes, where Value is empty.
func (d Dataset) Values(seed uint64) *gen.Values {
	if sizes, err := gen.ParseSizes(d.Sizes); d.Sizes != "" && err == nil {
		return gen.NewSizedValues(seed, sizes)
	}
	return gen.NewValues(seed, d.DataSize)
}

// fullest is what keys take when each holds the largest value that any of the
// loads over them writes, in bytes.
func fullest(loads []results.Load) (bytes int64) {
	slices.SortFunc(loads, func(a, b results.Load) int { return cmp.Compare(b.DataSize, a.DataSize) })
	counted := 0
	for _, l := range loads {
		more := max(l.Keyspace-counted, 0)
		bytes += int64(more) * int64(l.DataSize+KeyOverhead)
		counted += more
	}
	return bytes
}

// Keys and Bytes are those of all sets; of what scenarios write beside them,
// which goes with each trial, the most of any.
func (p *Plan) Keys() (keys int, bytes int64) {
	for _, d := range p.Datasets {
		keys += d.Count
		bytes += d.Bytes
	}
	var own int64
	for _, point := range p.Points {
		if s, err := scenarios.Named(point.Scenario); err == nil && s.OwnBytes != nil {
			own = max(own, s.OwnBytes(scenarios.Load(point.Load)))
		}
	}
	return keys, bytes + own
}
