package engine

import (
	"testing"
	"time"
)

func TestSleeperIsNeverEarly(t *testing.T) {
	sleep, release := newSleeper()
	defer release()
	for _, d := range []time.Duration{-time.Second, 0, time.Microsecond, 100 * time.Microsecond, time.Millisecond, 30 * time.Millisecond, 50 * time.Microsecond} {
		until := now() + int64(d)
		sleep(until)
		if early := until - now(); early > 0 {
			t.Errorf("a sleep of %v ended %d ns early", d, early)
		}
	}
}
