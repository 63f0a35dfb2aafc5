package report

import (
	"cmp"
	"slices"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// A Row is one cell: a point and one of its kinds of op. Its numbers are of
// the rounds that are ok; nil is unknown.
type Row struct {
	Key     results.Key // of the rounds
	Point   results.Point
	Op      string // kind; empty if nothing was measured, as Unit and Sample
	Version string // of the library
	Unit    string
	Sample  string // what one latency sample is
	PerOp   int    // ops in a sample
	Limit   results.Limit
	Server  results.Server
	Machine results.Machine

	Rounds     Rounds
	Status     string
	Reason     string
	Throughput *stats.Summary // Unit per second
	Latency    Latency
	VsRaw      *float64 // of the medians of the throughput
	Shares     bool     // the library batches concurrent callers

	CPU, ServerCPU *stats.Summary // us an op
	Allocs, Bytes  *stats.Summary // an op
	Conns          *results.Conns // the most of any round
	Resolved       *results.Resolved
	Errors         map[string]int64 // of all rounds, failed ones too
	Warnings       []results.Warning
	Disturbance    *Disturbance // nil: not disturbed, or no round is ok

	good    []round  // those that are ok, in their order
	origins []origin // of them
	gone    int      // rounds that were not run, for the server had gone

	Attempts, Undone int64 // ops of all rounds, failed ones too: tried, and those of them that failed
}

// Rounds counts the rounds of a row.
type Rounds struct{ Planned, OK, Failed int }

// An origin is where a round comes from.
type origin struct {
	run   string // its id
	pair  int    // Trial.Pair
	order int    // Trial.Order
}

// rows returns one row a kind, or a single one without any.
func (c *cell) rows() []Row {
	var kinds []string
	for _, t := range c.trials {
		if t.Measured == nil {
			continue
		}
		for _, k := range t.Kinds {
			if !slices.Contains(kinds, k.Name) {
				kinds = append(kinds, k.Name)
			}
		}
	}
	if len(kinds) == 0 {
		return []Row{c.row("")}
	}
	rows := make([]Row, len(kinds))
	for i, kind := range kinds {
		rows[i] = c.row(kind)
	}
	return rows
}

func (c *cell) row(op string) Row {
	r := Row{
		Key: c.key, Point: c.point, Op: op, Errors: map[string]int64{},
		Server: c.header.Server(c.point.Server), Machine: c.header.Machine,
	}
	if len(c.trials) > 0 {
		r.Limit = c.trials[0].Limit
	}
	good := c.rounds(op)
	r.count(c, len(good))
	r.describe(c, good)
	r.measure(good)
	r.Disturbance = disturbance(r.Point, good)
	for _, t := range c.trials {
		if t.Measured != nil {
			r.Attempts, r.Undone = r.Attempts+t.Attempts, r.Undone+t.Attempts-t.Ops
			for class, n := range t.Errors {
				r.Errors[class] += n
			}
		}
	}
	r.Warnings = c.warnings(r.Throughput)
	return r
}

// A round is a trial that is ok, and one of its kinds.
type round struct {
	results.Trial
	run       string // its id
	kind      results.Kind
	quantiles [len(quantiles)]quantile
}

func (c *cell) rounds(op string) []round {
	var good []round
	for i, t := range c.trials {
		if t.Status != results.OK {
			continue
		}
		for _, k := range t.Kinds {
			if k.Name == op {
				good = append(good, round{t, c.runs[i], k, quantilesOf(k.Service)})
			}
		}
	}
	return good
}

// describe takes what all rounds have in common from the first, or from a
// failed one.
func (r *Row) describe(c *cell, good []round) {
	for _, t := range c.trials {
		r.Version = cmp.Or(r.Version, c.header.Version(t.Executor, t.Point.Library))
		if t.Measured == nil {
			continue
		}
		for _, k := range t.Kinds {
			if k.Name == r.Op {
				r.Unit, r.Sample, r.PerOp = k.Unit, k.Sample, k.OpsPerSample
			}
		}
	}
	r.good = good
	for _, g := range good {
		r.origins = append(r.origins, origin{g.run, g.Pair, g.Order})
		if r.Conns == nil {
			r.Conns, r.Resolved, r.Shares = &results.Conns{}, &g.Resolved, g.Resolved.Shares
		}
		r.Conns.Declared = max(r.Conns.Declared, g.Conns.Declared)
		r.Conns.Dialled = max(r.Conns.Dialled, g.Conns.Dialled)
	}
}

func (r *Row) measure(good []round) {
	r.Latency = latency(good)
	for _, m := range metrics {
		if !m.Counts {
			*m.field(r) = series(good, m.Better, m.value)
		}
	}
}

// series summarises one number a round; nil if any round lacks it.
func series(good []round, better stats.Direction, value func(round) (float64, bool)) *stats.Summary {
	values := make([]float64, len(good))
	for i, g := range good {
		v, known := value(g)
		if !known {
			return nil
		}
		values[i] = v
	}
	return stats.Summarize(values, better)
}
