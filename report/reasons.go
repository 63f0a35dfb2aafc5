package report

import (
	"fmt"
	"strings"
	"time"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// explain sets the reason, and what would settle it.
func (st *stage) explain(it *item) {
	switch {
	case it.twin.apart != "":
		it.Reason, it.Settle = it.twin.apart, it.twin.settle(st.rules.AllowOther)
	case it.Absent:
		it.Reason = "not measured in new"
	case !it.twin.measured() || it.Gated && it.twin.new.bad() > 0:
		it.Reason = it.twin.new.lapses()
	case it.otherTime() != "":
		it.Reason = it.otherTime()
	case it.overload() != "":
		it.Reason, it.Settle = it.overload(), "a lower rate"
	case it.Metric.Counts && it.lost() == "":
		it.Reason = it.countWords()
	case !it.tested():
		it.Reason, it.Settle = it.unfit(st.sides.paired)
	case it.Verdict == NotTold:
	case it.Verdict == stats.Inconclusive:
		it.Reason, it.Settle = st.undecided(it)
	default:
		it.Reason = it.decided()
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
	switch rounds := counted(r.Rounds.Planned, "round"); {
	case r.Rounds.Failed > 0 && r.Rounds.Failed == r.Rounds.Planned:
		return "all rounds failed: " + r.Reason
	case r.Rounds.Failed > 0:
		return fmt.Sprintf("%d of %s failed: %s", r.Rounds.Failed, rounds, r.Reason)
	case r.Rounds.OK > 0:
		return fmt.Sprintf("%d of %s were not run: %s", r.gone, rounds, r.Reason)
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
	if reason = it.lost(); reason == "" {
		_, reason = it.zeros()
	}
	base, new := it.Metric.sample(it.twin.base).summary != nil, it.Metric.sample(*it.twin.new).summary != nil
	switch {
	case base && !new && it.Metric.Unit == nanosecondsASample:
		return reason, "longer trials"
	case reason != "":
		return reason, ""
	case it.Shift.Unfit != "":
		return it.Shift.Unfit, ""
	case paired && len(it.twin.pairs) == 0 && base && new:
		return "no two rounds that belong together are both good", ""
	}
	side := "both sides have"
	if new {
		side = "base has"
	}
	if it.Metric.Unit == nanosecondsASample {
		settle = "longer trials"
	}
	return fmt.Sprintf("%s no %s: %s", side, it.Metric.Name, it.Metric.lacking()), settle
}

// decided is of what a test has shown.
func (it *item) decided() string {
	if it.Verdict == stats.Unchanged {
		return fmt.Sprintf("the interval (%s) is within the threshold of %s", interval(it.bounds()), it.thresholdWords(it.Threshold))
	}
	moved, bound := it.moved()
	return fmt.Sprintf("%s, more than %s", moved, it.thresholdWords(bound))
}

// moved says how much worse or better it is, and which threshold that is beyond.
func (it *item) moved() (words string, bound float64) {
	change := it.share(it.Shift.Estimate)
	low, high := it.bounds()
	word, bound := "worse", it.Threshold
	if it.Shift.Estimate < 0 {
		word = "better"
	}
	if change < 0 {
		change, low, high, bound = -change, -high, -low, -fall(it.Threshold)
	}
	words = fmt.Sprintf("%s by %s", word, unsigned(change))
	if it.bounded() {
		words += fmt.Sprintf(" (%s to %s)", unsigned(low), unsigned(high))
	}
	return words, bound
}

// unsigned writes a change that is above 0, or the end of an interval of one.
func unsigned(share float64) string { return strings.TrimPrefix(signed(share), "+") }

// thresholdWords also say which time decided it.
func (it *item) thresholdWords(share float64) string {
	if it.minAbs == 0 {
		return percent(share)
	}
	return fmt.Sprintf("%s (%s)", percent(share), durationWords(it.minAbs))
}

func durationWords(d time.Duration) string { return strings.ReplaceAll(d.String(), "\u00b5", "u") }

// fall is what becomes of a value that is divided by 1 + the threshold.
func fall(threshold float64) float64 { return 1/(1+threshold) - 1 }

func interval(low, high float64) string { return signed(low) + " to " + signed(high) }

func (st *stage) undecided(it *item) (reason, settle string) {
	if it.Finding.More > 0 {
		settle = counted(it.Finding.More, "more "+it.round())
	}
	low, high := it.bounds()
	switch it.Finding.Cause {
	case stats.TooFew:
		return st.undecidable(it), settle
	case stats.AtThreshold:
		return fmt.Sprintf("the change of %s (%s) is about as large as the threshold of %s",
			signed(it.share(it.Shift.Estimate)), interval(low, high), it.thresholdWords(it.nearest())), settle
	}
	if settle == "" {
		settle = "longer trials, or a quieter machine"
	}
	if it.Finding.Cause == stats.NotSignificant {
		moved, _ := it.moved()
		return fmt.Sprintf("%s, but not significant among %s (adjusted p %.3g)",
			moved, counted(st.family, "test"), min(it.Finding.Worse, it.Finding.Better)), settle
	}
	return fmt.Sprintf("the interval (%s) reaches beyond the threshold of %s: too noisy",
		interval(low, high), it.thresholdWords(it.beyond(low, high))), settle
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

func (st *stage) undecidable(it *item) string {
	return fmt.Sprintf("%s cannot decide %s", it.roundsWords(), counted(st.family, "test"))
}

// round is what one of the compared values is of.
func (c Change) round() string {
	if c.ByRun {
		return "run"
	}
	return "round"
}

func (c Change) roundsWords() string {
	if c.Shift.Base == c.Shift.New {
		return counted(c.Shift.Base, c.round())
	}
	return fmt.Sprintf("%d and %s", c.Shift.Base, counted(c.Shift.New, c.round()))
}
