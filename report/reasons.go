package report

import (
	"fmt"
	"math"
	"strings"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// absent is said of cells that new has nothing of.
const absent = "not measured in new"

// explain sets the reason, and what would settle it.
func (st *stage) explain(it *item) {
	switch {
	case it.twin.apart != "":
		it.Reason, it.Settle = it.twin.apart, it.twin.settle(st.rules.AllowOther)
	case it.twin.new == nil:
		it.Reason = absent
	case !it.twin.measured() || it.Gated && it.Verdict == Missing:
		it.Reason = it.twin.new.lapses()
	case it.Metric.Counts:
		it.Reason = it.countWords()
	case !it.tested():
		it.Reason, it.Settle = it.unfit(st.paired)
	case it.Verdict == NotTold:
	case it.Verdict == stats.Inconclusive:
		it.Reason, it.Settle = st.undecided(it)
	default:
		it.Reason = st.decided(it)
	}
}

// settle is what makes cells comparable.
func (t *twin) settle(allow bool) string {
	switch {
	case t.several || t.other.Class() != results.Environment:
		return ""
	case t.other == results.FieldServerKind && (t.base.Key[t.other] == embedded || t.new.Key[t.other] == embedded):
		return "measure both on the same kind of server"
	case allow:
		return ""
	}
	return "measure both in one place, or accept the difference: --allow-env-mismatch"
}

// lapses say why rounds are missing.
func (r Row) lapses() string {
	switch {
	case r.Rounds.OK == 0 && r.Status == failed:
		return "all rounds failed: " + r.Reason
	case r.Status == failed || r.Status == partial && r.Rounds.Failed > 0:
		return fmt.Sprintf("%d of %s are bad: %s", r.Rounds.Planned-r.Rounds.OK, counted(r.Rounds.Planned, "round"), r.Reason)
	case r.Status == skipped:
		return "skipped: " + r.Reason
	}
	return "not measured: " + r.Reason
}

func (it *item) countWords() string {
	was, tried := it.Metric.total(it.twin.base)
	is, triedNow := it.Metric.total(*it.twin.new)
	return fmt.Sprintf("%s in %s, now %s in %s", integer(was), counted(tried, "op"), integer(is), counted(triedNow, "op"))
}

// unfit says why there is no test.
func (it *item) unfit(paired bool) (reason, settle string) {
	base, new := it.Metric.of(it.twin.base) != nil, it.Metric.of(*it.twin.new) != nil
	switch {
	case it.Shift.Unfit != "":
		return it.Shift.Unfit, ""
	case paired && len(it.twin.pairs) == 0 && base && new:
		return "no two rounds that belong together are both good", ""
	}
	side := "both sides"
	switch {
	case base:
		side = "new"
	case new:
		side = "base"
	}
	if it.Metric.Unit == nanosecondsASample {
		return fmt.Sprintf("a round of %s has fewer than %d samples beyond it", side, results.SamplesBeyond), "longer trials"
	}
	return "not every round of " + side + " has it", ""
}

// decided is of what a test has shown.
func (st *stage) decided(it *item) string {
	low, high := it.bounds()
	if it.Verdict == stats.Unchanged {
		if st.tooSmall(it) && (low <= fall(it.Threshold) || high >= it.Threshold) {
			return "the medians differ by less than " + strings.ReplaceAll(st.rules.MinAbs.String(), "\u00b5", "u")
		}
		return fmt.Sprintf("the interval (%s) is within the threshold of %s", interval(low, high), percent(it.Threshold))
	}
	change := it.share(it.Shift.Estimate)
	word, bound := "worse", it.Threshold
	if it.Verdict == stats.Improved {
		word = "better"
	}
	if change < 0 {
		change, low, high, bound = -change, -high, -low, -fall(it.Threshold)
	}
	if math.IsInf(it.Shift.High, 0) {
		return fmt.Sprintf("%s by %s, more than %s", word, percent(change), percent(bound))
	}
	return fmt.Sprintf("%s by %s (%s to %s), more than %s", word, percent(change), percent(low), percent(high), percent(bound))
}

// fall is what becomes of a value that is divided by 1 + the threshold.
func fall(threshold float64) float64 { return 1/(1+threshold) - 1 }

func interval(low, high float64) string { return signed(low) + " to " + signed(high) }

func (st *stage) undecided(it *item) (reason, settle string) {
	if it.Finding.More > 0 {
		settle = counted(it.Finding.More, "more round")
	}
	low, high := it.bounds()
	switch it.Finding.Cause {
	case stats.TooFew:
		return fmt.Sprintf("%s cannot decide %s", roundsWords(it.Shift), counted(st.family, "test")), settle
	case stats.AtThreshold:
		return fmt.Sprintf("the change of %s (%s) is about as large as the threshold of %s",
			signed(it.share(it.Shift.Estimate)), interval(low, high), percent(it.nearest())), settle
	}
	if settle == "" {
		settle = "longer trials, or a quieter machine"
	}
	return fmt.Sprintf("the interval (%s) reaches beyond the threshold of %s: too noisy", interval(low, high), percent(it.beyond(low, high))), settle
}

// beyond is the threshold that the interval reaches beyond, as a fall where it
// is that one alone.
func (it *item) beyond(low, high float64) float64 {
	if high < it.Threshold && low <= fall(it.Threshold) {
		return -fall(it.Threshold)
	}
	return it.Threshold
}

// nearest is the threshold on the side of the change.
func (it *item) nearest() float64 {
	if it.share(it.Shift.Estimate) < 0 {
		return -fall(it.Threshold)
	}
	return it.Threshold
}

func roundsWords(s stats.Shift) string {
	if s.Base == s.New {
		return counted(s.Base, "round")
	}
	return fmt.Sprintf("%d and %s", s.Base, counted(s.New, "round"))
}
