package report

import (
	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// A roundValue is a number of one round.
type roundValue struct {
	metric, unit string
	better       string // higher, lower, or empty: neither
	value        float64
	known        bool
}

var quantileNames = [len(quantiles)]string{"p50", "p90", "p95", "p99", "p999"}

// values are all that is known of a round that is ok, and what is not.
func (r Row) values(g *round) []roundValue {
	var values []roundValue
	for _, m := range metrics {
		if m.Counts || m.latency() {
			continue
		}
		unit := m.Unit.base()
		if m.Unit == opsPerSecond {
			unit = r.Unit + "/s"
		}
		v, known := m.value(*g)
		values = append(values, roundValue{m.Name, unit, betterWord(m.Better), v, known})
	}
	values = append(values, r.latencies(g)...)
	values = append(values, g.counts()...)
	values = append(values, g.schedule()...)
	values = append(values, g.hits()...)
	values = append(values, r.recovery(g)...)
	for _, s := range r.Metrics {
		values = append(values, g.series(s)...)
	}
	return values
}

// latencies of an overloaded row tell how long it ran: they are not known.
func (r Row) latencies(g *round) []roundValue {
	of := func(s recorded) recorded {
		if r.overloaded() {
			return recorded{}
		}
		return s
	}
	values := of(g.service).values("service-", nanosecond, betterWord(stats.Lower))
	if g.Schedule != nil {
		values = append(values, of(g.response).values("response-", nanosecond, betterWord(stats.Lower))...)
	}
	return values
}

// values are of a recording; mean, min and max are exact.
func (r recorded) values(prefix, unit, better string) []roundValue {
	mean, known := r.Mean()
	values := []roundValue{{prefix + "mean", unit, better, mean, known}, r.extreme(prefix+"min", unit, better, r.Min)}
	for i, name := range quantileNames {
		v, known := r.quantile(i)
		values = append(values, roundValue{prefix + name, unit, better, v, known})
	}
	return append(values, r.extreme(prefix+"max", unit, better, r.Max))
}

func (recorded) extreme(metric, unit, better string, v *int64) roundValue {
	if v == nil {
		return roundValue{metric: metric, unit: unit, better: better}
	}
	return roundValue{metric, unit, better, float64(*v), true}
}

// counts are of the whole trial, whatever its kinds of op, and of a failed one,
// too.
func (g *round) counts() []roundValue {
	failed := roundValue{metric: errorsMetric, unit: "steps", better: betterWord(stats.Lower)}
	tried := roundValue{metric: "attempts", unit: "ops"}
	if g.Measured != nil {
		for _, n := range g.Errors {
			failed.value += float64(n)
		}
		tried.value = float64(g.Attempts)
		failed.known, tried.known = true, true
	}
	return []roundValue{failed, tried}
}

func (g *round) schedule() []roundValue {
	if g.Schedule == nil {
		return nil
	}
	return []roundValue{
		{"offered", "ops/s", "", g.Schedule.Offered, true},
		{"achieved", "ops/s", betterWord(stats.Higher), g.Schedule.Achieved, true},
	}
}

func (g *round) hits() []roundValue {
	reads := g.kind.Reads
	if reads == nil {
		return nil
	}
	return []roundValue{
		{"hits", "keys", "", float64(reads.Hits), true},
		{"misses", "keys", "", float64(reads.Misses), true},
		{"unintended-misses", "keys", betterWord(stats.Lower), float64(reads.Unintended), true},
	}
}

// recovery is what the disturbance of a round did, whatever its kinds of op.
func (r Row) recovery(g *round) []roundValue {
	if r.Point.Disturb == "" {
		return nil
	}
	lower, since := betterWord(stats.Lower), course(*g).Recovery()
	delay := func(name string, d stats.Delay) roundValue {
		return roundValue{name, nanosecond, lower, float64(d.Time), d.Unknown == ""}
	}
	served, known := availability(*g)
	values := []roundValue{
		{"availability", "%", betterWord(stats.Higher), served, known},
		delay("without-success", since.WithoutSuccess), delay("first-success", since.FirstSuccess), delay("normal-again", since.Normal),
		{"took", nanosecond, "", float64(took(g.Disturbances)), true},
		{"dials", "conns", lower, float64(g.Conns.Dialled), true},
	}
	if r.Point.Scenario == counting {
		values = append(values, g.tally()...)
	}
	return values
}

// tally is not known where the counters could not be read.
func (g *round) tally() []roundValue {
	lower, known, t := betterWord(stats.Lower), g.Tally != nil, results.Tally{}
	if known {
		t = *g.Tally
	}
	return []roundValue{
		{"acked", "steps", "", float64(t.Acked), known}, {"lost", "steps", lower, float64(t.Lost), known},
		{"unsure", "steps", "", float64(t.Unsure), known}, {"twice", "steps", lower, float64(t.Twice), known},
	}
}

// series are of a metric of the scenario's own, which not every round has.
func (g *round) series(s Series) []roundValue {
	if s.Once {
		mean, known := g.metric(s.Name).Mean()
		return []roundValue{{s.Name, s.Unit, s.Better, mean, known}}
	}
	return g.metric(s.Name).values(s.Name+"-", s.Unit, s.Better)
}
