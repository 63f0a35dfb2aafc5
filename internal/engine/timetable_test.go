package engine

import (
	"math"
	"testing"
	"time"
)

// The times between random arrivals are exponential: mean and standard
// deviation are equal, in each timetable and in all together.
func TestRandomArrivals(t *testing.T) {
	const n, workers, rate = 200_000, 8, 5000
	pace := Pace{Rate: rate, Poisson: true}
	one := newTimetable(pace, 3, workers, 7)
	all := newAgenda(pace, workers, 7)
	for name, test := range map[string]struct {
		next func() int64
		mean float64
	}{
		"one": {one.next, workers / float64(rate)},
		"all": {func() int64 { due := all.next(); all.take(); return due }, 1 / float64(rate)},
	} {
		var last int64
		var sum, squares, beyond float64
		for range n {
			due := test.next()
			gap := float64(due-last) / float64(time.Second)
			if last = due; gap < 0 {
				t.Fatalf("%s: due %v before the one before", name, gap)
			}
			sum, squares = sum+gap, squares+gap*gap
			if gap > 3*test.mean {
				beyond++
			}
		}
		mean := sum / n
		deviation := math.Sqrt(squares/n - mean*mean)
		if math.Abs(mean/test.mean-1) > .02 || math.Abs(deviation/test.mean-1) > .03 || math.Abs(beyond/n-math.Exp(-3)) > .005 {
			t.Errorf("%s: mean %v, deviation %v, want %v; %v beyond three times that", name, mean, deviation, test.mean, beyond/n)
		}
	}
}

func TestTimetablesAreReproducible(t *testing.T) {
	pace := Pace{Rate: 100, Poisson: true}
	a, b, other, seeded := newTimetable(pace, 1, 4, 7), newTimetable(pace, 1, 4, 7), newTimetable(pace, 2, 4, 7), newTimetable(pace, 1, 4, 8)
	for range 100 {
		due := a.next()
		if due != b.next() {
			t.Fatal("two of one worker differ")
		}
		if due == other.next() || due == seeded.next() {
			t.Fatal("two workers or seeds have the same")
		}
	}
}

// However long it goes on, a step is due to the nanosecond, and with rates that
// are no round numbers there is none too many.
func TestUniformTimes(t *testing.T) {
	for _, rate := range []float64{3, 7, 1000, 30_000, 333_333} {
		table := newTimetable(Pace{Rate: rate}, 2, 3, 1)
		for range int64(rate) * 10 / 3 {
			table.next()
		}
		step := float64(int64(rate)*10/3*3 + 2)
		if got, want := table.next(), step/rate*1e9; math.Abs(float64(got)-want) > 1 {
			t.Errorf("at %v/s step %v is due at %d, want %v", rate, step, got, want)
		}
		cfg := Config{Pace: Pace{Rate: rate}, Workers: 1}
		p := newPacing(cfg).forWindow(Limit{Duration: 10 * time.Second})
		due := int64(0)
		for turns := p.turns(0); turns.next() < p.span; {
			due++
		}
		if due != int64(10*rate) {
			t.Errorf("%d are due in 10 s at %v/s", due, rate)
		}
	}
}

// Steps that nobody will see do not wrap around.
func TestHardlyAnyRate(t *testing.T) {
	table := newTimetable(Pace{Rate: 1e-12}, 0, 1, 1)
	for last := int64(-1); last < farthest; {
		due := table.next()
		if due <= last {
			t.Fatalf("%d after %d", due, last)
		}
		last = due
	}
}
