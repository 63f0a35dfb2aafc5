package report

import (
	"time"

	"respbench.dev/respbench/results"
)

var verdictCases = []comparing{
	{
		name: "regressed", base: one(goredis(100e3, 10)), new: one(goredis(112e3, 10)),
		want:   "regressed: worse by 12.1% (11.7% to 12.6%), more than 5%",
		result: Regression, why: "1 regression in 1 test",
	},
	{
		name: "improved", base: one(goredis(112e3, 10)), new: one(goredis(100e3, 10)),
		want:   "improved: better by 10.8% (10.5% to 11.2%), more than 4.8%",
		result: Passed, why: "",
	},
	{
		name: "unchanged", base: one(goredis(100e3, 10)), new: one(goredis(100.2e3, 10)),
		want:   "unchanged: the interval (-0.4% to +0.6%) is within the threshold of 5%",
		result: Passed, why: "",
	},
	{
		name: "regressed in pairs", paired: true, base: one(goredis(100e3, 10)), new: one(goredis(112e3, 10)),
		want:   "regressed: worse by 12.3% (11.5% to 12.7%), more than 5%",
		result: Regression, why: "1 regression in 1 test",
	},
	{
		name: "improved in pairs", paired: true, base: one(goredis(112e3, 10)), new: one(goredis(100e3, 10)),
		want:   "improved: better by 10.9% (10.3% to 11.3%), more than 4.8%",
		result: Passed, why: "",
	},
	{
		name: "unchanged in pairs", paired: true, base: one(goredis(100e3, 10)), new: one(goredis(100.2e3, 10)),
		want:   "unchanged: the interval (-0.5% to +0.7%) is within the threshold of 5%",
		result: Passed, why: "",
	},
	{
		name: "too noisy", base: one(ran{syncPoint("goredis"), wide}), new: one(ran{syncPoint("goredis"), wide[1:]}),
		want:   "inconclusive: the interval (-14.3% to +30.0%) reaches beyond the threshold of 5%: too noisy -> longer trials, or a quieter machine",
		result: Passed, why: "",
	},
	{
		name: "at the threshold", base: one(goredis(100e3, 10)), new: one(goredis(104.9e3, 10)),
		want:   "inconclusive: the change of +5.0% (+4.4% to +5.3%) is about as large as the threshold of 5%",
		result: Passed, why: "",
	},
	{
		name: "too few", base: one(goredis(100e3, 3)), new: one(goredis(130e3, 3)),
		want:   "regressed: worse by 30.1% (29.0% to 31.6%), more than 5%",
		result: Regression, why: "1 regression in 1 test",
	},
	{
		name: "too few pairs", paired: true, base: one(goredis(100e3, 4)), new: one(goredis(130e3, 4)),
		want:   "inconclusive: 4 rounds cannot decide 1 test -> 2 more rounds",
		result: NotDecidable, why: "4 rounds cannot decide 1 test; use 6",
	},
	{
		name: "one round only", base: one(goredis(100e3, 1)), new: one(goredis(130e3, 1)),
		want:   "inconclusive: 1 round cannot decide 1 test -> 2 more rounds",
		result: NotDecidable, why: "1 round cannot decide 1 test; use 3",
	},
	{
		name: "identical values", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)),
		want:   "unchanged: the interval (-0.5% to +0.5%) is within the threshold of 5%",
		result: Passed, why: "",
	},
	{
		name: "zero throughput", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)), rules: gate("throughput"),
		change: func(base, new *results.Run) {
			for _, run := range []*results.Run{base, new} {
				everyTrial(run, func(t *results.Trial) { t.Ops, t.Kinds = 0, []results.Kind{{Name: "set+get", OpsPerSample: 1}} })
			}
		},
		want:   "inconclusive: a value of 0 has no ratio",
		result: NotDecidable, why: "nothing that is gated can be tested: sync goredis throughput: a value of 0 has no ratio",
	},
	{
		name: "some failed in new", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)), change: failing(2, 3, 5),
		want:   "missing: 3 of 10 rounds failed: failed in rounds 3, 4, 6: wrong replies",
		result: Lacking, why: "1 gated cell missing in new or failed there: sync goredis",
	},
	{
		name: "all failed in new", base: one(goredis(100e3, 3)), new: one(goredis(100e3, 3)), change: failing(0, 1, 2),
		want:   "missing: all rounds failed: wrong replies",
		result: Lacking, why: "1 gated cell missing in new or failed there: sync goredis",
	},
	{
		name: "some failed in base", base: one(goredis(100e3, 12)), new: one(goredis(100e3, 10)),
		change: func(base, _ *results.Run) { fail(base, 0, 1) },
		want:   "unchanged: the interval (-0.4% to +0.5%) is within the threshold of 5%",
		result: Passed, why: "",
	},
	{
		name: "all failed in base", base: one(goredis(100e3, 3)), new: one(goredis(100e3, 3)),
		change: func(base, _ *results.Run) { fail(base, 0, 1, 2) },
		want:   "none",
		result: NotDecidable, why: "base has measured nothing",
	},
	{
		name: "skipped in new", base: []ran{rawCell(90e3, 3), goredis(100e3, 3)}, new: one(rawCell(90e3, 3)),
		change: func(_, new *results.Run) {
			new.Header.Skips = []results.Skip{{Point: syncPoint("goredis"), Reason: "explicit pipelining is missing"}}
		},
		want:   "missing: skipped: explicit pipelining is missing",
		result: Lacking, why: "1 gated cell missing in new or failed there: sync goredis",
	},
	{
		name: "never run in new", base: one(goredis(100e3, 3)), new: one(goredis(100e3, 3)),
		change: func(_, new *results.Run) { new.Trials, new.End = nil, nil },
		want:   "missing: not measured: 3 rounds not run: the run was cut off before its end",
		result: Lacking, why: "1 gated cell missing in new or failed there: sync goredis",
	},
	{
		name: "missing in new", base: []ran{goredis(100e3, 10), {syncPoint("rueidis"), roundsOf(90e3, 10)}},
		new:    one(ran{syncPoint("rueidis"), roundsOf(90e3, 10)}),
		want:   "missing: not measured in new",
		result: Lacking, why: "1 gated cell missing in new or failed there: sync goredis",
	},
	{
		name: "no cell in common", base: one(goredis(100e3, 10)), new: one(ran{syncPoint("rueidis"), roundsOf(90e3, 10)}),
		want:   "missing: not measured in new",
		result: NotDecidable, why: "the sides have no cell in common",
	},
	{
		name: "only raw", base: one(rawCell(100e3, 10)), new: one(rawCell(120e3, 10)),
		want:   "none",
		result: NotDecidable, why: "nothing but raw is there, which is never gated",
	},
	{
		name: "only disturbed", base: one(disturbedCell(100e3)), new: one(disturbedCell(120e3)),
		want:   "none",
		result: NotDecidable, why: "nothing but disturbed cells are there, which are not gated",
	},
	{
		name: "another machine", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)), change: otherMachine,
		want:   "incomparable: CPU was Example CPU 3000, now Example CPU 4000 -> measure both in one place, or accept the difference: --allow-env-mismatch",
		result: NotDecidable, why: "1 gated cell not comparable: sync goredis: CPU was Example CPU 3000, now Example CPU 4000",
	},
	{
		name: "another machine, allowed", base: one(goredis(100e3, 10)), new: one(goredis(108e3, 10)), change: otherMachine, rules: allowOther,
		want:   "unchanged: the interval (+7.2% to +8.1%) is within the threshold of 10%",
		result: Passed, why: "",
	},
	{
		name: "embedded", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)), change: embeddedNow,
		want:   "incomparable: server kind was spawned, now embedded -> measure both on the same kind of server",
		result: NotDecidable, why: "1 gated cell not comparable: sync goredis: server kind was spawned, now embedded",
	},
	{
		name: "embedded, allowed", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)), change: embeddedNow, rules: allowOther,
		want:   "incomparable: server kind was spawned, now embedded -> measure both on the same kind of server",
		result: NotDecidable, why: "1 gated cell not comparable: sync goredis: server kind was spawned, now embedded",
	},
	{
		name: "another limit", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)),
		change: func(_, new *results.Run) {
			everyTrial(new, func(t *results.Trial) { t.Limit = results.Limit{Steps: 20_000} })
		},
		want:   "incomparable: trial was 1s, now 20000 ops",
		result: NotDecidable, why: "1 gated cell not comparable: sync goredis: trial was 1s, now 20000 ops",
	},
	{
		name: "two versions in base", base: []ran{goredis(100e3, 10)}, new: one(goredis(100e3, 10)),
		change: func(base, _ *results.Run) { twoVersions(base) },
		want:   "incomparable: base holds several of it: version v9.24.0 and v9.23.0",
		result: NotDecidable, why: "1 gated cell not comparable: sync goredis: base holds several of it: version v9.24.0 and v9.23.0",
	},
	{
		name: "two versions in new", base: []ran{goredis(100e3, 10)}, new: one(goredis(100e3, 10)),
		change: func(_, new *results.Run) { twoVersions(new) },
		want:   "incomparable: new holds several of it: version v9.24.0 and v9.23.0",
		result: NotDecidable, why: "1 gated cell not comparable: sync goredis: new holds several of it: version v9.24.0 and v9.23.0",
	},
	{
		name: "another day", base: one(goredis(100e3, 10)), new: one(goredis(108e3, 10)),
		change: func(_, new *results.Run) { new.Header.Started = epoch.AddDate(0, 0, 1) },
		want:   "unchanged: the interval (+7.2% to +8.1%) is within the threshold of 10%",
		result: Passed, why: "",
	},
	{
		name: "too small to matter", base: one(goredis(100e3, 10)), new: one(goredis(112e3, 10)),
		rules:  func(r *Rules) { r.MinAbs, r.Metrics = 20*time.Microsecond, []string{"p50"} },
		want:   "unchanged: the interval (+11.7% to +12.6%) is within the threshold of 20.0% (20us)",
		result: Passed, why: "",
	},
	{
		name: "within the noise", base: one(goredis(100e3, 10)), new: one(goredis(108e3, 10)),
		rules:  func(r *Rules) { r.Noise, r.Metrics = noiseOf("p50", 0.2), []string{"p50"} },
		want:   "unchanged: the interval (+7.2% to +8.1%) is within the threshold of 20%",
		result: Passed, why: "",
	},
	{
		name: "too few samples", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)), rules: gate("p999"),
		want:   "inconclusive: both sides have no p999: most rounds have fewer than 10 samples beyond it -> longer trials",
		result: NotDecidable, why: "nothing that is gated can be tested: sync goredis p999: both sides have no p999: most rounds have fewer than 10 samples beyond it",
	},
	{
		name: "more errors", base: one(goredis(100e3, 3)), new: one(goredis(100e3, 3)), rules: gate("errors"),
		change: func(_, new *results.Run) { new.Trials[0].Errors = map[string]int64{"timeout": 7} },
		want:   "regressed: 0 in 6,000 ops, now 7 in 6,000 ops",
		result: Regression, why: "1 regression in 1 test",
	},
	{
		name: "no errors", base: one(goredis(100e3, 3)), new: one(goredis(100e3, 3)), rules: gate("errors"),
		want:   "unchanged: 0 in 6,000 ops, now 0 in 6,000 ops",
		result: Passed, why: "",
	},
	{
		name: "beyond a limit", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)),
		rules:  func(r *Rules) { r.Limits = []Limit{mustLimit("p50>90us")} },
		want:   "unchanged: the interval (-0.5% to +0.5%) is within the threshold of 5%",
		result: Regression, why: "1 limit broken: sync goredis: p50 101 us is above 90us (upper end of the 95% interval of the median of 10 rounds)",
	},
	{
		name: "unequal rounds", base: one(goredis(100e3, 10)), new: one(goredis(112e3, 7)),
		want:   "regressed: worse by 11.9% (11.4% to 12.5%), more than 5%",
		result: Regression, why: "1 regression in 1 test",
	},
	{
		name: "a bad pair", paired: true, base: one(goredis(100e3, 10)), new: one(goredis(112e3, 10)),
		change: func(base, _ *results.Run) { fail(base, 4) },
		want:   "regressed: worse by 12.4% (11.5% to 12.7%), more than 5%",
		result: Regression, why: "1 regression in 1 test",
	},
	{
		name: "no pair is good", paired: true, base: one(goredis(100e3, 2)), new: one(goredis(112e3, 2)),
		change: func(base, new *results.Run) {
			fail(base, 0)
			new.Trials = new.Trials[:1]
		},
		want:   "inconclusive: no two rounds that belong together are both good",
		result: NotDecidable, why: "nothing that is gated can be tested: sync goredis p50: no two rounds that belong together are both good",
	},
	{
		name: "not small enough", base: one(goredis(100e3, 10)), new: one(goredis(112e3, 10)),
		rules:  func(r *Rules) { r.MinAbs, r.Metrics = 8*time.Microsecond, []string{"p50"} },
		want:   "regressed: worse by 12.1% (11.7% to 12.6%), more than 8.0% (8us)",
		result: Regression, why: "1 regression in 1 test",
	},
	{
		name: "not small enough, for the better", base: one(goredis(112e3, 10)), new: one(goredis(100e3, 10)),
		rules:  func(r *Rules) { r.MinAbs, r.Metrics = 8*time.Microsecond, []string{"p50"} },
		want:   "improved: better by 10.8% (10.5% to 11.2%), more than 7.4% (8us)",
		result: Passed, why: "",
	},
	{
		name: "not significant", paired: true,
		base:   []ran{{syncPoint("goredis"), rising(100e3, 0)}, goredisToo},
		new:    []ran{{syncPoint("goredis"), rising(110e3, 20e3)}, goredisToo},
		want:   "inconclusive: worse by 9.5% (0.9% to 18.7%), but not significant among 2 tests (adjusted p 0.0645) -> 14 more rounds",
		result: Passed, why: "",
	},
	{
		name: "two equal rounds", base: one(goredis(100e3, 1)), new: one(goredis(100e3, 1)),
		want:   "inconclusive: 1 round cannot decide 1 test -> 2 more rounds",
		result: NotDecidable, why: "1 round cannot decide 1 test; use 3",
	},
	{
		name: "an unknown kind of server", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)),
		change: func(_, new *results.Run) { new.Header.Servers[0].Kind = "" },
		want:   "incomparable: server kind is not known on one side -> measure both in one place, or accept the difference: --allow-env-mismatch",
		result: NotDecidable, why: "1 gated cell not comparable: sync goredis: server kind is not known on one side",
	},
	{
		name: "another version failed in new", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)),
		change: func(_, new *results.Run) {
			twoVersions(new)
			fail(new, 0, 1, 2, 3, 4)
		},
		want:   "missing: all rounds failed: version v9.24.0: wrong replies",
		result: Lacking, why: "1 gated cell missing in new or failed there: sync goredis",
	},
	{
		name: "another version failed on both sides", base: one(goredis(100e3, 20)), new: one(goredis(100e3, 20)),
		change: func(base, new *results.Run) {
			for _, run := range []*results.Run{base, new} {
				twoVersions(run)
				fail(run, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
			}
		},
		want:   "unchanged: the interval (-0.4% to +0.4%) is within the threshold of 5%",
		result: Passed, why: "",
	},
	{
		name: "the server had gone", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)),
		change: func(_, new *results.Run) { lose(new, 7, 8, 9) },
		want:   "missing: 3 of 10 rounds were not run: not run in rounds 8, 9, 10: the server had gone",
		result: Lacking, why: "1 gated cell missing in new or failed there: sync goredis",
	},
	{
		name: "interrupted", base: one(goredis(100e3, 10)), new: one(goredis(100e3, 10)),
		change: func(_, new *results.Run) {
			new.Trials, new.End = new.Trials[:8], &results.End{Status: results.Interrupted, Reason: "by SIGINT"}
		},
		want:   "unchanged: the interval (-0.5% to +0.4%) is within the threshold of 5%",
		result: Passed, why: "",
	},
}
