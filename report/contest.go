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
	leads  []lead // of the first over each of the others, in their order
	tail   *lead  // of the one with the best p99 over the first of ranked; nil: they are one, or it is not known
}

// A lead is what a row is better by than another, and what that is worth.
type lead struct {
	ahead, behind Row
	metric        Metric
	shift         stats.Shift
	p             float64 // two-sided, adjusted for the family
	family        int     // tests that are corrected together
}

// An ending is what can be said of a lead.
type ending int

const (
	beyondSpread  ending = iota // the rounds do not overlap, and the ranks are significant
	withinSpread                // the rounds overlap
	spreadUnknown               // there are too few rounds to tell
)

// contestsOf are those of rows of one scenario. Disturbed rows have none: what
// counts there is not how fast a client is.
func contestsOf(rows []Row) []contest {
	var contests []contest
	differs := differing(rows)
	for _, g := range groupsOf(rows) {
		several := slices.ContainsFunc(rows, func(r Row) bool { return r.Op != "" && r.Op != g.op })
		c := contest{group: g, where: g.where(differs, several), metric: g.rankedBy()}
		for _, r := range g.rows {
			switch {
			case !rankable(r, c.metric):
			case r.Point.Library == RawLibrary:
				c.raw = &r
			default:
				c.ranked = append(c.ranked, r)
			}
		}
		if len(c.ranked) == 0 && c.raw == nil {
			continue
		}
		c.ranked = rankedIn(c.ranked, c.metric)
		contests = append(contests, c)
	}
	return contests
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

// rankable is whether something may be claimed of a row: no round of it failed or
// was not run for lack of a server. What was overloaded has no latency to rank by.
func rankable(r Row, m Metric) bool {
	return r.Point.Disturb == "" && r.Rounds.OK > 0 && r.Rounds.Failed == 0 && r.gone == 0 && m.of(r) != nil
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

// judgeContests tests the first of each contest against each of the others: all
// these tests of a metric are one family.
func judgeContests(contests []contest) {
	byThroughput, byTail := family{}, family{}
	tails := make([][]lead, len(contests))
	for i := range contests {
		c := &contests[i]
		c.leads = leadsOf(c.ranked, c.metric)
		if c.metric.latency() {
			byTail.add(c.leads)
			continue
		}
		byThroughput.add(c.leads)
		tails[i] = tailLeads(c.ranked)
		byTail.add(tails[i])
	}
	byThroughput.judge()
	byTail.judge()
	for i := range contests {
		contests[i].tail = tailOver(contests[i].ranked, tails[i])
	}
}

func leadsOf(ranked []Row, m Metric) []lead {
	var leads []lead
	for _, r := range ranked[min(1, len(ranked)):] {
		leads = append(leads, newLead(ranked[0], r, m))
	}
	return leads
}

func newLead(ahead, behind Row, m Metric) lead {
	return lead{ahead: ahead, behind: behind, metric: m, shift: stats.Compare(m.of(ahead).Values, m.of(behind).Values, false, m.Better)}
}

// tailLeads are those of the best p99, where all have one.
func tailLeads(ranked []Row) []lead {
	p99 := metricOfLoop(true)
	if slices.ContainsFunc(ranked, func(r Row) bool { return p99.of(r) == nil }) {
		return nil
	}
	return leadsOf(rankedIn(ranked, p99), p99)
}

// tailOver is the lead in p99 over who leads in throughput.
func tailOver(ranked []Row, tails []lead) *lead {
	for i, l := range tails {
		if l.behind.Key == ranked[0].Key {
			return &tails[i]
		}
	}
	return nil
}

// A family has the leads that are corrected together.
type family []*lead

func (f *family) add(leads []lead) {
	for i := range leads {
		*f = append(*f, &leads[i])
	}
}

// judge adjusts the two-sided p: who leads is known from the same rounds.
func (f family) judge() {
	p := make([]float64, len(f))
	for i, l := range f {
		p[i] = 1
		if l.shift.Unfit == "" {
			p[i] = min(1, 2*min(l.shift.PWorse, l.shift.PBetter))
		}
	}
	for i, adjusted := range stats.Holm(p) {
		f[i].p, f[i].family = adjusted, len(f)
	}
}

func (l lead) ending() ending {
	a, b := l.metric.of(l.ahead).Values, l.metric.of(l.behind).Values
	switch {
	case slices.Min(a) <= slices.Max(b) && slices.Min(b) <= slices.Max(a):
		return withinSpread
	case l.p <= DefaultAlpha:
		return beyondSpread
	}
	return spreadUnknown
}

// ratio is that of the medians.
func (l lead) ratio() float64 { return l.metric.of(l.ahead).Median / l.metric.of(l.behind).Median }
