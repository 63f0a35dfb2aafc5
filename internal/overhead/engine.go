package main

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/fake"
	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/scenarios"
)

// stepLimit is what a step may cost with a client that costs next to nothing,
// in ns.
const stepLimit = 60

// engineCost prints what a step of sync costs with the fake client, recording
// included, and what it allocates.
func engineCost(_ context.Context, p *program, args []string) error {
	flags := flag.NewFlagSet("engine", flag.ContinueOnError)
	length := flags.Duration("segment", 300*time.Millisecond, "length of a segment")
	repeat := flags.Int("repeat", 15, "how many segments")
	if err := p.parse(flags, args); err != nil {
		return err
	}
	scenario, err := scenarios.Named("sync")
	if err != nil {
		return err
	}
	h, err := openHarness(scenario, []clients.Library{fake.Library}, "fake", clients.Target{Workers: 1, Depth: 1})
	if err != nil {
		return err
	}
	defer h.close()
	var ns []float64
	var steps, mallocs int64
	for range *repeat {
		s, allocated, err := runCounted(h.steps, *length)
		if err != nil {
			return err
		}
		ns = append(ns, float64(s.window.Nanoseconds())/float64(s.ops))
		steps, mallocs = steps+s.ops, mallocs+allocated
	}
	sum := stats.Summarize(ns, stats.Lower)
	mark := "holds"
	if sum.Median > stepLimit {
		mark = "ABOVE ITS LIMIT"
	}
	fmt.Fprintf(p.stdout, "engine with the fake client: %.1f ns a step (best %.1f, worst %.1f of %d segments), limit %d: %s\n",
		sum.Median, sum.Best, sum.Worst, sum.N, stepLimit, mark)
	fmt.Fprintf(p.stdout, "allocations of the whole process: %d in %d steps, of workers that start and end\n", mallocs, steps)
	return nil
}

// runCounted runs one segment without reading CPU times, and counts what was
// allocated in its window.
func runCounted(steps []engine.Step, length time.Duration) (segment, int64, error) {
	var before, after runtime.MemStats
	e := engine.New(engine.Config{
		Workers: len(steps), Kinds: 1, Seed: seed,
		Limit:    engine.Limit{Duration: length},
		Warmup:   engine.Warmup{Time: warmTime},
		Classify: func(err error) int { return int(clients.Classify(err)) },
		Classes:  int(clients.Classes),
		Warmed:   func() error { runtime.GC(); runtime.ReadMemStats(&before); return nil },
		Ended:    func() { runtime.ReadMemStats(&after) },
	})
	r, err := e.Run(context.Background(), steps)
	if err != nil {
		return segment{}, 0, err
	}
	return segment{ops: r.Kinds[0].Ops, window: r.Window}, int64(after.Mallocs - before.Mallocs), nil
}
