package report

import (
	"cmp"
	"slices"

	"respbench.dev/respbench/internal/stats"
)

// A contest is of the libraries in one scenario at one load: of rows that differ
// in nothing but the client. Raw is no library, and only beside them.
type contest struct {
	group  figureGroup
	where  string // "with 100 workers"
	metric Metric // that they are ranked by
	ranked []Row  // best first
	raw    *Row
	leads  []lead    // of the first over each of the others, in their order
	tails  []lead    // of the one with the best p99 over the first of ranked; none: they are one, or it is not known
	others []contest // of the same cells, for ops that follow this one's in proportion
}

// A lead is what a row is better by than another, and what that is worth.
type lead struct {
	ahead, behind Row
	metric        Metric
	shift         stats.Shift
	p             float64 // that ahead is, adjusted for the family
	family        int     // tests that are corrected together: all pairs of the contest
}

// An ending is what can be said of a lead.
type ending int

const (
	beyondSpread  ending = iota // significant, and the rounds do not overlap
	withinSpread                // significant, and single rounds overlap
	notApart                    // not significant, and the rounds overlap
	spreadUnknown               // the rounds do not overlap, and are too few to tell
)

// contestsOf are those of rows of one scenario. Disturbed rows have none: what
// counts there is not how fast a client is.
func contestsOf(rows []Row) []contest {
	var contests []contest
	for _, g := range groupsOf(rows) {
		c := contest{group: g, metric: g.rankedBy()}
		for _, r := range g.rows {
			switch {
			case !rankable(r, c.metric):
			case r.Point.Library == RawLibrary:
				c.raw = &r
			default:
				c.ranked = append(c.ranked, r)
			}
		}
		c.ranked = rankedIn(c.ranked, c.metric)
		if len(c.ranked) > 0 || c.raw != nil {
			contests = addOrJoin(contests, c)
		}
	}
	differs := differing(rows)
	for i, c := range contests {
		contests[i].where = c.group.where(differs, c.ops(rows))
	}
	return contests
}

// ops are those of the contest, the one with most first; none where the scenario has
// but one.
func (c contest) ops(rows []Row) []string {
	if !slices.ContainsFunc(rows, func(r Row) bool { return r.Op != "" && r.Op != c.group.op }) {
		return nil
	}
	ops := []string{c.group.op}
	for _, o := range c.others {
		ops = append(ops, o.group.op)
	}
	return ops
}

// rankedBy is throughput, or p99 where the rate is given.
func (g figureGroup) rankedBy() Metric { return metricOfLoop(g.rows[0].open()) }

func metricOfLoop(open bool) Metric {
	name := throughputMetric
	if open {
		name = "p99"
	}
	m, _ := MetricNamed(name)
	return m
}

// rankable is whether something may be claimed of a row: its replies were looked
// at, and no round of it failed or was not run for lack of a server. What was
// overloaded has no latency to rank by.
func rankable(r Row, m Metric) bool {
	return r.Point.Disturb == "" && !r.unchecked() && r.Rounds.OK > 0 && r.Rounds.Failed == 0 && r.gone == 0 && m.of(r) != nil
}

func rankedIn(rows []Row, m Metric) []Row {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b Row) int {
		by := cmp.Compare(m.of(a).Median, m.of(b).Median)
		if m.Better == stats.Higher {
			return -by
		}
		return by
	})
	return rows
}

// judgeContests tests who leads each, by its metric and in the p99 of each of its ops.
func judgeContests(contests []contest) {
	for i := range contests {
		c := &contests[i]
		c.leads = leadsOf(c.ranked, c.metric)
		if c.metric.latency() {
			continue
		}
		for _, of := range append([]contest{*c}, c.others...) {
			c.tails = append(c.tails, tailOver(of.ranked)...)
		}
	}
}

// leadsOf are those of the first. All pairs are tested and corrected together: who
// is first is known from the same rounds, and it might have been any of them.
func leadsOf(ranked []Row, m Metric) []lead {
	var pairs []lead
	for i, r := range ranked {
		for _, behind := range ranked[i+1:] {
			pairs = append(pairs, newLead(r, behind, m))
		}
	}
	adjust(pairs)
	return pairs[:max(len(ranked)-1, 0)]
}

func newLead(ahead, behind Row, m Metric) lead {
	return lead{ahead: ahead, behind: behind, metric: m, shift: stats.Compare(m.of(ahead).Values, m.of(behind).Values, false, m.Better)}
}

// tailOver is the lead of the best p99 over who leads in throughput, where all
// have a p99.
func tailOver(ranked []Row) []lead {
	p99 := metricOfLoop(true)
	if slices.ContainsFunc(ranked, func(r Row) bool { return p99.of(r) == nil }) {
		return nil
	}
	for _, l := range leadsOf(rankedIn(ranked, p99), p99) {
		if l.behind.Key == ranked[0].Key {
			return []lead{l}
		}
	}
	return nil
}

// adjust doubles the p of one direction, that of the medians: ranks that say the
// contrary support no lead.
func adjust(pairs []lead) {
	p := make([]float64, len(pairs))
	for i, l := range pairs {
		p[i] = 1
		if l.shift.Unfit == "" {
			p[i] = min(1, 2*l.shift.PWorse)
		}
	}
	for i, adjusted := range stats.Holm(p) {
		pairs[i].p, pairs[i].family = adjusted, len(pairs)
	}
}

func (l lead) significant() bool { return l.p <= DefaultAlpha }

func (l lead) ending() ending {
	a, b := l.metric.of(l.ahead).Values, l.metric.of(l.behind).Values
	overlap := slices.Min(a) <= slices.Max(b) && slices.Min(b) <= slices.Max(a)
	switch {
	case l.significant() && overlap:
		return withinSpread
	case l.significant():
		return beyondSpread
	case overlap:
		return notApart
	}
	return spreadUnknown
}

// ratio is that of the medians.
func (l lead) ratio() float64 { return l.metric.of(l.ahead).Median / l.metric.of(l.behind).Median }
