package plan

import (
	"cmp"
	"time"

	"respbench.dev/respbench/internal/gen"
	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

// loads are the loads that a scenario is run with: each list that it uses
// multiplies them, the others do not.
func (o Options) loads(s scenarios.Scenario) []results.Load {
	l := loads{list: []results.Load{results.Load(s.Load)}, scenario: s}
	spread(&l, scenarios.Workers, o.Workers, func(l *results.Load, v int) { l.Workers = v })
	spread(&l, scenarios.Depth, o.Depth, func(l *results.Load, v int) { l.Depth = v })
	spread(&l, scenarios.Keys, o.Keys, setKeys)
	spread(&l, scenarios.DataSize, o.DataSize, setSize)
	spread(&l, scenarios.Mix, orElse(o.Mix, s.Mixes), o.setMix)
	spread(&l, scenarios.HitRatio, o.HitRatio, func(l *results.Load, v float64) { l.Misses = 1 - v })
	spread(&l, scenarios.Conns, o.Conns, func(l *results.Load, v int) { l.Conns = v })
	spread(&l, scenarios.BatchMax, o.BatchMax, func(l *results.Load, v int) { l.BatchMax = v })
	spread(&l, scenarios.BatchWait, o.BatchDelay, func(l *results.Load, v time.Duration) { l.BatchWait = v })
	spread(&l, scenarios.Receivers, o.Receivers, func(l *results.Load, v int) { l.Receivers = v })
	spread(&l, scenarios.Lines, one(o.Lines), func(l *results.Load, v string) { l.Lines = v })
	spread(&l, "", o.Rate, func(l *results.Load, v float64) { l.Rate, l.Arrivals = v, o.Arrivals })
	spread(&l, scenarios.Keyspace, o.Keyspace, func(l *results.Load, v int) { l.Keyspace = v })
	for i := range l.list {
		complete(&l.list[i], s)
	}
	return l.list
}

// loads are those that are being made for a scenario.
type loads struct {
	list     []results.Load
	scenario scenarios.Scenario
}

// spread multiplies the loads by a list of values, if the scenario uses it;
// every scenario uses what has no name.
func spread[T any](l *loads, use scenarios.Use, values []T, set func(*results.Load, T)) {
	if len(values) == 0 || use != "" && !l.scenario.UsesLoad(use) {
		return
	}
	var more []results.Load
	for _, load := range l.list {
		for _, v := range values {
			one := load
			set(&one, v)
			more = append(more, one)
		}
	}
	l.list = more
}

func orElse[T any](list, otherwise []T) []T {
	if len(list) == 0 {
		return otherwise
	}
	return list
}

// one is a list of a value, or empty for the zero value.
func one[T comparable](v T) []T {
	var zero T
	if v == zero {
		return nil
	}
	return []T{v}
}

// setSize sets values of one size, or of several; check has read them before.
func setSize(l *results.Load, text string) {
	sizes, _ := gen.ParseSizes(text)
	l.DataSize, l.Sizes = sizes.Max(), ""
	if !sizes.Fixed() {
		l.Sizes = sizes.String()
	}
}

// setKeys sets which keys are taken; check has read them before.
func setKeys(l *results.Load, text string) {
	picks, _ := gen.ParsePicks(text)
	l.Keys = picks.String()
}

// setMix sets a mix, or that of a preset with its keys and its size of values,
// unless others were asked for.
func (o Options) setMix(l *results.Load, text string) {
	preset, ok := scenarios.Preset(text)
	if !ok {
		mix, _ := scenarios.ParseMix(text)
		l.Mix = mix.String()
		return
	}
	l.Mix = preset.Mix
	if len(o.Keys) == 0 {
		l.Keys = preset.Keys
	}
	if len(o.DataSize) == 0 {
		l.DataSize, l.Sizes = preset.DataSize, ""
	}
}

// complete sets what follows from the rest, where the scenario uses it.
func complete(l *results.Load, s scenarios.Scenario) {
	if s.UsesLoad(scenarios.Depth) {
		l.Depth = max(l.Depth, 1)
	}
	if s.UsesLoad(scenarios.DataSize) {
		l.DataSize = cmp.Or(l.DataSize, DefaultDataSize)
	}
	if s.UsesLoad(scenarios.Keyspace) {
		l.Keyspace = cmp.Or(l.Keyspace, keyspace(*l))
	}
}

// keyspace is the default: 100,000 keys or as many as 256 MiB of values hold,
// and one for each worker at least.
func keyspace(l results.Load) int {
	return max(min(DefaultKeys, mostLoaded/max(l.DataSize, 1)), l.Workers)
}
