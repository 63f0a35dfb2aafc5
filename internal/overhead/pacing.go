package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

const (
	pacingLimit  = 10.0  // us, between what a client adds to raw in either loop
	lagLimit     = 300.0 // us, p99 at 5,000 a second
	lagMedian    = 150.0 // us, p50 at 50,000 a second
	lagHighLimit = 1000.0
	pacingCores  = 0.25 // with a client that does nothing, at 5,000 a second
)

// pacing prints, of runs that hold the same cells in a closed and in an open
// loop, what each client's service time has beyond raw's, as the median over
// rounds of the difference of p50, in either.
func pacing(_ context.Context, p *program, args []string) error {
	runs, err := readRuns(p, "pacing", args)
	if err != nil {
		return err
	}
	times := serviceTimes{}
	var clients []string
	for _, run := range runs {
		for _, t := range run.Trials {
			if t.Status != results.OK {
				return fmt.Errorf("%s: %s: %s", t.Point.Client(), t.Status, t.Reason)
			}
			if times[t.Point.Client()] == nil {
				clients, times[t.Point.Client()] = append(clients, t.Point.Client()), map[turn]float64{}
			}
			if times[t.Point.Client()][turnOf(t)], err = us(t.Kinds[0].Service, 0.5); err != nil {
				return err
			}
		}
	}
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "client\tclosed loop, us beyond raw\tpaced\tdifference\tlimit\t\n")
	for _, client := range clients {
		if client == "raw" {
			continue
		}
		closed, paced := times.beyondRaw(client, false), times.beyondRaw(client, true)
		fmt.Fprintf(table, "%s\t%.1f\t%.1f\t%+.1f\t%.0f\t  %s\n",
			client, closed, paced, paced-closed, pacingLimit, verdict(paced-closed < pacingLimit && closed-paced < pacingLimit))
	}
	return table.Flush()
}

// A turn is one round of a closed or an open loop.
type turn struct {
	open  bool
	round int
}

func turnOf(t results.Trial) turn { return turn{t.Point.Load.Rate > 0, t.Round} }

// serviceTimes are the p50 of each client and turn, in us.
type serviceTimes map[string]map[turn]float64

func (s serviceTimes) beyondRaw(client string, open bool) float64 {
	var beyond []float64
	for l, took := range s[client] {
		if raw, known := s["raw"][l]; known && l.open == open {
			beyond = append(beyond, took-raw)
		}
	}
	return stats.Median(beyond)
}

// lag prints how late respbench itself sent the steps of open loops.
func lag(_ context.Context, p *program, args []string) error {
	runs, err := readRuns(p, "lag", args)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "client\toffered /s\tround\tachieved /s\tlag p50, us\tlag p99, us\twake p99, us\tclient CPU, cores\t\n")
	for _, run := range runs {
		for _, t := range run.Trials {
			if err := lagRow(table, t); err != nil {
				return err
			}
		}
	}
	return table.Flush()
}

func lagRow(table *tabwriter.Writer, t results.Trial) error {
	if t.Measured == nil || t.Schedule == nil {
		return fmt.Errorf("%s round %d: %s, it has no schedule: %s", t.Point.Client(), t.Round, t.Status, t.Reason)
	}
	s := t.Schedule
	p50, err := us(s.Lag, 0.5)
	if err != nil {
		return err
	}
	p99, err := us(s.Lag, 0.99)
	if err != nil {
		return err
	}
	wake, err := us(s.Wake, 0.99)
	if err != nil {
		return err
	}
	within, cores := p99 < lagLimit, 0.0
	if t.Cost.UserCPU != nil && t.Cost.SystemCPU != nil {
		cores = float64(*t.Cost.UserCPU+*t.Cost.SystemCPU) / float64(t.Window)
	}
	switch {
	case t.Point.Load.Rate > 5000:
		within = p50 < lagMedian && p99 < lagHighLimit
	case t.Point.Library == "fake":
		within = within && cores < pacingCores
	}
	fmt.Fprintf(table, "%s\t%.0f\t%d\t%.0f\t%.0f\t%.0f\t%.0f\t%.2f\t  %s\n",
		t.Point.Client(), s.Offered, t.Round, s.Achieved, p50, p99, wake, cores, verdict(within))
	return nil
}

// us is a percentile in microseconds.
func us(r results.Recording, q float64) (float64, error) {
	ns, known := r.Quantile(q)
	if !known {
		return 0, fmt.Errorf("%d samples are too few for the quantile %g", r.Count, q)
	}
	return float64(ns) / 1e3, nil
}
