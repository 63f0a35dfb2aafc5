package engine

import (
	"slices"
	"testing"
)

func TestClock(t *testing.T) {
	c := Clock()
	if c.Reading <= 0 || c.Resolution <= 0 {
		t.Errorf("a reading costs %v ns, the smallest step is %v", c.Reading, c.Resolution)
	}
	if c.LagP50 < 0 || c.LagP99 < c.LagP50 || c.Longest < c.LagP99 || c.Sleeps < 1 {
		t.Errorf("a sleep ends %v late at p50, %v at p99, %v at most of %d", c.LagP50, c.LagP99, c.Longest, c.Sleeps)
	}
}

func TestSleepLags(t *testing.T) {
	lags := sleepLags(clockPatience)
	if len(lags) == 0 || len(lags) > clockSleeps || !slices.IsSorted(lags) {
		t.Errorf("%d lags: %v", len(lags), lags)
	}
}
