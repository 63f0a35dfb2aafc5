package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"respbench.dev/respbench/results"
)

// The statuses of a row.
const (
	ok          = "ok"
	partial     = "partial" // some rounds are ok
	failed      = "failed"
	skipped     = "skipped"
	interrupted = "interrupted" // or never run
)

// unchecked is the code of the warning, and the mark, of a client that looks at no
// reply.
const unchecked = "unchecked"

const uncheckedNote = unchecked + ": this client looks at no reply; it is compared with no other, and nothing is claimed of it"

func (r Row) unchecked() bool {
	return slices.ContainsFunc(r.Warnings, func(w results.Warning) bool { return w.Code == unchecked })
}

// count counts the rounds, good of which are ok, and sets status and reason.
func (r *Row) count(c *cell, good int) {
	r.Rounds = Rounds{Planned: max(c.planned, len(c.trials)), OK: good}
	skips := 0
	for _, t := range c.trials {
		switch t.Status {
		case results.Failed:
			r.Rounds.Failed++
		case results.NotRun:
			r.gone++
		case results.Skipped:
			skips++
		}
	}
	switch {
	case good > 0 && good == r.Rounds.Planned:
		r.Status = ok
		return
	case good > 0:
		r.Status = partial
	case r.Rounds.Failed > 0:
		r.Status = failed
	case skips > 0 || c.skipped != "":
		r.Status = skipped
	default:
		r.Status = interrupted
	}
	r.Reason = c.reason()
}

// A lapse is why a round is missing.
type lapse struct {
	status results.Status
	reason string
}

// reason tells why rounds are missing, each lapse once with its rounds.
func (c *cell) reason() string {
	if c.skipped != "" {
		return c.skipped
	}
	var order []lapse
	rounds := map[lapse][]string{}
	for _, t := range c.trials {
		if t.Status != results.OK {
			l := lapse{t.Status, reasonOf(t)}
			order = addNew(order, l)
			rounds[l] = append(rounds[l], strconv.Itoa(t.Round))
		}
	}
	if len(order) == 1 && len(rounds[order[0]]) == c.planned {
		return order[0].ofAll()
	}
	var said []string
	for _, l := range order {
		said = append(said, fmt.Sprintf("%s in %s: %s", l.status, numbered(rounds[l]), l.reason))
	}
	if missing := c.planned - len(c.trials); missing > 0 {
		said = append(said, fmt.Sprintf("%s not run: %s", counted(missing, "round"), strings.Join(c.lost, "; ")))
	}
	return strings.Join(said, "; ")
}

// ofAll is said of all rounds: the row's status says the rest, except that
// there is none for rounds that were not run.
func (l lapse) ofAll() string {
	if l.status == results.NotRun {
		return string(results.NotRun) + ": " + l.reason
	}
	return l.reason
}

// reasonOf is a trial's reason in one line.
func reasonOf(t results.Trial) string {
	reason := t.Reason
	if t.Measured != nil {
		reason = cmp.Or(reason, t.Failure)
	}
	reason, _, hasStacks := strings.Cut(reason, "\n")
	if hasStacks {
		reason += " (its stacks are in the results file)"
	}
	return cmp.Or(reason, "no reason was recorded")
}

func numbered(rounds []string) string {
	if len(rounds) == 1 {
		return "round " + rounds[0]
	}
	return "rounds " + strings.Join(rounds, ", ")
}
