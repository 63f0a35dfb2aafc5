package main

import (
	"testing"

	"respbench.dev/respbench/clients/all"
)

func TestHarness(t *testing.T) {
	t.Parallel()
	a := &app{libraries: all.Libraries()}
	h, err := a.harness(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if h.Step <= 0 || h.StepStdev == nil || h.Clock <= 0 || h.ClockResolution <= 0 || h.TimerLagP99 < h.TimerLagP50 {
		t.Errorf("%+v", h)
	}
	// A step reads the clock once.
	if h.Step < h.Clock/2 {
		t.Errorf("a step costs %v ns, one reading of the clock %v ns", h.Step, h.Clock)
	}
}
