package report

import (
	"testing"

	"respbench.dev/respbench/results"
)

func TestSecondStage(t *testing.T) {
	slow, same := goredis(112e3, 10), goredis(100e3, 10)
	failing := func(run *results.Run) { fail(run, 0, 1) }
	cut := func(run *results.Run) { run.Trials = run.Trials[:2] }
	tests := []struct {
		name    string
		again   *ran // new's, of the second stage
		change  func(*results.Run)
		want    string
		result  Result
		confirm bool
	}{
		{
			name: "confirmed", again: &slow, confirm: true, result: Regression,
			want: "regressed: worse by 12.3% (11.5% to 12.7%), more than 5%; confirmed by a second stage: worse by 12.3% (11.5% to 12.7%), more than 5%",
		},
		{
			name: "not confirmed", again: &same, confirm: true, result: Passed,
			want: "inconclusive: worse by 12.3% (11.5% to 12.7%), more than 5%; not confirmed by a second stage: the interval (0.0% to 0.0%) is within the threshold of 5%",
		},
		{
			name: "missing", confirm: true, result: Regression,
			want: "regressed: worse by 12.3% (11.5% to 12.7%), more than 5%; not confirmed: the second stage is missing -> measure again, with --confirm",
		},
		{
			name: "failed", again: &slow, change: failing, confirm: true, result: Lacking,
			want: "missing: in the second stage: 2 of 10 rounds failed: failed in rounds 1, 2: wrong replies",
		},
		{
			name: "of another cell", again: &ran{syncPoint("rueidis"), roundsOf(112e3, 10)}, confirm: true, result: Regression,
			want: "regressed: worse by 12.3% (11.5% to 12.7%), more than 5%; not confirmed: the second stage did not measure it -> measure again, with --confirm",
		},
		{
			name: "of two rounds", again: &same, change: cut, confirm: true, result: Regression,
			want: "regressed: worse by 12.3% (11.5% to 12.7%), more than 5%; not confirmed: 2 rounds cannot decide 1 test -> measure again, with --confirm",
		},
		{
			name: "not run in new", again: &same, change: func(run *results.Run) { run.Trials, run.End = nil, nil }, confirm: true, result: Regression,
			want: "regressed: worse by 12.3% (11.5% to 12.7%), more than 5%; not confirmed: not measured: 10 rounds not run: the run was cut off before its end -> measure again, with --confirm",
		},
		{
			name: "of another machine", again: &same, change: func(run *results.Run) { otherMachine(nil, run) }, confirm: true, result: Regression,
			want: "regressed: worse by 12.3% (11.5% to 12.7%), more than 5%; not confirmed: CPU was Example CPU 3000, now Example CPU 4000 -> measure again, with --confirm",
		},
		{
			name: "not asked for", result: Regression,
			want: "regressed: worse by 12.3% (11.5% to 12.7%), more than 5%",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b, n := asPair("first", measuredRun("first", same), measuredRun("first", slow))
			b.Header.Pair.Confirm, n.Header.Pair.Confirm = test.confirm, test.confirm
			base, new := []results.Run{b}, []results.Run{n}
			if test.again != nil {
				again := *test.again
				was := ran{again.point, roundsOf(100e3, 10)}
				b, n := asPair("second", measuredRun("second", was), measuredRun("second", again))
				b.Header.Pair.Confirms, n.Header.Pair.Confirms = "first", "first"
				if test.change != nil {
					test.change(&n)
				}
				base, new = append(base, b), append(new, n)
			}
			rules := defaultRules()
			rules.Metrics = []string{"p50"}
			c := compareOf(t, base, new, rules)
			if got := gatedWords(c); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if result, why := c.Result(false); result != test.result {
				t.Errorf("got %v, %s, want %v", result, why, test.result)
			}
			if c.Changes[0].Shift.Base != 10 || c.Family != 1 {
				t.Errorf("the stages were pooled: %+v, family %d", c.Changes[0].Shift, c.Family)
			}
		})
	}
}
