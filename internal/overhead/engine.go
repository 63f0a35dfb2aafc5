package main

import (
	"context"
	"flag"
	"fmt"
	"io"
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
// included, what it allocates, and how that divides.
func engineCost(_ context.Context, p *program, args []string) error {
	flags := flag.NewFlagSet("engine", flag.ContinueOnError)
	length := flags.Duration("segment", 300*time.Millisecond, "length of a segment")
	times := flags.Int("repeat", 15, "how many segments")
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
	nothing := []engine.Step{func(context.Context) (kind, ops int, err error) { return 0, 1, nil }}
	var whole, engineOnly, stepOnly costs
	for range *times {
		if err := whole.add(repeat(h.steps, *length)); err != nil {
			return err
		}
		if err := engineOnly.add(repeat(nothing, *length)); err != nil {
			return err
		}
		if err := stepOnly.add(repeatBare(h.steps[0], whole.ops/int64(len(whole.ns)))); err != nil {
			return err
		}
	}
	mark := "holds"
	if stats.Median(whole.ns) > stepLimit {
		mark = "ABOVE ITS LIMIT"
	}
	whole.write(p.stdout, "a step with the fake client", fmt.Sprintf(", limit %d: %s", stepLimit, mark))
	engineOnly.write(p.stdout, "  the engine without a client", "")
	stepOnly.write(p.stdout, "  the step without the engine", "")
	fmt.Fprintf(p.stdout, "allocations of the whole process: %d in %d steps, of workers that start and end\n", whole.mallocs, whole.ops)
	return nil
}

// repeatBare calls a step so many times, with nothing around it.
func repeatBare(step engine.Step, steps int64) (segment, error) {
	var m meter
	if err := m.start(); err != nil {
		return segment{}, err
	}
	ctx, began := context.Background(), time.Now()
	for range steps {
		if _, _, err := step(ctx); err != nil {
			return segment{}, err
		}
	}
	s := segment{ops: steps, window: time.Since(began)}
	err := m.stop()
	s.cpu, s.mallocs = m.cpu, m.mallocs
	return s, err
}

// costs are those of several segments.
type costs struct {
	ns, cpu      []float64 // a step
	ops, mallocs int64
}

func (c *costs) add(s segment, err error) error {
	if err != nil {
		return err
	}
	c.ns = append(c.ns, float64(s.window.Nanoseconds())/float64(s.ops))
	c.cpu = append(c.cpu, 1e3*s.cpuPerOp())
	c.ops, c.mallocs = c.ops+s.ops, c.mallocs+s.mallocs
	return nil
}

func (c *costs) write(w io.Writer, title, remark string) {
	s := stats.Summarize(c.ns, stats.Lower)
	fmt.Fprintf(w, "%s: %.1f ns (best %.1f, worst %.1f of %d segments; CPU %.1f)%s\n",
		title, s.Median, s.Best, s.Worst, s.N, stats.Median(c.cpu), remark)
}
