package report

import (
	"encoding/json"
	"testing"

	"respbench.dev/respbench/results"
)

// What a real comparison writes as JSON holds together.
func TestComparedAsJSON(t *testing.T) {
	base := []ran{rawCell(90e3, 10), goredis(100e3, 10), rueidisCell(100e3, 10), {syncPoint("redigo"), wide}, {syncPoint("radix"), roundsOf(100e3, 10)}}
	new := []ran{rawCell(90e3, 10), goredis(115e3, 10), rueidisCell(100e3, 10), {syncPoint("redigo"), wide[1:]}}
	for name, change := range map[string]func(base, new *results.Run){
		"whole":        func(_, _ *results.Run) {},
		"failed":       func(_, new *results.Run) { fail(new, 12, 13, 25) },
		"short":        func(_, new *results.Run) { shorten(&new.Trials[12]) },
		"idle":         func(_, new *results.Run) { stop(new, len(new.Trials)) },
		"idle before":  func(base, _ *results.Run) { stop(base, len(base.Trials)) },
		"other server": embeddedNow,
		"one round": func(base, new *results.Run) {
			*base, *new = measuredRun("base", goredis(100e3, 1)), measuredRun("new2", goredis(100e3, 1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, n := measuredRun("base", base...), measuredRun("new2", new...)
			change(&b, &n)
			c := compareOf(t, []results.Run{b}, []results.Run{n}, defaultRules())
			var document jsonComparison
			if err := json.Unmarshal(written(t, mustFormat(t, "json"), c), &document); err != nil {
				t.Fatal(err)
			}
			if len(document.Changes) != len(c.Changes) || len(document.Changes) == 0 {
				t.Fatalf("%d changes of %d", len(document.Changes), len(c.Changes))
			}
			judged, gated := 0, 0
			for _, ch := range document.Changes {
				if ch.Gated {
					gated++
				}
				if checkJSONChange(t, ch) {
					judged++
				}
			}
			if gated != document.Family || judged > gated {
				t.Errorf("%d gated changes, %d of them judged; the family has %d", gated, judged, document.Family)
			}
		})
	}
}

// checkJSONChange reports whether it is gated and was judged by a test.
func checkJSONChange(t *testing.T, ch jsonChange) bool {
	t.Helper()
	where := ch.Cell + " " + ch.Metric
	if ch.Gated && (ch.Verdict == nil || *ch.Verdict == "" || ch.Reason == nil) {
		t.Errorf("%s has no verdict or no reason", where)
	}
	if ch.Gated && *ch.Verdict == "inconclusive" && ch.Cause == nil {
		t.Errorf("%s is inconclusive without a cause", where)
	}
	if ch.Test == nil {
		return false
	}
	test := *ch.Test
	for _, p := range []*float64{test.PWorse, test.PBetter, test.Least} {
		if p == nil || *p <= 0 || *p > 1 {
			t.Errorf("%s: a p of %v", where, p)
		}
	}
	if (test.Worse == nil) != (test.Better == nil) || test.Worse == nil && test.Smallest != nil {
		t.Errorf("%s: half judged: %+v", where, test)
	}
	if test.Worse != nil && (*test.Worse < *test.PWorse || *test.Better < *test.PBetter || *test.Worse > 1 || *test.Better > 1) {
		t.Errorf("%s: adjusted p %g and %g of %g and %g", where, *test.Worse, *test.Better, *test.PWorse, *test.PBetter)
	}
	if test.Smallest != nil && *test.Smallest <= 0 {
		t.Errorf("%s: a smallest effect of %g", where, *test.Smallest)
	}
	if test.Low != nil && (*test.Low > *test.Change || *test.High < *test.Change) {
		t.Errorf("%s: %g is not within %g and %g", where, *test.Change, *test.Low, *test.High)
	}
	if !ch.Gated && ch.Client != RawLibrary && test.Worse != nil {
		t.Errorf("%s is not gated, and judged", where)
	}
	return ch.Gated && test.Worse != nil
}
