package report

import (
	"fmt"
	"slices"
	"strings"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// mostHeadlines are so many that somebody reads them; more claims stand in their
// sections, and are counted in front.
const mostHeadlines = 12

// A claim is what the rows of a scenario support, in words.
type claim struct {
	scenario, text string
}

// claims are one for each contest but those of these curves, which are of
// several loads; then what no claim is made about.
func (s *Summary) claims(curves []Curve) ([]claim, []contest) {
	var contests []contest
	for _, rows := range byScenario(s.Rows) {
		contests = append(contests, contestsOf(rows)...)
	}
	swept := map[results.Key]bool{}
	for _, c := range curves {
		for _, p := range c.Points {
			swept[p.Row.Key] = true
		}
	}
	contests = slices.DeleteFunc(contests, func(c contest) bool { return swept[c.group.rows[0].Key] })
	judgeContests(contests)
	var claims []claim
	for _, c := range contests {
		claims = append(claims, claim{c.group.rows[0].Point.Scenario, plain(c.words())})
	}
	return append(claims, s.recoveries()...), contests
}

// headlines are the claims, or how often who leads.
func headlines(claims []claim, contests []contest, rows []Row) []string {
	var lines []string
	if len(claims) <= mostHeadlines {
		for _, c := range claims {
			lines = append(lines, c.text)
		}
	} else {
		lines = append(lines, plain(leaders(contests)))
	}
	if excluded := notClaimed(rows); excluded != "" {
		lines = append(lines, plain(excluded))
	}
	return lines
}

// leaders counts in how many contests who is ahead of all others.
func leaders(contests []contest) string {
	var clients []string
	counts, several := map[string]int{}, 0
	for _, c := range contests {
		if len(c.leads) == 0 {
			continue
		}
		several++
		if slices.ContainsFunc(c.leads, func(l lead) bool { return l.ending() != beyondSpread }) {
			continue
		}
		clients = addNew(clients, c.ranked[0].Point.Client())
		counts[c.ranked[0].Point.Client()]++
	}
	if several == 0 {
		return fmt.Sprintf("%s were measured, each with one library", counted(len(contests), "scenario and load"))
	}
	led := 0
	var words []string
	for _, client := range clients {
		words = append(words, fmt.Sprintf("%s in %s", client, integer(counts[client])))
		led += counts[client]
	}
	if led < several {
		words = append(words, fmt.Sprintf("nobody, or it cannot be told, in %s", integer(several-led)))
	}
	return fmt.Sprintf("ahead of all other libraries, of %s and by more than the spread: %s",
		counted(several, "combination")+" of scenario and load", strings.Join(words, ", "))
}

// notClaimed names the cells that no claim is made about.
func notClaimed(rows []Row) string {
	const shown = 5
	var cells []string
	names := opNames(rows)
	for i, r := range rows {
		if why := unclaimed(r); why != "" {
			cells = append(cells, fmt.Sprintf("%s (%s)", names[i], why))
		}
	}
	if len(cells) == 0 {
		return ""
	}
	words := strings.Join(cells[:min(shown, len(cells))], ", ")
	if more := len(cells) - shown; more > 0 {
		words += fmt.Sprintf(" and %s more", integer(more))
	}
	return fmt.Sprintf("no claim is made about %s: %s", counted(len(cells), "cell"), words)
}

func unclaimed(r Row) string {
	m := metricOfLoop(r.open())
	switch {
	case r.Point.Disturb != "" && r.Rounds.OK > 0 || rankable(r, m):
		return ""
	case r.overloaded():
		return "overloaded"
	case r.Status != ok:
		return r.Status
	}
	return "no " + m.named(r.open())
}

// recoveries are of disturbances: for how long nothing succeeded.
func (s *Summary) recoveries() []claim {
	var claims []claim
	rows := slices.DeleteFunc(slices.Clone(s.Rows), func(r Row) bool { return r.Disturbance == nil })
	rows = slices.CompactFunc(rows, func(a, b Row) bool { return a.Key == b.Key })
	for _, group := range cut(rows, func(r Row) string { return r.Point.Cell() }) {
		var words []string
		names := legendNames(group)
		for i, r := range group {
			words = append(words, fmt.Sprintf("%s %s", names[i], delayWords(r.Disturbance.WithoutSuccess.Worst, r.Disturbance.Resolution)))
		}
		claims = append(claims, claim{group[0].Point.Scenario, plain(fmt.Sprintf("%s: longest time without success, ms: %s",
			group[0].Point.Cell(), strings.Join(words, ", ")))})
	}
	return claims
}

// where is the load of a group, and what else tells it apart in its scenario.
func (g figureGroup) where(differs []results.Field, severalOps bool) string {
	r := typical(g.rows)
	words := "with " + counted(r.Point.Load.Workers, "worker")
	if r.open() {
		words = "at " + rateWords(r.Point.Load.Rate) + " offered"
	}
	var more []string
	for _, f := range differs {
		said := f == results.FieldRate || f == results.FieldWorkers && !r.open()
		if value := g.key[f]; !said && value != "" && value != nothing {
			more = append(more, f.String()+" "+fieldWords(f, value))
		}
	}
	if severalOps {
		more = append(more, "op "+g.op)
	}
	if len(more) > 0 {
		words += " (" + strings.Join(more, ", ") + ")"
	}
	return words
}

// words are a sentence about the contest.
func (c contest) words() string {
	scenario := c.group.rows[0].Point.Cell() + ": "
	if len(c.ranked) == 0 {
		return scenario + alone(*c.raw, "raw, which is no library,", c.metric, c.where)
	}
	words := scenario
	if len(c.leads) == 0 {
		words += alone(c.ranked[0], clientOf(c.ranked[0]), c.metric, c.where)
	} else {
		words += c.standing()
	}
	if t := c.tail; t != nil && t.ending() == beyondSpread {
		words += fmt.Sprintf("; but %s %s, which is larger than the spread", clientOf(t.ahead), t.words())
	}
	if c.raw != nil {
		words += fmt.Sprintf("; raw, for reference: %s", valueWords(*c.raw, c.metric))
	}
	return words
}

// standing sets the first beside the next and the last.
func (c contest) standing() string {
	next, last := c.leads[0], c.leads[len(c.leads)-1]
	if len(c.leads) == 1 {
		return next.sentence(" "+c.where, "the difference is")
	}
	if next.ending() != last.ending() || next.ending() == withinSpread {
		return next.sentence(" "+c.where, "the difference is") + "; " + last.sentence("", "the difference is")
	}
	return fmt.Sprintf("%s %s and %s that of %s %s; %s", clientOf(next.ahead), next.words(), exactRatio(last.ratio()),
		clientOf(last.behind), c.where, next.verdict("both differences are"))
}

// sentence is of one lead.
func (l lead) sentence(where, what string) string {
	if l.ending() == withinSpread {
		return fmt.Sprintf("%s and %s cannot be told apart%s: the ranges of their rounds overlap, %s and %s",
			clientOf(l.ahead), clientOf(l.behind), where, rangeWords(l.ahead, l.metric), rangeWords(l.behind, l.metric))
	}
	return fmt.Sprintf("%s %s%s; %s", clientOf(l.ahead), l.words(), where, l.verdict(what))
}

// verdict is of a lead whose rounds do not overlap.
func (l lead) verdict(what string) string {
	switch {
	case l.ending() == beyondSpread:
		return what + " larger than the spread"
	case l.shift.Unfit != "":
		return "whether that is chance cannot be told: " + l.shift.Unfit
	}
	return fmt.Sprintf("whether that is chance is not known: %s cannot decide %s, %d can", counted(min(l.shift.Base, l.shift.New), "round"),
		counted(l.family, "such comparison"), stats.Rounds(2*l.family, false, DefaultAlpha))
}

// words write "served 2.1x the set+get per second of goredis".
func (l lead) words() string {
	if l.metric.latency() {
		return fmt.Sprintf("had %s the %s of %s (%s and %s)", exactRatio(l.ratio()), l.metric.named(l.ahead.open()), clientOf(l.behind),
			medianWords(l.ahead, l.metric), medianWords(l.behind, l.metric))
	}
	return fmt.Sprintf("served %s the %s per second of %s", exactRatio(l.ratio()), l.ahead.Unit, clientOf(l.behind))
}

// exactRatio has as many decimals as it takes to be seen as not one.
func exactRatio(v float64) string {
	text := ratio(v)
	for digits := 3; text == number(1, digits-1)+"x" && v != 1 && digits < 7; digits++ {
		text = number(v, digits) + "x"
	}
	return text
}

// alone is of a row that nothing is set beside.
func alone(r Row, name string, m Metric, where string) string {
	verb := "served"
	if m.latency() {
		verb = "had a " + m.named(r.open()) + " of"
	}
	words := fmt.Sprintf("%s %s %s %s (%s in %s)", name, verb, valueWords(r, m), where,
		rangeWords(r, m), counted(m.of(r).N, "round"))
	if p99 := metricOfLoop(true); !m.latency() && p99.of(r) != nil {
		words += "; its p99 was " + medianWords(r, p99)
	}
	return words
}

// valueWords write a median with what it is of: "15,740 set+get per second".
func valueWords(r Row, m Metric) string {
	if m.latency() {
		return medianWords(r, m)
	}
	return medianWords(r, m) + " " + r.Unit + " per second"
}

func medianWords(r Row, m Metric) string {
	s := m.of(r)
	return m.written(s, s.Median)
}

// rangeWords write the least and the most of the rounds.
func rangeWords(r Row, m Metric) string {
	s := m.of(r)
	return m.written(s, slices.Min(s.Values)) + " to " + m.written(s, slices.Max(s.Values))
}

// written is a value among those of its row: with the unit, unless that is said.
func (m Metric) written(s *stats.Summary, v float64) string {
	if !m.latency() {
		return number(v, spreadDecimals(s))
	}
	in := m.scale(s.Median)
	return number(v/in.by, decimals(s.Median/in.by, 3)) + " " + in.unit
}

func clientOf(r Row) string { return r.Point.Client() }
