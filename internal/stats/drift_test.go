package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// The p are those of R: cor.test(seq_along(x), x, method="kendall", exact=TRUE).
func TestTrendP(t *testing.T) {
	tests := []struct {
		values []float64
		want   float64
	}{
		{[]float64{1, 2, 3, 4, 5}, 0.0166666666666667},
		{[]float64{5, 4, 3, 2, 1}, 0.0166666666666667},
		{[]float64{3, 1, 2, 5, 4, 6}, 0.136111111111111},
		{[]float64{1.5, 1.2, 1.9, 2.2, 2.1, 2.6, 2.4, 3}, 0.00550595238095242},
		{[]float64{2, 9, 4, 1, 7, 3, 8, 5, 6, 10}, 0.216373456790123},
		{[]float64{12, 11, 9, 10, 8, 7, 5, 6, 3, 4, 1, 2}, 5.31939768050879e-06},
	}
	for _, test := range tests {
		if got := trendP(test.values); math.Abs(got-test.want) > 1e-12 {
			t.Errorf("%v: p %.15g, expected %.15g", test.values, got, test.want)
		}
	}
}

// permutations calls f with every order of the values.
func permutations(values []float64, f func([]float64)) {
	var place func(int)
	place = func(at int) {
		if at == len(values) {
			f(values)
			return
		}
		for i := at; i < len(values); i++ {
			values[at], values[i] = values[i], values[at]
			place(at + 1)
			values[at], values[i] = values[i], values[at]
		}
	}
	place(0)
}

func TestInversionsByEnumeration(t *testing.T) {
	for n := 1; n <= 7; n++ {
		values := make([]float64, n)
		for i := range values {
			values[i] = float64(i)
		}
		orders, counts := 0, make([]int, n*(n-1)/2+1)
		permutations(values, func(order []float64) {
			orders++
			counts[inversions(order)]++
		})
		atMost := 0
		for most, count := range counts {
			atMost += count
			if got, want := inversionsP(n, most), float64(atMost)/float64(orders); math.Abs(got-want) > 1e-14 {
				t.Errorf("n %d, at most %d inversions: p %g, expected %g", n, most, got, want)
			}
		}
	}
}

func inversions(values []float64) int {
	count := 0
	for i, v := range values {
		for _, later := range values[i+1:] {
			if later < v {
				count++
			}
		}
	}
	return count
}

// However equal values really were ordered, the p is not above that of ties.
func TestTrendPWithTies(t *testing.T) {
	tied := []float64{1, 1, 2, 3, 3, 3, 4}
	got, worst := trendP(tied), 0.0
	for _, first := range [][]float64{{1, 1.1}, {1.1, 1}} {
		permutations([]float64{3, 3.1, 3.2}, func(three []float64) {
			untied := slices.Concat(first, []float64{2}, three, []float64{4})
			worst = max(worst, trendP(untied))
		})
	}
	if got != worst {
		t.Errorf("p %g, but %g in the worst order", got, worst)
	}
	if p := trendP([]float64{5, 5, 5, 5, 5, 5}); p != 1 {
		t.Errorf("equal values have a p of %g", p)
	}
}

// Beyond what is counted out, the normal distribution is close enough.
func TestInversionsOfMany(t *testing.T) {
	const n, middle = exactTrend, exactTrend * (exactTrend - 1) / 4
	for most := middle / 2; most <= middle; most += 25 {
		if exact, near := inversionsP(n, most), normalInversionsP(n, most); math.Abs(exact-near) > 5e-4 {
			t.Errorf("at most %d inversions of %d: p %g, near %g", most, n, exact, near)
		}
	}
	if got := inversionsP(n+1, middle); got != normalInversionsP(n+1, middle) {
		t.Errorf("more than %d values have a p of %g", n, got)
	}
}

func TestDrift(t *testing.T) {
	tests := []struct {
		name   string
		values []float64
		want   float64 // 0: none
	}{
		{"none", nil, 0},
		{"one", []float64{1}, 0},
		// Slopes 3 4 3 5, over two 3.5 3.5 4, three 3.33 4, four 3.75: the median
		// is (3.5+3.75)/2 = 3.625; 4 x 3.625 of the median of 107.
		{"rising", []float64{100, 103, 107, 110, 115}, 4 * 3.625 / 107},
		{"four are too few", []float64{100, 110, 120, 130}, 0},
		{"rising a little", []float64{100, 102, 104, 106, 108}, 0},
		{"five with a dip", []float64{100, 105, 104, 110, 115}, 0},
		// One inversion in six has a p of 2 x 6/720. Slopes -3 1 -8 -5 -5, over two
		// -1 -3.5 -6.5 -5, three -3.33 -4 -6, four -3.75 -4.25, five -4: the eighth
		// in size is -4, and the median of the values 93.5.
		{"six with a rise between", []float64{100, 97, 98, 90, 85, 80}, -4 * 5 / 93.5},
		{"shuffled", []float64{80, 100, 90, 97, 85, 98}, 0},
		{"about zero", []float64{-2, -1, 0, 1, 2}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			change, drifts := drift(test.values)
			if drifts != (test.want != 0) || drifts && math.Abs(change-test.want) > 1e-9 {
				t.Errorf("%v by %.4f, expected %.4f", drifts, change, test.want)
			}
		})
	}
}

func TestUnsteady(t *testing.T) {
	tests := []struct {
		name string
		ops  []float64
		want float64 // 0: steady
	}{
		{"none", nil, 0},
		{"seven slices", []float64{100, 99, 98, 97, 96, 95, 94}, 0},
		{"falling", []float64{100, 99, 98, 97, 96, 95, 94, 93}, 378.0/394 - 1},
		{"the middle one of nine is in neither half", []float64{100, 101, 102, 103, 104, 105, 106, 107, 108}, 426.0/406 - 1},
		{"falling by too little", []float64{1000, 999, 998, 997, 996, 995, 994, 993}, 0},
		{"a step, and noise in halves of four: p 0.06", []float64{101, 99, 100, 102, 90, 92, 91, 89}, 0},
		{"the halves differ, but by one slice", []float64{100, 101, 99, 100, 100, 101, 40, 100}, 0},
		{"nothing in the first half", []float64{0, 0, 0, 0, 1, 2, 3, 4}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			change, unsteady := Unsteady(test.ops)
			if unsteady != (test.want != 0) || unsteady && math.Abs(change-test.want) > 1e-12 {
				t.Errorf("%v by %.4f, expected %.4f", unsteady, change, test.want)
			}
		})
	}
}

// Rounds that only differ by chance drift in one case of 50, or fewer.
func TestDriftIsRareByChance(t *testing.T) {
	const cases = 5000
	random := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{5, 6, 10, 20} {
		found := 0
		for range cases {
			values := make([]float64, n)
			for i := range values {
				values[i] = math.Exp(0.2 * random.NormFloat64())
			}
			if _, drifts := drift(values); drifts {
				found++
			}
		}
		if found == 0 || found > cases*driftP*5/4 {
			t.Errorf("%d rounds: %d of %d drift", n, found, cases)
		}
	}
}
