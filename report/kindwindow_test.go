package report

import (
	"testing"
	"time"

	"respbench.dev/respbench/results"
)

// TestThroughputOfAKind holds that a kind that had the clock for itself is
// divided by its own window.
func TestThroughputOfAKind(t *testing.T) {
	t.Parallel()
	for window, want := range map[time.Duration]float64{0: 250, time.Second: 1000} {
		g := round{Trial: results.Trial{Measured: &results.Measured{Window: 4 * time.Second}}, kind: results.Kind{Ops: 1000, Window: window}}
		if got, ok := throughput(g); !ok || got != want {
			t.Errorf("window %v: %v ops a second, want %v", window, got, want)
		}
	}
}
