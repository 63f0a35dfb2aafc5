package report

import (
	"cmp"
	"slices"
	"time"

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
	Latency    Latency        // from when a step was sent: service time
	Response   Latency        // from when it was due; nothing is known of a closed loop
	VsRaw      *float64       // of the medians of the throughput
	Shares     bool           // the library batches concurrent callers

	CPU, ServerCPU *stats.Summary // us an op
	Allocs, Bytes  *stats.Summary // an op
	Conns          *results.Conns // the most of any round
	Resolved       *results.Resolved
	Errors         map[string]int64 // of all rounds, failed ones too
	Warnings       []results.Warning
	Disturbance    *Disturbance // nil: not disturbed, or no round is ok

	Schedule *Schedule      // nil: closed loop, or no round is ok
	Reads    *results.Reads // of all rounds that are ok; nil: it reads nothing, or it is not known of one
	Metrics  []Series       // of the scenario's own, in the order of the record

	good     []round  // those that are ok, in their order
	failures []round  // those that failed; there may be no measurement of one
	origins  []origin // of them
	gone     int      // rounds that were not run, for the server had gone

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
	r.failures = c.failures()
	r.count(c, len(good))
	r.describe(c, good)
	r.measure(good)
	r.Reads, r.Metrics = reads(good), seriesOf(good)
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
	run      string    // its id
	started  time.Time // when that began
	kind     results.Kind
	service  recorded
	response recorded // from here on, what is empty was not recorded
	lag      recorded
	metrics  []recorded // beside the trial's
}

func (c *cell) rounds(op string) []round {
	var good []round
	for i, t := range c.trials {
		if t.Status != results.OK {
			continue
		}
		for _, k := range t.Kinds {
			if k.Name == op {
				g := newRound(t, c.runs[i], k)
				g.started = c.started[i]
				good = append(good, g)
			}
		}
	}
	return good
}

// failures are not decoded: what they measured is in no summary.
func (c *cell) failures() []round {
	var bad []round
	for i, t := range c.trials {
		if t.Status == results.Failed {
			bad = append(bad, round{Trial: t, run: c.runs[i], started: c.started[i]})
		}
	}
	return bad
}

func newRound(t results.Trial, run string, k results.Kind) round {
	g := round{Trial: t, run: run, kind: k, service: decoded(k.Service)}
	if k.Response != nil {
		g.response = decoded(*k.Response)
	}
	if t.Schedule != nil {
		g.lag = decoded(t.Schedule.Lag)
	}
	for _, m := range t.Metrics {
		g.metrics = append(g.metrics, decoded(m.Values))
	}
	return g
}

// latency is what the percentiles of a round are of: of its response times
// where it had a schedule.
func (g round) latency() recorded {
	if g.Schedule != nil {
		return g.response
	}
	return g.service
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
	if r.Schedule = scheduleOf(good); !r.overloaded() {
		r.Latency = latency(good, func(g round) recorded { return g.service })
	}
	if r.Schedule != nil && !r.overloaded() {
		r.Response = latency(good, func(g round) recorded { return g.response })
	}
	for _, m := range metrics {
		if !m.Counts && !m.latency() {
			*m.field(r) = series(good, m.Better, m.value)
		}
	}
}

// felt is the latency that the percentiles of a row are of, as round.latency.
func (r *Row) felt() *Latency {
	if r.Schedule != nil {
		return &r.Response
	}
	return &r.Latency
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
