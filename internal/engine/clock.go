package engine

import (
	"slices"
	"time"
)

// ClockFacts say how finely time is seen here, and what looking costs.
type ClockFacts struct {
	Reading    float64       // ns that one reading of the engine's clock costs: the median of batches
	Resolution time.Duration // the smallest step seen between two readings
	// LagP50 and LagP99 are how much later than asked a sleep of a millisecond
	// returned.
	LagP50, LagP99 time.Duration
	Longest        time.Duration // of all
	Sleeps         int
}

// How much is tried, so that it takes less than half a second.
const (
	clockBatches  = 50
	clockReadings = 1000 // a batch
	clockSleep    = time.Millisecond
	clockSleeps   = 200
	clockPatience = 400 * time.Millisecond // for the sleeps of Clock, where timers are coarse
)

// Clock looks at the clock and the timers of this process; it takes less than
// half a second.
func Clock() ClockFacts { return ClockWithin(clockPatience) }

// ClockWithin is Clock with as many sleeps as there is patience for, one at
// least; the rest takes some milliseconds.
func ClockWithin(patience time.Duration) ClockFacts {
	lags := sleepLags(patience)
	return ClockFacts{
		Reading: readingCost(), Resolution: resolution(),
		LagP50: lags[len(lags)/2], LagP99: lags[len(lags)*99/100], Longest: lags[len(lags)-1], Sleeps: len(lags),
	}
}

func readingCost() float64 {
	costs := make([]float64, clockBatches)
	for i := range costs {
		start := now()
		for range clockReadings - 1 {
			_ = now()
		}
		costs[i] = float64(now()-start) / clockReadings
	}
	slices.Sort(costs)
	return costs[len(costs)/2]
}

// resolution goes on until the clock has moved at all.
func resolution() time.Duration {
	least, last := int64(0), now()
	for i := 0; i < clockReadings || least == 0; i++ {
		t := now()
		if step := t - last; step > 0 && (least == 0 || step < least) {
			least = step
		}
		last = t
	}
	return time.Duration(least)
}

// sleepLags are in ascending order; there is one at least.
func sleepLags(patience time.Duration) []time.Duration {
	var lags []time.Duration
	for began := now(); len(lags) == 0 || len(lags) < clockSleeps && now()-began < int64(patience); {
		start := now()
		time.Sleep(clockSleep)
		lags = append(lags, time.Duration(now()-start)-clockSleep)
	}
	slices.Sort(lags)
	return lags
}
