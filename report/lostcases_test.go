package report

import "respbench.dev/respbench/results"

// lostCases are of values that a side has not, or that are 0.
var lostCases = []comparing{
	{
		name: "no p99 in new", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)), rules: gate("p99"),
		change: func(_, new *results.Run) { shortenMost(new) },
		want:   "missing: new has no p99: most rounds have fewer than 10 samples beyond it -> longer trials",
		result: Lacking, why: "1 gated cell missing in new or failed there: sync goredis",
	},
	{
		name: "no p99 in a round of new", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)), rules: gate("p99"),
		change: func(_, new *results.Run) { shorten(&new.Trials[3]) },
		want:   "unchanged: the interval (-0.5% to +0.6%) is within the threshold of 10%",
		result: Passed, why: "",
	},
	{
		name: "no p99 in a round of a base that new is worse than", base: one(goredis(100e3, 10)), new: one(goredis(150e3, 10)), rules: gate("p99"),
		change: func(base, _ *results.Run) { shorten(&base.Trials[3]) },
		want:   "regressed: worse by 49.7% (49.0% to 50.4%), more than 10%",
		result: Regression, why: "1 regression in 1 test",
	},
	{
		name: "no p99 in base", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)), rules: gate("p99"),
		change: func(base, _ *results.Run) { shortenMost(base) },
		want:   "inconclusive: base has no p99: most rounds have fewer than 10 samples beyond it -> longer trials",
		result: NotDecidable, why: "nothing that is gated can be tested: sync goredis p99: base has no p99: most rounds have fewer than 10 samples beyond it",
	},
	{
		name: "no p99 in one of two cells of new", rules: gate("p50", "p99"),
		base: []ran{goredis(100e3, 10), goredisToo}, new: []ran{goredis(100e3, 10), goredisToo},
		change: func(_, new *results.Run) { shortenMost(new) },
		want:   "missing: new has no p99: most rounds have fewer than 10 samples beyond it -> longer trials",
		result: Lacking, why: "1 gated cell missing in new or failed there: sync goredis (workers 1)",
	},
	{
		name: "no CPU in new", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)), rules: gate("cpu"),
		change: func(_, new *results.Run) {
			for i := range new.Trials {
				new.Trials[i].Cost.UserCPU = nil
			}
		},
		want:   "missing: new has no cpu: most rounds lack it",
		result: Lacking, why: "1 gated cell missing in new or failed there: sync goredis",
	},
	{
		name: "allocations from nothing", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)), rules: gate("allocs"),
		change: func(base, new *results.Run) { allocate(base, 0); allocate(new, 5*fewSamples) },
		want:   "regressed: 0 in base, now 5.00 (median)",
		result: Regression, why: "1 regression in 1 test",
	},
	{
		name: "allocations to nothing", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)), rules: gate("allocs"),
		change: func(base, new *results.Run) { allocate(base, 5*fewSamples); allocate(new, 0) },
		want:   "improved: 5.00 (median) in base, now 0",
		result: Passed, why: "",
	},
	{
		name: "no allocations", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)), rules: gate("allocs"),
		change: func(base, new *results.Run) { allocate(base, 0); allocate(new, 0) },
		want:   "unchanged: the interval (0.0% to 0.0%) is within the threshold of 5%",
		result: Passed, why: "",
	},
	{
		name: "allocations in some rounds", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)), rules: gate("allocs"),
		change: func(base, new *results.Run) {
			allocate(base, 0)
			allocate(new, 0)
			some := int64(5 * fewSamples)
			new.Trials[0].Cost.Allocs = &some
		},
		want:   "inconclusive: a value of 0 has no ratio",
		result: NotDecidable, why: "nothing that is gated can be tested: sync goredis allocs: a value of 0 has no ratio",
	},
	{
		name: "throughput to nothing", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)), rules: gate("throughput"),
		change: func(_, new *results.Run) { stop(new, len(new.Trials)) },
		want:   "regressed: 9,702 (median) in base, now 0",
		result: Regression, why: "1 regression in 1 test",
	},
	{
		name: "throughput from nothing", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)), rules: gate("throughput"),
		change: func(base, _ *results.Run) { stop(base, len(base.Trials)) },
		want:   "improved: 0 in base, now 9,702 (median)",
		result: Passed, why: "",
	},
	{
		name: "throughput to nothing in some rounds", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)), rules: gate("throughput"),
		change: func(_, new *results.Run) { stop(new, 2) },
		want:   "missing: new has rounds with a value of 0",
		result: Lacking, why: "1 gated cell missing in new or failed there: sync goredis",
	},
	{
		name: "throughput to nothing in the other rounds", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)), rules: gate("throughput"),
		change: func(base, new *results.Run) { stop(base, 2); stop(new, len(new.Trials)) },
		want:   "missing: new has rounds with a value of 0",
		result: Lacking, why: "1 gated cell missing in new or failed there: sync goredis",
	},
	{
		name: "throughput of nothing in some rounds of both", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)), rules: gate("throughput"),
		change: func(base, new *results.Run) { stop(base, 2); stop(new, 3) },
		want:   "inconclusive: a value of 0 has no ratio",
		result: NotDecidable, why: "nothing that is gated can be tested: sync goredis throughput: a value of 0 has no ratio",
	},
	{
		name: "no throughput in one of two cells of new", rules: gate("throughput"),
		base: []ran{goredis(100e3, 10), goredisToo}, new: []ran{goredis(100e3, 10), goredisToo},
		change: func(_, new *results.Run) { stop(new, 10) },
		want:   "regressed: 9,702 (median) in base, now 0",
		result: Regression, why: "1 regression in 2 tests",
	},
}

// shorten leaves a trial too few samples for a p99.
func shorten(t *results.Trial) {
	const samples, ns = 100, 100_000
	h := results.NewHistogram()
	_ = h.RecordValues(ns, samples)
	kind := t.Kinds[0]
	kind.Service = results.NewRecording(h, samples, samples*ns, ns, ns, 0)
	t.Kinds = []results.Kind{kind}
}

// allocate sets what each trial has allocated.
func allocate(run *results.Run, n int64) {
	everyTrial(run, func(t *results.Trial) { t.Cost.Allocs = &n })
}

// stop lets the first trials do nothing.
func stop(run *results.Run, trials int) {
	for i := range run.Trials[:trials] {
		t := &run.Trials[i]
		t.Ops, t.Kinds = 0, []results.Kind{{Name: "set+get", OpsPerSample: 1}}
	}
}

// shortenMost leaves most rounds of the first cell with too few samples for a p99.
func shortenMost(run *results.Run) {
	const rounds = 6
	var h results.Header
	first, short := results.PointKey(h, run.Trials[0].Point), 0
	for i := range run.Trials {
		if t := &run.Trials[i]; short < rounds && results.PointKey(h, t.Point) == first {
			shorten(t)
			short++
		}
	}
}
