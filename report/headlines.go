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

// headlines are the claims, or how often who leads. Of disturbances there is no
// leader: so many of them as are read.
func headlines(claims []claim, contests []contest, rows []Row) []string {
	lines := list(claims, func(c claim) string { return c.text })
	if len(claims) > mostHeadlines {
		lines = nil
		if len(contests) > 0 {
			lines = append(lines, plain(leaders(contests)))
		}
		recoveries := claims[len(contests):]
		for _, c := range recoveries[:min(mostHeadlines, len(recoveries))] {
			lines = append(lines, c.text)
		}
		if more := len(recoveries) - mostHeadlines; more > 0 {
			lines = append(lines, fmt.Sprintf("the sections have how long nothing succeeded in %s", counted(more, "more cell")))
		}
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
		if slices.ContainsFunc(c.leads, func(l lead) bool { return !l.clearlyAhead() }) {
			continue
		}
		clients = addNew(clients, c.ranked[0].Point.Client())
		counts[c.ranked[0].Point.Client()]++
	}
	if several == 0 {
		return fmt.Sprintf("%s: none has two libraries to compare", counted(len(contests), "combination")+" of scenario and load")
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
	return fmt.Sprintf("significantly ahead of all other libraries, of %s: %s",
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
	case r.unchecked():
		return unchecked
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

// where is the load of a group, and what else tells it apart in its scenario: ops
// are named where there are several.
func (g figureGroup) where(differs []results.Field, ops []string) string {
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
	if len(ops) > 0 {
		more = append(more, "op "+ops[0])
	}
	if len(ops) > 1 {
		more = append(more, "and in proportion "+strings.Join(ops[1:], ", "))
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
	for _, t := range c.tails {
		if t.clearlyAhead() {
			words += fmt.Sprintf("; but %s %s%s, %s", clientOf(t.ahead), t.words(), c.inOp(t), t.verdict("which is"))
		}
	}
	if c.raw != nil {
		words += fmt.Sprintf("; raw, for reference: %s", valueWords(*c.raw, c.metric))
	}
	return words
}

// inOp names the op of a tail, where the contest is about several.
func (c contest) inOp(tail lead) string {
	if len(c.others) == 0 {
		return ""
	}
	return " in " + tail.ahead.Op
}

// standing sets the first beside the next and the last.
func (c contest) standing() string {
	next, last := c.leads[0], c.leads[len(c.leads)-1]
	if len(c.leads) == 1 {
		return next.sentence(" "+c.where, "the difference is")
	}
	if next.ending() != last.ending() || next.ending() == notApart || next.aboutSame() {
		return next.sentence(" "+c.where, "the difference is") + "; " + last.sentence("", "the difference is")
	}
	return fmt.Sprintf("%s %s and %s that of %s %s; %s", clientOf(next.ahead), next.words(), ratio(last.ratio()),
		clientOf(last.behind), c.where, next.verdict("both differences are"))
}

// sentence is of one lead.
func (l lead) sentence(where, what string) string {
	if l.ending() == notApart {
		return fmt.Sprintf("%s and %s cannot be told apart by %s%s: their ranges overlap, %s and %s",
			clientOf(l.ahead), clientOf(l.behind), counted(l.rounds(), "round"), where, rangeWords(l.ahead, l.metric), rangeWords(l.behind, l.metric))
	}
	return fmt.Sprintf("%s %s%s; %s", clientOf(l.ahead), l.words(), where, l.verdict(what))
}

// rounds are those of the side that has fewer.
func (l lead) rounds() int { return min(l.shift.Base, l.shift.New) }

// verdict is of a lead that is significant, or whose rounds do not overlap.
func (l lead) verdict(what string) string {
	switch {
	case l.ending() == beyondSpread:
		return what + " larger than the spread"
	case l.ending() == withinSpread:
		return what + " significant, though single rounds overlap"
	case l.shift.Unfit != "":
		return "whether that is chance cannot be told: " + l.shift.Unfit
	}
	return fmt.Sprintf("whether that is chance is not known: %s cannot decide %s, %d can", counted(l.rounds(), "round"),
		counted(l.family, "such comparison"), stats.Rounds(2*l.family, false, DefaultAlpha))
}

// words write "served 2.1x the set+get per second of goredis". What reads as the same
// is said to be about that, with both.
func (l lead) words() string {
	verb, what := "served", pluralUnit(l.ahead.Unit)+" per second"
	if l.metric.latency() {
		verb, what = "had", l.metric.named(l.ahead.open())
	}
	both := fmt.Sprintf(" (%s and %s)", medianWords(l.ahead, l.metric), medianWords(l.behind, l.metric))
	switch {
	case l.aboutSame():
		return fmt.Sprintf("%s about the same %s as %s%s", verb, what, clientOf(l.behind), both)
	case l.metric.latency():
		return fmt.Sprintf("%s %s the %s of %s%s", verb, ratio(l.ratio()), what, clientOf(l.behind), both)
	}
	return fmt.Sprintf("%s %s the %s of %s", verb, ratio(l.ratio()), what, clientOf(l.behind))
}

// aboutSame is whether the ratio is written as one.
func (l lead) aboutSame() bool { return ratio(l.ratio()) == ratio(1) }

// clearlyAhead is not chance, and not so little that it reads as the same.
func (l lead) clearlyAhead() bool { return l.significant() && !l.aboutSame() }

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
	return medianWords(r, m) + " " + pluralUnit(r.Unit) + " per second"
}

// pluralUnit is of several: "commands", "sets"; "set+get" stays.
func pluralUnit(unit string) string {
	switch last := unit[max(len(unit)-1, 0):]; {
	case unit == "" || strings.ContainsAny(unit, "+ ") || last == "s":
		return unit
	case last == "y" && !strings.ContainsAny(unit[max(len(unit)-2, 0):], "aeiou"):
		return strings.TrimSuffix(unit, "y") + "ies"
	}
	return unit + "s"
}

// articled puts the article before a noun: "an insert", "a flush of 16".
func articled(noun string) string {
	if noun != "" && strings.ContainsAny(noun[:1], "aeiouAEIOU") {
		return "an " + noun
	}
	return "a " + noun
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
