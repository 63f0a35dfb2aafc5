package report

import (
	"fmt"
	"slices"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// untested gives the verdicts that need no test, and reports whether it did.
func (st *stage) untested(it *item) bool {
	switch {
	case it.twin.apart != "":
		it.Verdict = Incomparable
	case !it.twin.measured() || it.twin.new.bad() > 0:
		it.Verdict = Missing
	case it.otherTime() != "":
		it.Verdict = Incomparable
	case it.overload() != "":
		it.Verdict = stats.Inconclusive
	case it.lost() != "":
		it.Verdict = Missing
	case it.Metric.Counts:
		it.Verdict = st.counted(it)
	case !it.tested():
		it.Verdict, _ = it.zeros()
	default:
		return false
	}
	if it.Finding.Verdict = it.Verdict; it.Verdict == stats.Inconclusive {
		it.Finding.Cause = stats.CannotTell
	}
	return true
}

// otherTime says that the latencies of one side are response times and those of
// the other are not; else it is empty.
func (it *item) otherTime() string {
	base, new := it.twin.base.Schedule != nil, it.twin.new.Schedule != nil
	switch {
	case !it.Metric.latency() || base == new:
		return ""
	case base:
		return "base has response times, new is a closed loop and has service times"
	}
	return "base is a closed loop and has service times, new has response times"
}

// overload says which side has no latencies, and why; else it is empty.
func (it *item) overload() string {
	if !it.Metric.latency() {
		return ""
	}
	for i, r := range []Row{*it.twin.new, it.twin.base} {
		if r.overloaded() {
			return []string{"new", "base"}[i] + " was " + r.overloadWords()
		}
	}
	return ""
}

// bad are the rounds that failed, or were not run for the server had gone.
func (r Row) bad() int { return r.Rounds.Failed + r.gone }

// lost says which value base has and new has not; empty if there is none.
func (it *item) lost() string {
	switch {
	case it.Base != nil && it.New == nil:
		return fmt.Sprintf("new has no %s: %s", it.Metric.Name, it.Metric.lacking())
	case it.Metric.Better != stats.Higher || it.Metric.Counts || it.Base == nil:
		return ""
	}
	// Where base has none and new nothing else, zeros gives the verdict.
	some, all := slices.Contains(it.New.Values, 0), allZero(it.New)
	if before := slices.Contains(it.Base.Values, 0); some && !allZero(it.Base) && before == all {
		return "new has rounds with a value of 0"
	}
	return ""
}

// lacking is why rounds have no value.
func (m Metric) lacking() string {
	if m.Unit == nanosecondsASample {
		return fmt.Sprintf("most rounds have fewer than %d samples beyond it", results.SamplesBeyond)
	}
	return "most rounds lack it"
}

// zeros is the verdict where one side is all 0 and the other nowhere: there is no
// ratio, and no doubt. Else nothing can be told.
func (it *item) zeros() (verdict stats.Verdict, reason string) {
	if it.Base == nil || it.New == nil {
		return stats.Inconclusive, ""
	}
	up := allZero(it.Base) && slices.Min(it.New.Values) > 0
	down := allZero(it.New) && slices.Min(it.Base.Values) > 0
	switch {
	case up:
		verdict, reason = stats.Regressed, fmt.Sprintf("0 in base, now %s (median)", it.median(it.New))
	case down:
		verdict, reason = stats.Improved, fmt.Sprintf("%s (median) in base, now 0", it.median(it.Base))
	default:
		return stats.Inconclusive, ""
	}
	if it.Metric.Better == stats.Higher {
		verdict = map[stats.Verdict]stats.Verdict{stats.Regressed: stats.Improved, stats.Improved: stats.Regressed}[verdict]
	}
	return verdict, reason
}

func allZero(s *stats.Summary) bool { return s.Worst == 0 && s.Best == 0 }

// counted compares totals as shares of what was tried, exactly: where nothing
// failed before, one failure is a regression.
func (st *stage) counted(it *item) stats.Verdict {
	was, tried := it.Metric.total(it.twin.base)
	is, triedNow := it.Metric.total(*it.twin.new)
	if tried == 0 || triedNow == 0 {
		return stats.Inconclusive
	}
	before, now := float64(was)/float64(tried), float64(is)/float64(triedNow)
	switch {
	case now > before*(1+it.Threshold):
		return stats.Regressed
	case before > now*(1+it.Threshold):
		return stats.Improved
	}
	return stats.Unchanged
}
