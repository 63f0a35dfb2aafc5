package stats

// A Lead is which of two sides is the better one at a point.
type Lead int

// The leads.
const (
	Open   Lead = iota // too close to call: nothing is significant, nor the interval narrow enough
	First              // significantly better, and by the threshold at least
	Second             // the mirror image
	Level              // the interval of the difference lies within the threshold
)

// Leads compares two sides at several points, each with the values of its
// rounds. Alpha is the probability, at most, that a side is said to lead anywhere
// where it does not; it holds for each side, so that one of two equal ones leads
// somewhere by chance in up to twice as many cases. The threshold is the smallest
// difference that counts, as a share. It is unpaired: rounds of a shuffled order
// are not neighbours.
func Leads(first, second [][]float64, better Direction, threshold, alpha float64) []Lead {
	cases := make([]Case, len(first))
	for i := range cases {
		cases[i] = Case{Shift: Compare(first[i], second[i], false, better), Threshold: threshold, Gated: true}
	}
	leads := make([]Lead, len(cases))
	for i, f := range Judge(cases, alpha) {
		leads[i] = map[Verdict]Lead{Regressed: First, Improved: Second, Unchanged: Level}[f.Verdict]
	}
	return leads
}

// Peak is the index of the point with the highest median of its rounds, and
// whether the values fall behind it: whether the last point is significantly
// lower, by the threshold at least. The peak was chosen as the highest, so alpha
// is for any point that it might have been: see PeakTests.
func Peak(points [][]float64, threshold, alpha float64) (at int, falls bool) {
	for i, values := range points {
		if Median(values) > Median(points[at]) {
			at = i
		}
	}
	last := points[len(points)-1:]
	alpha /= float64(PeakTests(len(points)))
	return at, Leads(points[at:at+1], last, Higher, threshold, alpha)[0] == First
}

// PeakTests is how many tests a Peak of so many points stands for: of each but
// the last against the last.
func PeakTests(points int) int { return max(points-1, 1) }
