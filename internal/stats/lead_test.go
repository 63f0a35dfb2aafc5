package stats

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// around are five rounds that spread by a percent or so.
func around(v float64) []float64 { return []float64{v, 0.99 * v, 1.01 * v, 0.995 * v, 1.005 * v} }

func TestLeads(t *testing.T) {
	first := [][]float64{around(100), around(100), around(100), around(100), {60, 140, 100, 80, 120}}
	second := [][]float64{around(120), around(80), around(100), around(103), around(110)}
	want := []Lead{Second, First, Level, Level, Open}
	if diff := cmp.Diff(want, Leads(first, second, Higher, 0.05, 0.05)); diff != "" {
		t.Errorf("higher is better: -want +got:\n%s", diff)
	}
	want[0], want[1] = First, Second
	if diff := cmp.Diff(want, Leads(first, second, Lower, 0.05, 0.05)); diff != "" {
		t.Errorf("lower is better: -want +got:\n%s", diff)
	}
	if got := Leads(nil, nil, Lower, 0.05, 0.05); len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
}

// Three rounds a side can decide one point, and not two.
func TestLeadsOfFewRounds(t *testing.T) {
	fast, slow := []float64{10, 11, 12}, []float64{1, 2, 3}
	for points, want := range map[int]Lead{1: First, 2: Open} {
		first, second := make([][]float64, points), make([][]float64, points)
		for i := range points {
			first[i], second[i] = fast, slow
		}
		if got := Leads(first, second, Higher, 0.05, 0.05); got[0] != want {
			t.Errorf("%d points: %v, expected %v", points, got, want)
		}
	}
}

// Where nothing differs, nobody leads at any of the points, but for one curve in
// ten at most: a twentieth either way.
func TestLeadsByChance(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	draw := func() [][]float64 {
		points := make([][]float64, 9)
		for i := range points {
			for range 5 {
				points[i] = append(points[i], 100+10*random.NormFloat64())
			}
		}
		return points
	}
	alarms := 0
	const curves = 1000
	for range curves {
		for _, lead := range Leads(draw(), draw(), Higher, 0, 0.05) {
			if lead == First || lead == Second {
				alarms++
				break
			}
		}
	}
	if alarms > curves/10 || alarms == 0 {
		t.Errorf("somebody led in %d of %d pairs of equal curves", alarms, curves)
	}
}

func TestPeak(t *testing.T) {
	tests := []struct {
		name   string
		points [][]float64
		at     int
		falls  bool
	}{
		{"alone", [][]float64{around(1)}, 0, false},
		{"rises", [][]float64{around(1), around(2), around(3)}, 2, false},
		{"falls", [][]float64{around(1), around(3), around(2)}, 1, true},
		{"falls at once", [][]float64{around(3), around(2), around(1)}, 0, true},
		{"level", [][]float64{around(1), around(3), around(2.95)}, 1, false},
		{"too few rounds", [][]float64{{1}, {3}, {1}}, 1, false},
		{"three rounds for one test", [][]float64{{10, 11, 12}, {1, 2, 3}}, 0, true},
		{"three rounds for two tests", [][]float64{{10, 11, 12}, {5, 5, 5}, {1, 2, 3}}, 0, false},
		{"falls and rises", [][]float64{around(3), around(1), around(2.98)}, 0, false},
	}
	for _, test := range tests {
		if at, falls := Peak(test.points, 0.05, 0.05); at != test.at || falls != test.falls {
			t.Errorf("%s: %d, %v; expected %d, %v", test.name, at, falls, test.at, test.falls)
		}
	}
}

// The highest of several equal points is not above the last, but in one of
// twenty cases at most.
func TestPeakByChance(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	falls, curves := 0, 2000
	for range curves {
		points := make([][]float64, 9)
		for i := range points {
			for range 5 {
				points[i] = append(points[i], 100+10*random.NormFloat64())
			}
		}
		if _, fell := Peak(points, 0, 0.05); fell {
			falls++
		}
	}
	if falls > curves/20 || falls == 0 {
		t.Errorf("%d of %d level curves fall behind their peak", falls, curves)
	}
}
