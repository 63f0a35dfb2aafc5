package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// shifted has ten pairs of values, the new ones higher by this share, and by up
// to noise more or less.
func shifted(share, noise float64) Shift {
	base, other := make([]float64, 10), make([]float64, 10)
	for i := range base {
		base[i] = 100
		other[i] = 100 * (1 + share + noise*(float64(i)-4.5)/4.5)
	}
	return Compare(base, other, true, Lower)
}

func TestJudge(t *testing.T) {
	few := Compare([]float64{1, 2, 3, 4}, []float64{2, 4, 6, 8}, true, Lower)
	tests := []struct {
		name    string
		c       Case
		verdict Verdict
		cause   Cause
		more    bool
	}{
		{"worse", Case{Shift: shifted(0.10, 0.02)}, Regressed, "", false},
		{"better", Case{Shift: shifted(-0.10, 0.02)}, Improved, "", false},
		{"the same", Case{Shift: shifted(0, 0.02)}, Unchanged, "", false},
		{"significant, but small", Case{Shift: shifted(0.02, 0.01)}, Unchanged, "", false},
		{"noise", Case{Shift: shifted(0.01, 0.15)}, Inconclusive, TooNoisy, true},
		{"worse, within the noise", Case{Shift: shifted(0.10, 0.30)}, Inconclusive, NotSignificant, true},
		{"nothing but noise", Case{Shift: shifted(0.05, 0.4)}, Inconclusive, TooNoisy, false},
		{"much noise, by chance beyond", Case{Shift: shifted(0.01, 0.9)}, Inconclusive, NotSignificant, false},
		{"at the threshold", Case{Shift: shifted(0.0499, 0.03)}, Inconclusive, AtThreshold, false},
		{"below the threshold", Case{Shift: shifted(0.035, 0.04)}, Inconclusive, AtThreshold, true},
		{"below the threshold, within the noise", Case{Shift: shifted(0.03, 0.09)}, Inconclusive, TooNoisy, true},
		{"one equal pair", Case{Shift: Compare([]float64{3}, []float64{3}, true, Lower)}, Inconclusive, TooFew, true},
		{"one equal value a side", Case{Shift: Compare([]float64{3}, []float64{3}, false, Lower)}, Inconclusive, TooFew, true},
		{"too few", Case{Shift: few}, Inconclusive, TooFew, true},
		{"no values", Case{Shift: Compare(nil, nil, true, Lower)}, Inconclusive, CannotTell, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.c.Threshold, test.c.Gated = 0.05, true
			f := Judge([]Case{test.c}, 0.05)[0]
			if f.Verdict != test.verdict || f.Cause != test.cause || (f.More > 0) != test.more || f.More%2 != 0 {
				t.Errorf("%+v of %+v", f, test.c)
			}
		})
	}
}

// TestJudgeFamilies: the gated cases are one family, whatever can be tested.
func TestJudgeFamilies(t *testing.T) {
	worse := Case{Shift: shifted(0.10, 0.02), Threshold: 0.05, Gated: true}
	other, unfit := worse, Case{Shift: Compare(nil, nil, true, Lower), Gated: true}
	other.Gated = false
	findings := Judge([]Case{worse, other, unfit, worse}, 0.05)
	for i, p := range []float64{3. / 1024, 1. / 1024, 1, 3. / 1024} {
		if findings[i].Worse != p {
			t.Errorf("case %d: p %g, expected %g", i, findings[i].Worse, p)
		}
	}
	family := make([]Case, 52) // 10 pairs decide 51
	for i := range family {
		family[i] = worse
	}
	// With 45 more in the family, a change beyond the threshold is not significant.
	rough := slices.Clone(family[:46])
	for i := range rough {
		rough[i].Shift = shifted(0.10, 0.20)
	}
	if f := Judge(rough[:1], 0.05)[0]; f.Verdict != Regressed {
		t.Errorf("alone: %+v", f)
	}
	if f := Judge(rough, 0.05)[0]; f.Verdict != Inconclusive || f.Cause != NotSignificant {
		t.Errorf("one of 46: %+v", f)
	}
	for _, f := range Judge(family, 0.05) {
		if f.Cause != TooFew || f.More != 2 || !math.IsInf(f.Smallest, 1) {
			t.Fatalf("one of 52: %+v", f)
		}
	}
	if f := Judge(family[:51], 0.05)[50]; f.Verdict != Regressed || math.IsInf(f.Smallest, 1) {
		t.Errorf("one of 51: %+v", f)
	}
}

func TestJudgeMirrors(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	opposite := map[Verdict]Verdict{Regressed: Improved, Improved: Regressed, Unchanged: Unchanged, Inconclusive: Inconclusive}
	seen := map[Verdict]int{}
	for range 500 {
		var cases, swapped []Case
		for range 1 + random.IntN(5) {
			n := 3 + random.IntN(12)
			c := Case{Threshold: 0.3, Gated: random.IntN(3) > 0}
			s := c
			base, other := sample(random, n), times(sample(random, n), 0.5+random.Float64())
			paired, better := random.IntN(2) == 0, Direction(random.IntN(2))
			c.Shift, s.Shift = Compare(base, other, paired, better), Compare(other, base, paired, better)
			cases, swapped = append(cases, c), append(swapped, s)
		}
		findings, mirror := Judge(cases, 0.05), Judge(swapped, 0.05)
		for i, f := range findings {
			checkFinding(t, f)
			seen[f.Verdict]++
			f.Verdict, f.Worse, f.Better = opposite[f.Verdict], f.Better, f.Worse
			if f != mirror[i] {
				t.Fatalf("%+v: %+v, swapped %+v", cases[i], findings[i], mirror[i])
			}
		}
	}
	if len(seen) != len(opposite) {
		t.Errorf("only %v", seen)
	}
}

// checkFinding: it is of the kind that may be shown.
func checkFinding(t *testing.T, f Finding) {
	t.Helper()
	valid := f.Worse > 0 && f.Worse <= 1 && f.Better > 0 && f.Better <= 1 && f.Smallest >= 0 && f.More >= 0
	if !valid || (f.Verdict == Inconclusive) != (f.Cause != "") || f.More > 0 && f.Cause == "" {
		t.Fatalf("%+v", f)
	}
}
