package main

import (
	"math"
	"path/filepath"
	"testing"
	"time"

	"respbench.dev/respbench/results"
)

// A server that stands still for a time S in a trial of D, at utilisation rho,
// delays the share f = S/(D(1-rho)) of what comes due, evenly up to S: so the
// quantile q of the response time is S(1-(1-q)/f). The service time hides it.
func TestPauseInAnOpenLoop(t *testing.T) {
	t.Parallel()
	const rate, workers = 500, 4
	p := start(t, "run", "-c", "raw", "-s", "concurrent", "-w", "4", "--rate", "500", "--disturb", "pause=500ms@1s", "--duration", "5s",
		"--rounds", "1", "--warmup", "100ms", "--pin", "none", "-k", "100", "--timeout", "3s", "--server", "redis-server", "-o", "out.jsonl")
	p.expect(t, exitDone, 10*patience)
	trial := readRun(t, filepath.Join(p.dir, "out.jsonl")).Trials[0]
	if trial.Status != results.OK || trial.Schedule == nil || trial.Schedule.Unsent > 0 {
		t.Fatalf("%s: %s, schedule %+v", trial.Status, trial.Reason, trial.Schedule)
	}
	kind := trial.Kinds[0]
	stall := time.Duration(*kind.Service.Max).Seconds() // of one who was asked right before
	service, _ := kind.Service.Quantile(0.5)
	rho := rate * time.Duration(service).Seconds() / workers
	delayed := stall / (5 * (1 - rho))
	for _, q := range []float64{0.95, 0.98, 0.99} {
		got, known := kind.Response.Quantile(q)
		want := stall * (1 - (1-q)/delayed)
		if seconds := time.Duration(got).Seconds(); !known || math.Abs(seconds-want) > 0.15*stall {
			t.Errorf("response %v is %.3f s, want %.3f s: a stall of %.3f s at utilisation %.3f", q, seconds, want, stall, rho)
		}
	}
	if got, _ := kind.Service.Quantile(0.99); time.Duration(got).Seconds() > stall/2 {
		t.Errorf("the service time shows the stall: %v", time.Duration(got))
	}
}
