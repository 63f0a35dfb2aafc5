package report

import (
	"slices"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// second says whether the first stage asks for a second, and whether there is
// one.
func (s *sides) second() (asked, there bool) {
	asked = slices.ContainsFunc(slices.Concat(s.base, s.new), func(run results.Run) bool {
		return isHalf(run) && run.Header.Pair.Confirm
	})
	return asked || len(s.baseAgain) > 0, len(s.baseAgain) > 0 && len(s.newAgain) > 0
}

// confirm takes back the regressions of a first stage that the second could have
// found again and has not. What the second tests are only these.
func (st *stage) confirm(again *stage) {
	asked, there := st.sides.second()
	if !asked {
		return
	}
	var flagged []*item
	for i := range st.items {
		if st.items[i].Gated && st.items[i].Verdict == stats.Regressed {
			flagged = append(flagged, &st.items[i])
		}
	}
	again.judge(func(it *item) bool {
		return slices.ContainsFunc(flagged, func(first *item) bool { return first.same(it) })
	})
	for _, it := range flagged {
		i := slices.IndexFunc(again.items, func(other item) bool { return it.same(&other) })
		switch {
		case !there:
			it.unconfirmed("the second stage is missing")
		case i < 0:
			it.unconfirmed("the second stage did not measure it")
		default:
			it.repeated(&again.items[i], again)
		}
	}
}

// same is whether both are of the same metric of the same cell.
func (it *item) same(other *item) bool {
	return it.Metric.Name == other.Metric.Name && it.Op == other.Op && it.twin.key == other.twin.key
}

// repeated says what the second stage made of it.
func (it *item) repeated(second *item, again *stage) {
	switch {
	case second.Verdict == stats.Regressed:
		it.Reason += "; confirmed by a second stage: " + second.Reason
	case second.twin.apart == "" && second.twin.new != nil && second.twin.new.bad() > 0:
		it.Verdict, it.Reason = Missing, "in the second stage: "+second.Reason
	case second.tested() && !again.decides(second):
		it.unconfirmed(again.undecidable(second))
	case !second.tested() && second.Verdict != stats.Unchanged && second.Verdict != stats.Improved:
		it.unconfirmed(second.Reason)
	default:
		it.Verdict, it.Settle = stats.Inconclusive, ""
		it.Reason += "; not confirmed by a second stage: " + second.Reason
	}
}

func (st *stage) decides(it *item) bool {
	return it.Shift.Least*float64(st.family) <= st.rules.Alpha
}

// unconfirmed leaves a regression that nothing speaks against.
func (it *item) unconfirmed(why string) {
	it.Reason, it.Settle = it.Reason+"; not confirmed: "+why, "measure again, with --confirm"
}
