package main

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/all"
	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/trial"
	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

const (
	// enough is how close to the median both ends of its interval must be.
	enough = 0.01
	// warmTime comes before the window of every segment.
	warmTime = 50 * time.Millisecond
)

// A comparison is of one scenario, for one client after the other.
type comparison struct {
	addr         string
	clients      []string
	drivers      []string
	scenario     scenarios.Scenario
	workers      int
	pairs        int
	length       time.Duration // of a segment
	driverLength time.Duration // of a segment of a driver
}

func compare(ctx context.Context, p *program, args []string) error {
	c, err := parseComparison(p, args)
	if err != nil {
		return err
	}
	ballast := newBallast(plan.DefaultHeap)
	defer runtime.KeepAlive(ballast)
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "client\tscenario\tpairs\tbare us/op\trespbench us/op\tCPU bare/respbench\t95% interval\trate respbench/bare\tallocs/op\tmore CPU\tlimit\t\n")
	each := func(names []string, compare func(context.Context, string) (*outcome, error)) error {
		for _, name := range names {
			fmt.Fprintf(p.stderr, "%s %s\n", c.scenario.Name, name)
			result, err := compare(ctx, name)
			if err != nil {
				return fmt.Errorf("%s %s: %w", c.scenario.Name, name, err)
			}
			result.write(table)
		}
		return nil
	}
	if err := each(c.clients, c.compare); err != nil {
		return err
	}
	if err := each(c.drivers, c.compareDriver); err != nil {
		return err
	}
	return table.Flush()
}

func parseComparison(p *program, args []string) (*comparison, error) {
	c := &comparison{}
	flags := flag.NewFlagSet("compare", flag.ContinueOnError)
	names := flags.String("clients", strings.Join(bareNames(), ","), "clients, comma separated")
	drivers := flags.String("drivers", "", "clients of the Python driver, comma separated")
	scenario := flags.String("scenario", "sync", "sync or concurrent")
	flags.StringVar(&c.addr, "addr", "", "host:port of the server")
	flags.IntVar(&c.workers, "workers", 0, "goroutines (default: the scenario's)")
	flags.IntVar(&c.pairs, "pairs", 40, "the most pairs of segments")
	flags.DurationVar(&c.length, "segment", 300*time.Millisecond, "length of a segment")
	flags.DurationVar(&c.driverLength, "driver-segment", time.Second, "length of a segment of a driver")
	if err := p.parse(flags, args); err != nil {
		return nil, err
	}
	c.clients, c.drivers = listed(*names), listed(*drivers)
	for _, name := range c.clients {
		if bareClients[name] == nil {
			return nil, fmt.Errorf("unknown client %q; have %s", name, strings.Join(bareNames(), ", "))
		}
	}
	if _, known := limits[*scenario]; !known {
		return nil, fmt.Errorf("no bare loop for scenario %q; have sync, concurrent", *scenario)
	}
	var err error
	if c.scenario, err = scenarios.Named(*scenario); err != nil {
		return nil, err
	}
	if c.workers == 0 {
		c.workers = c.scenario.Load.Workers
	}
	if c.addr == "" || c.pairs < 1 {
		return nil, fmt.Errorf("need --addr and at least one pair")
	}
	return c, nil
}

// listed are the names in a flag.
func listed(names string) []string {
	return strings.FieldsFunc(names, func(r rune) bool { return r == ',' })
}

// A side is one of the two that alternate. It has been opened before.
type side interface {
	// run warms, then measures for length.
	run(length time.Duration) (segment, error)
	dials() int64
}

// compare is for a client in this process.
func (c *comparison) compare(_ context.Context, name string) (*outcome, error) {
	through, err := openHarness(c.scenario, all.Libraries(), name, c.target())
	if err != nil {
		return nil, err
	}
	defer through.close()
	direct, err := openBare(bareClients[name], c.target())
	if err != nil {
		return nil, err
	}
	defer direct.close()
	return c.alternate(&outcome{client: name, scenario: c.scenario.Name}, direct, through, c.length)
}

// alternate runs the two sides in turns, each first in every other pair, until
// the interval of the median is narrow enough.
func (c *comparison) alternate(o *outcome, direct, through side, length time.Duration) (*outcome, error) {
	for len(o.cpu) < c.pairs && !o.decided() {
		var pair [2]segment // bare, harness
		for turn := range 2 {
			var err error
			which := (turn + len(o.cpu)) % 2
			if pair[which], err = []side{direct, through}[which].run(length); err != nil {
				return nil, err
			}
		}
		o.add(pair[0], pair[1])
	}
	o.dials = [2]int64{direct.dials(), through.dials()}
	return o, nil
}

// target is what a trial of the scenario would open its client for.
func (c *comparison) target() clients.Target {
	return trial.Target(results.Point{
		Load:      results.Load{Workers: c.workers, DataSize: plan.DefaultDataSize, Keyspace: plan.DefaultKeys},
		Placement: results.Placement{Procs: runtime.GOMAXPROCS(0)},
		Settings:  results.Settings{Timeout: plan.DefaultTimeout, ConnectTimeout: plan.DefaultTimeout},
	}, results.Access{Mode: clients.Standalone, Network: "tcp", Addrs: []string{c.addr}}, nil)
}
