package report

import (
	"slices"
	"time"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

const (
	// never is said of what did not come to pass within a trial.
	never = "never"
	// counting is the scenario whose trials have a tally.
	counting = "counter"
)

const (
	availableNote = "available: ops served of those attempted; a client that waits before it tries again attempts fewer"
	successNote   = "without success: until normal again; first success: since service stopped, by the disturbance or shortly after it; pauses under 5ms, or no longer than one before it, are ordinary"
	normalNote    = "normal again: three slices without errors, with at least 75% of the ops before and a p99 at most one power of two above that before, or as slow as slices before were"
	neverNote     = "never: not within the trial"
	lostNote      = "lost: acknowledged, but the server does not have it any more"
	unsureNote    = "unsure: reported as failed, but done all the same"
	twiceNote     = "twice: done beyond what was tried"
	unreadNote    = unknown + ": the counters could not be read at the end of a round"
)

// disturbed are the sheets of what disturbances did, one for each disturbance
// of a scenario that was measured. The footnotes are the same for all and stand
// below the last.
func (s *Summary) disturbed() []sheet {
	hosts, servers := differsIn(s.Rows, results.FieldClientHost), differsInServer(s.Rows)
	rows := slices.DeleteFunc(slices.Clone(s.Rows), func(r Row) bool { return r.Point.Disturb == "" })
	// Of several kinds of op the first stands for all: these numbers are of trials.
	rows = slices.CompactFunc(rows, func(a, b Row) bool { return a.Key == b.Key })
	var sheets []sheet
	for _, group := range cut(rows, func(r Row) string { return r.Point.Cell() }) {
		if !slices.ContainsFunc(group, func(r Row) bool { return r.Disturbance != nil }) {
			continue
		}
		b := builder{rows: group}
		b.disturbance(hosts, servers)
		b.sheet.continued = true
		sheets = append(sheets, b.sheet)
	}
	return settle(sheets...)
}

func (b *builder) disturbance(hosts, servers bool) {
	differs := differing(b.rows)
	b.sheet.head = plain(disturbHeadline(b.rows, differs))
	b.identify(differs, hosts, servers)
	b.recovery()
	b.counts()
	b.statuses()
}

func (b *builder) recovery() {
	b.overRounds("available", "%", func(d *Disturbance) (string, string) {
		b.sheet.say(availableNote)
		if d.Availability == nil {
			b.sheet.say(unknown + ": nothing was attempted")
			return unknown, unknown
		}
		return percentWords(d.Availability.Median), percentWords(d.Availability.Worst)
	})
	success := func(d *Disturbance) time.Duration { return d.Resolution }
	b.delays("without success", successNote, func(d *Disturbance) Delays { return d.WithoutSuccess }, success).rank = vital
	b.delays("first success", successNote, func(d *Disturbance) Delays { return d.FirstSuccess }, success).rank = useful
	b.delays("normal again", normalNote, func(d *Disturbance) Delays { return d.Normal }, func(d *Disturbance) time.Duration { return d.Slice }).rank = important
}

func (b *builder) delays(name, note string, of func(*Disturbance) Delays, within func(*Disturbance) time.Duration) *column {
	return b.overRounds(name, "ms", func(d *Disturbance) (string, string) {
		b.sheet.say(note)
		b.noteUnknown(of(d).Rounds)
		return delayWords(of(d).Median, within(d)), delayWords(of(d).Worst, within(d))
	})
}

func (b *builder) noteUnknown(rounds []stats.Delay) {
	for _, d := range rounds {
		switch d.Unknown {
		case "":
		case stats.NotInTrial:
			b.sheet.say(neverNote)
		default:
			b.sheet.say(unknown + ": " + d.Unknown)
		}
	}
}

// overRounds adds a column of medians and worst values, or of the only ones.
func (b *builder) overRounds(name, unit string, of func(*Disturbance) (median, worst string)) *column {
	single := !slices.ContainsFunc(b.rows, func(r Row) bool { return r.Rounds.OK > 1 })
	if !single {
		unit += ", median/\nworst"
	}
	return b.add(name, unit, false, func(r Row) string {
		if r.Disturbance == nil {
			return nothing
		}
		median, worst := of(r.Disturbance)
		if single {
			return median
		}
		return median + "/" + worst
	})
}

// counts adds up what became of single steps.
func (b *builder) counts() {
	if slices.ContainsFunc(b.rows, func(r Row) bool { return r.Point.Scenario == counting && r.Disturbance != nil }) {
		b.tally("lost", lostNote, func(t *results.Tally) int64 { return t.Lost })
		b.tally("unsure", unsureNote, func(t *results.Tally) int64 { return t.Unsure }).rank = important
		b.tally("twice", twiceNote, func(t *results.Tally) int64 { return t.Twice }).rank = important
	}
	if slices.ContainsFunc(b.rows, func(r Row) bool { return r.Disturbance != nil && len(r.Disturbance.Redirects) > 0 }) {
		b.add("redirects", "", false, func(r Row) string {
			if r.Disturbance == nil {
				return nothing
			}
			return classWords(r.Disturbance.Redirects)
		}).rank = detail
	}
	b.add("dials", "", false, func(r Row) string {
		if r.Disturbance == nil {
			return nothing
		}
		return number(r.Disturbance.Dials.Median, 0)
	}).rank = detail
	b.add("errors", "", false, func(r Row) string {
		if r.Disturbance == nil && len(r.Errors) == 0 {
			return nothing
		}
		return classWords(r.Errors)
	}).rank = useful
}

func (b *builder) tally(name, note string, of func(*results.Tally) int64) *column {
	return b.add(name, "", false, func(r Row) string {
		b.sheet.say(note)
		switch {
		case r.Disturbance == nil:
			return nothing
		case r.Disturbance.Tally == nil:
			b.sheet.say(unreadNote)
			return unknown
		}
		return integer(of(r.Disturbance.Tally))
	})
}
