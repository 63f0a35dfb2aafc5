package main

import (
	"testing"
	"time"

	"respbench.dev/respbench/results"
)

func TestTimesAroundTrials(t *testing.T) {
	began := time.Unix(1000, 0)
	at := func(ms int) time.Time { return began.Add(time.Duration(ms) * time.Millisecond) }
	trial := func(windowAt, window, warm int) results.Trial {
		return results.Trial{Measured: &results.Measured{
			Start: at(windowAt), Window: time.Duration(window) * time.Millisecond,
			Warm: results.Warm{Time: time.Duration(warm) * time.Millisecond},
		}}
	}
	run := results.Run{
		Header: results.Header{Loaded: []results.Loaded{{Time: 200 * time.Millisecond}, {Time: 50 * time.Millisecond}}},
		Trials: []results.Trial{trial(700, 1000, 300), trial(2100, 1000, 350)},
	}
	// Its warm-up began at 400, of which 250 were loading.
	if got := beforeFirst(run, began); got != 150*time.Millisecond {
		t.Errorf("before the first trial: %v", got)
	}
	// The first ended at 1700, the second began to warm at 1750.
	if got := between(run.Trials[0], run.Trials[1]); got != 50*time.Millisecond {
		t.Errorf("between trials: %v", got)
	}
}
