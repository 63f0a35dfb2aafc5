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

// confirm takes back the regressions of a first stage that the second has not
// flagged, too. What the second tests are only these.
func (st *stage) confirm(again *stage, s *sides) {
	asked, there := s.second()
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
			it.unconfirmed("the second stage is missing", "measure again, with --confirm")
		case i < 0:
			it.unconfirmed("the second stage did not measure it", "measure again, with --confirm")
		default:
			it.confirmedBy(again.items[i])
		}
	}
}

// same is whether both are of the same metric of the same cell.
func (it *item) same(other *item) bool {
	return it.Metric.Name == other.Metric.Name && it.Op == other.Op && it.twin.key == other.twin.key
}

func (it *item) confirmedBy(second item) {
	switch second.Verdict {
	case stats.Regressed:
		it.Reason += "; confirmed by a second stage: " + second.Reason
	case Missing:
		it.Verdict, it.Reason = Missing, "in the second stage: "+second.Reason
	default:
		it.unconfirmed("not confirmed by a second stage: "+second.Reason, "")
	}
}

func (it *item) unconfirmed(why, settle string) {
	it.Verdict, it.Reason, it.Settle = stats.Inconclusive, it.Reason+"; "+why, settle
}
