package stats

import "math"

// A Case is one of the tests that are judged together.
type Case struct {
	Shift
	Threshold float64 // smallest change that matters, as a share: 0.05
	Gated     bool    // belongs to the family; the others are corrected among themselves
}

// A Verdict is what a case comes to.
type Verdict string

// The verdicts.
const (
	Regressed    Verdict = "regressed"    // significantly worse, and by the threshold at least
	Improved     Verdict = "improved"     // the mirror image
	Unchanged    Verdict = "unchanged"    // the interval lies within the threshold
	Inconclusive Verdict = "inconclusive" // none of these can be told
)

// A Cause says why a verdict is inconclusive.
type Cause string

// The causes.
const (
	CannotTell     Cause = "unfit"           // there is no test: see Shift.Unfit
	TooFew         Cause = "too few"         // so few rounds cannot reject one test of this family
	TooNoisy       Cause = "too noisy"       // the interval is too wide for the threshold
	AtThreshold    Cause = "at threshold"    // the change is about as large as the threshold
	NotSignificant Cause = "not significant" // beyond the threshold, but so many tests give that by chance
)

// A Finding is the verdict on a case.
type Finding struct {
	Verdict
	Cause         Cause   // of Inconclusive
	Worse, Better float64 // p, after Holm
	// Smallest is the smallest change, as a share, that these rounds would have
	// found in nine of ten cases; infinite where they can find none.
	Smallest float64
	// More is how many further rounds a side would settle it; 0: no reasonable
	// number would, or none is needed.
	More int
}

// Judge gives the verdicts on cases, in their order. A case that is unfit
// belongs to its family all the same: what cannot be told must not make it
// easier to reject the others.
func Judge(cases []Case, alpha float64) []Finding {
	findings := make([]Finding, len(cases))
	for _, gated := range []bool{true, false} {
		var family []int
		for i, c := range cases {
			if c.Gated == gated {
				family = append(family, i)
			}
		}
		judgeFamily(cases, family, alpha, findings)
	}
	return findings
}

// judgeFamily fills in the findings on the cases of these indices.
func judgeFamily(cases []Case, family []int, alpha float64, findings []Finding) {
	worse, better := make([]float64, len(family)), make([]float64, len(family))
	for i, c := range family {
		worse[i], better[i] = 1, 1
		if cases[c].Unfit == "" {
			worse[i], better[i] = cases[c].PWorse, cases[c].PBetter
		}
	}
	worse, better = Holm(worse), Holm(better)
	for i, c := range family {
		if cases[c].Unfit != "" {
			findings[c] = Finding{Verdict: Inconclusive, Cause: CannotTell, Worse: 1, Better: 1, Smallest: math.Inf(1)}
			continue
		}
		findings[c] = cases[c].judge(worse[i], better[i], len(family), alpha)
	}
}

func (c Case) judge(worse, better float64, family int, alpha float64) Finding {
	f := Finding{Verdict: c.verdict(worse <= alpha, better <= alpha), Worse: worse, Better: better}
	f.Smallest = c.design().smallestEffect(c.Spread, family, alpha)
	if f.Verdict == Inconclusive {
		f.Cause, f.More = plan{c.Shift, math.Log1p(c.Threshold), family, alpha}.settle()
	}
	return f
}

func (c Case) verdict(worse, better bool) Verdict {
	margin := math.Log1p(c.Threshold)
	switch {
	case -margin < c.Low && c.High < margin:
		return Unchanged
	case worse && c.Estimate >= margin:
		return Regressed
	case better && c.Estimate <= -margin:
		return Improved
	}
	return Inconclusive
}
