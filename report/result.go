package report

import (
	"fmt"
	"slices"
	"strings"

	"respbench.dev/respbench/internal/stats"
)

// A Result is what a comparison comes to, for an exit code. Where several hold,
// it is the first of these.
type Result int

// The results.
const (
	NotDecidable Result = iota // not comparable, or no gated test could have been significant
	Lacking                    // a gated cell of the base is missing or failed in new
	Regression                 // or a limit was broken
	Unsettled                  // inconclusive, under strict
	Passed
)

// Result also says why, in one line, unless it is Passed.
func (c *Comparison) Result(strict bool) (Result, string) {
	if why := c.notDecidable(); why != "" {
		return NotDecidable, why
	}
	if missing := c.with(Missing); len(missing) > 0 {
		return Lacking, cellsWords(missing, "missing in new or failed there")
	}
	if why := c.regressions(); why != "" {
		return Regression, why
	}
	if why := c.unsettled(); strict && why != "" {
		return Unsettled, why
	}
	return Passed, ""
}

// unsettled is empty if all that was asked has an answer.
func (c *Comparison) unsettled() string {
	if open, gated := c.Inconclusive(); open > 0 {
		return fmt.Sprintf("%d of %s inconclusive", open, counted(gated, "gated comparison"))
	}
	return ""
}

// Inconclusive counts the gated changes, and those of them that are open.
func (c *Comparison) Inconclusive() (open, gated int) {
	return len(c.with(stats.Inconclusive)), len(c.gated())
}

func (c *Comparison) gated() []Change {
	return slices.DeleteFunc(slices.Clone(c.Changes), func(ch Change) bool { return !ch.Gated })
}

func (c *Comparison) with(v stats.Verdict) []Change {
	return slices.DeleteFunc(c.gated(), func(ch Change) bool { return ch.Verdict != v })
}

// notDecidable is empty unless nothing could come out.
func (c *Comparison) notDecidable() string {
	gated, apart := c.gated(), c.with(Incomparable)
	switch {
	case len(c.Rules.Metrics) == 0:
		return "no metric is gated"
	case len(gated) == 0:
		return c.nothingGated()
	case len(apart) > 0:
		return cellsWords(apart, "not comparable") + ": " + apart[0].Reason
	case !slices.ContainsFunc(gated, func(ch Change) bool { return !ch.Absent }):
		return "the sides have no cell in common"
	case len(c.Unlimited) > 0:
		return strings.TrimSuffix("limits: "+c.Unlimited[0]+"; "+c.regressions(), "; ")
	case !slices.ContainsFunc(gated, Change.tested):
		return c.untestable(gated)
	}
	return c.tooFew(gated)
}

func (c *Comparison) nothingGated() string {
	if len(c.Changes) == 0 {
		return "base has measured nothing"
	}
	for _, ch := range c.Changes {
		if ch.Point.Disturb == "" {
			return "nothing but raw is there, which is never gated"
		}
	}
	return "nothing but disturbed cells are there, which are not gated"
}

// untestable is empty if verdicts were given without a test.
func (c *Comparison) untestable(gated []Change) string {
	for _, ch := range gated {
		if ch.Verdict != stats.Inconclusive {
			return ""
		}
	}
	return fmt.Sprintf("nothing that is gated can be tested: %s %s: %s", gated[0].Cell, gated[0].Metric.Name, gated[0].Reason)
}

// tooFew is empty if one test could have been significant.
func (c *Comparison) tooFew(gated []Change) string {
	var most *Change
	for i, ch := range gated {
		switch {
		case !ch.tested() || ch.Verdict == Missing:
		case ch.Shift.Least*float64(c.Family) <= c.Rules.Alpha:
			return ""
		case most == nil || min(ch.Shift.Base, ch.Shift.New) > min(most.Shift.Base, most.Shift.New):
			most = &gated[i]
		}
	}
	if most == nil {
		return ""
	}
	needed := stats.Rounds(c.Family, c.Paired, c.Rules.Alpha)
	if c.Paired {
		needed = stats.Even(needed)
	}
	return fmt.Sprintf("%s cannot decide %s; use %d", most.roundsWords(), counted(c.Family, "test"), needed)
}

// tests are those of the family, and totals that were told without one.
func (c *Comparison) tests() int {
	n := c.Family
	for _, ch := range c.gated() {
		if told := []stats.Verdict{stats.Regressed, stats.Improved, stats.Unchanged}; ch.Metric.Counts && slices.Contains(told, ch.Verdict) {
			n++
		}
	}
	return n
}

func (c *Comparison) regressions() string {
	var said []string
	if worse := c.with(stats.Regressed); len(worse) > 0 {
		said = append(said, fmt.Sprintf("%s in %s", counted(len(worse), "regression"), counted(c.tests(), "test")))
	}
	if n := len(c.Breaches); n > 0 {
		said = append(said, fmt.Sprintf("%s broken: %s", counted(n, "limit"), c.Breaches[0].Text))
	}
	return strings.Join(said, "; ")
}

// cellsWords names the cells of changes.
func cellsWords(changes []Change, what string) string {
	var cells []string
	for _, ch := range changes {
		cells = addNew(cells, ch.Cell)
	}
	const shown = 3
	names := strings.Join(cells[:min(len(cells), shown)], ", ")
	if more := len(cells) - shown; more > 0 {
		names += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("%s %s: %s", counted(len(cells), "gated cell"), what, names)
}
