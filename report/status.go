package report

import (
	"cmp"
	"fmt"
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

// count counts the rounds, good of which are ok, and sets status and reason.
func (r *Row) count(c *cell, good int) {
	r.Rounds = Rounds{Planned: max(c.planned, len(c.trials)), OK: good}
	skips := 0
	for _, t := range c.trials {
		switch t.Status {
		case results.Failed:
			r.Rounds.Failed++
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

// reason tells why rounds are missing, each reason once with its rounds.
func (c *cell) reason() string {
	if c.skipped != "" {
		return c.skipped
	}
	type why struct {
		status results.Status
		reason string
	}
	var order []why
	rounds := map[why][]string{}
	for _, t := range c.trials {
		if t.Status == results.OK {
			continue
		}
		w := why{t.Status, reasonOf(t)}
		if rounds[w] == nil {
			order = append(order, w)
		}
		rounds[w] = append(rounds[w], strconv.Itoa(t.Round))
	}
	var said []string
	for _, w := range order {
		said = append(said, fmt.Sprintf("%s in %s: %s", w.status, numbered(rounds[w]), w.reason))
	}
	if missing := c.planned - len(c.trials); missing > 0 {
		said = append(said, fmt.Sprintf("%s not run: %s", counted(missing, "round"), strings.Join(c.lost, "; ")))
	}
	return strings.Join(said, "; ")
}

func reasonOf(t results.Trial) string {
	reason := t.Reason
	if t.Measured != nil {
		reason = cmp.Or(reason, t.Failure)
	}
	return cmp.Or(reason, "no reason was recorded")
}

func numbered(rounds []string) string {
	if len(rounds) == 1 {
		return "round " + rounds[0]
	}
	return "rounds " + strings.Join(rounds, ", ")
}

