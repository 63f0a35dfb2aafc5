package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/progress"
	"respbench.dev/respbench/report"
	"respbench.dev/respbench/results"
)

// sweepOptions are the flags of sweep: those of run, and what must hold.
type sweepOptions struct {
	runOptions
	slo       []string
	tolerance string

	must   []report.Limit // of slo
	narrow float64        // of tolerance
}

// notInSweeps are flags of run alone.
var notInSweeps = []string{"resume", "fail-on", "target-ci", "cpuprofile", "memprofile"}

// mostSteps bounds the search for a capacity: each step halves what is left.
const mostSteps = 10

func (a *app) sweepCommand() *cobra.Command {
	o := &sweepOptions{}
	o.sweeps = true
	c := &cobra.Command{
		Use:   "sweep",
		Short: "Measure load against latency and throughput: the knee, the capacity under an SLO",
		Long: `Measure load against latency and throughput: the knee, the capacity under an SLO,
and which client is ahead of which from where on.

Each client is measured at every load, in turns. A range doubles: 1..256 is
1,2,4 ... 256. With --rate and --slo, the rates between the highest that held
and the lowest that did not are measured, too, until they are near each other.`,
		Example: `  respbench sweep --workers 1..256
  respbench sweep -c rueidis,goredis --rate 1k..200k --slo 'p99<2ms'
  respbench sweep -s mixed --mix ycsb-b --rate 5k..80k --slo 'p99<1ms' --slo 'errors<1'`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.read(c); err != nil {
				return err
			}
			return a.sweep(c.Context(), o)
		},
	}
	o.addServer(c.Flags())
	o.addWhat(c.Flags())
	o.addHow(c.Flags())
	o.addOut(c.Flags())
	o.addShown(c.Flags())
	for _, name := range notInSweeps {
		_ = c.Flags().MarkHidden(name)
	}
	c.Flags().StringArrayVar(&o.slo, "slo", nil, sloDoc)
	c.Flags().StringVar(&o.tolerance, "tolerance", "5%", "how near the rate that held and the one that did not must come")
	return c
}

const sloDoc = "what must hold in every round: 'p99<2ms', 'errors<1' (may be repeated)"

// read refuses what is not a sweep.
func (o *sweepOptions) read(c *cobra.Command) (err error) {
	for _, name := range notInSweeps {
		if c.Flags().Changed(name) {
			return fmt.Errorf("--%s is not an option of sweep", name)
		}
	}
	if !c.Flags().Changed("scenarios") {
		o.Scenarios = []string{"concurrent"}
	}
	if len(o.Workers) == 0 && len(o.Rate) == 0 {
		if c.Flags().Changed("scenarios") {
			return errors.New("a sweep needs several loads: --workers 1..256 of a scenario that uses workers, or --rate 1k..200k")
		}
		o.Workers, _ = doubling(1, 256)
	}
	if err := o.validate(c.Flags()); err != nil {
		return err
	}
	workers, rates := distinct(o.Workers), distinct(o.Rate)
	if workers < 2 && rates < 2 {
		return errors.New("a sweep needs several loads: --workers 1..256, or --rate 1k..200k")
	}
	if workers > 1 && rates > 1 {
		return errors.New("--workers and --rate are both several: sweep one of them at a time")
	}
	if o.must, err = slo(o.slo); err != nil {
		return err
	}
	if len(o.must) > 0 && len(o.Rate) == 0 {
		return errors.New("--slo needs --rate: a capacity is a rate that is offered, as --rate 1k..200k")
	}
	if o.narrow, err = share(o.tolerance); err != nil {
		return fmt.Errorf("--tolerance: %w", err)
	}
	return nil
}

func distinct[T cmp.Ordered](list []T) int {
	return len(slices.Compact(slices.Sorted(slices.Values(list))))
}

func slo(texts []string) ([]report.Limit, error) {
	var list []report.Limit
	for _, text := range texts {
		limit, err := report.ParseSLO(text)
		if err != nil {
			return nil, fmt.Errorf("--slo: %w", err)
		}
		list = append(list, limit)
	}
	return list, nil
}

// sweep measures every load, then where the answer lies between two of them.
func (a *app) sweep(ctx context.Context, o *sweepOptions) error {
	places, err := o.places(a.stderr)
	if err != nil {
		return err
	}
	p, err := a.plan(ctx, &o.runOptions, places, nil)
	if err != nil {
		return err
	}
	if o.dryRun {
		return a.dryRun(p, places)
	}
	out, err := a.createOutput(&o.runOptions, nil)
	if err != nil {
		return err
	}
	defer out.Close()
	stopServers, err := startServers(ctx, places, p)
	if err != nil {
		return err
	}
	defer stopServers()
	failed, err := a.climb(ctx, o, p, out, places)
	if out.begun() {
		err = errors.Join(err, a.concludeSweep(o, out))
	}
	return worse(err, failed)
}

// climb measures the plan, and then, step by step, one rate more for each curve
// whose capacity is not known closely enough.
func (a *app) climb(ctx context.Context, o *sweepOptions, p *plan.Plan, out *output, places []*place) (failed int, err error) {
	for step := 0; ; step++ {
		measured, err := a.measure(ctx, &o.runOptions, p, out, places)
		failed += measured.Failed
		if err != nil || ctx.Err() != nil || len(o.must) == 0 || step == mostSteps {
			return failed, err
		}
		if p, err = a.between(o, p, out); err != nil || p == nil {
			return failed, err
		}
		out.id = results.NewID()
		fmt.Fprintf(a.stderr, "between what held and what did not: %s more\n", progress.Count(len(p.Points), "cell"))
	}
}

// between plans the rates that come next; nil: there are none.
func (a *app) between(o *sweepOptions, before *plan.Plan, out *output) (*plan.Plan, error) {
	runs, err := out.runs()
	if err != nil {
		return nil, err
	}
	s, err := report.Sweep(runs, report.SweepOptions{SLO: o.must})
	if err != nil {
		return nil, err
	}
	var next []results.Point
	for _, c := range s.Curves {
		if rate, done := c.Next(o.must, o.narrow); !done {
			point := c.Points[0].Row.Point
			point.Load.Rate = rate
			if !slices.ContainsFunc(next, func(p results.Point) bool { return samePoint(p, point) }) { // the kinds of a point have a curve each
				next = append(next, point)
			}
		}
	}
	return before.Instead(next, before.Seed+1), nil
}

// runs are what has been written so far.
func (o *output) runs() ([]results.Run, error) {
	if o.path == "" {
		return results.Read(bytes.NewReader(o.copy.Bytes()))
	}
	return results.ReadFile(o.path)
}

func (a *app) concludeSweep(o *sweepOptions, out *output) error {
	runs, err := out.runs()
	if err != nil {
		return err
	}
	w := a.stdout
	if out.path == "" {
		w = a.stderr
	}
	if err := sweepDocument(w, runs, o.format, o.must); err != nil && !errors.Is(err, syscall.EPIPE) {
		return err
	}
	if out.path != "" {
		fmt.Fprintf(a.stderr, "saved: %s\nnext:  respbench report --sweep%s --format markdown %s\n", out.path, again(o.slo), out.path)
	}
	return nil
}

// again are the SLOs as one types them.
func again(slo []string) string {
	var flags strings.Builder
	for _, text := range slo {
		fmt.Fprintf(&flags, " --slo '%s'", text)
	}
	return flags.String()
}

// begun reports whether anything has been written.
func (o *output) begun() bool {
	runs, err := o.runs()
	return err == nil && len(runs) > 0
}

// sweepDocument writes the curves of runs in a format.
func sweepDocument(w io.Writer, runs []results.Run, format string, must []report.Limit) error {
	f, err := report.SweepFormatNamed(format)
	if err != nil {
		return fmt.Errorf("--format: %w", err)
	}
	s, err := report.Sweep(runs, report.SweepOptions{SLO: must})
	if err != nil {
		return err
	}
	return f.Write(w, s, report.Layout{Width: columns(w)})
}
