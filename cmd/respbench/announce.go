package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/progress"
	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/report"
	"respbench.dev/respbench/results"
)

// An announcer says what is going to be measured once the server has been
// accepted: a refusal stays one line.
type announcer struct {
	*progress.Display
	keep   bool // the records of the trials
	trials []results.Trial
}

// A serverAnnouncer is that of one of the servers.
type serverAnnouncer struct {
	*announcer
	name     string // empty: there is one server
	accepted func(results.Server, []results.Warning)
}

// serverName tells servers apart, where there are several.
func serverName(places []*place, i int) string {
	if len(places) == 1 {
		return ""
	}
	return places[i].label
}

// Accepted announces the run.
func (n serverAnnouncer) Accepted(s results.Server, warnings []results.Warning) {
	n.accepted(s, warnings)
}

// TrialStarted shows the trial, and on which server.
func (n serverAnnouncer) TrialStarted(number int, p results.Point, round int) {
	n.Side(n.name)
	n.Display.TrialStarted(number, p, round)
}

// TrialEnded keeps the record where that is needed.
func (n *announcer) TrialEnded(number int, t results.Trial) {
	if n.keep {
		n.trials = append(n.trials, t)
	}
	n.Display.TrialEnded(number, t)
}

// announce says what is going to be measured, where, and for how long.
func (a *app) announce(ctx context.Context, p *plan.Plan, places []*place, i int, s results.Server, warnings []results.Warning) {
	keys, bytes := p.Keys()
	if i == 0 {
		places[0].pointOut(ctx, a.stderr)
	}
	a.announceServer(strings.TrimSpace("server "+places[i].label), places[i], s)
	a.announceDisturbed(warnings)
	if i > 0 {
		return
	}
	fmt.Fprintf(a.stderr, "%s%s (%s, %s), %s (%s), about %s\n", progress.Count(len(p.Trials), "trial"),
		ofAll(p), progress.Count(len(p.Points), "cell"), progress.Count(p.Rounds, "round"), progress.Count(keys, "key"), megabytes(bytes), estimate(p))
	fmt.Fprintln(a.stderr, decides(p))
	a.announceSkips(p.Skips)
}

// decides says whether a comparison with another such run can tell anything.
func decides(p *plan.Plan) string {
	tests := gatedCells(p.Points, p.Points) * len(report.DefaultMetrics)
	if tests == 0 {
		return "a comparison with another such run has nothing to decide: raw is never gated"
	}
	text := fmt.Sprintf("the %s of a comparison with another such run", progress.Count(tests, "test"))
	if stats.Decides(p.Rounds, p.Rounds, false, report.DefaultAlpha) >= tests {
		return progress.Count(p.Rounds, "round") + " can decide " + text
	}
	return fmt.Sprintf("%s cannot decide %s: --rounds %d", progress.Count(p.Rounds, "round"), text, stats.Rounds(tests, false, report.DefaultAlpha))
}

func (a *app) announceServer(what string, where *place, s results.Server) {
	name := progress.OneLine(strings.TrimSpace(s.Name + " " + s.Version))
	if name == "" {
		name = "unknown (it does not say)"
	}
	fmt.Fprintf(a.stderr, "%s: %s, %s\n", progress.OneLine(what), name, progress.OneLine(where.description))
}

// announceDisturbed says before anything is done to others on a server that it
// reaches them. All other warnings come with the results.
func (a *app) announceDisturbed(warnings []results.Warning) {
	if !slices.ContainsFunc(warnings, func(w results.Warning) bool { return w.Code == "others-disturbed" }) {
		return
	}
	for _, w := range warnings {
		if w.Code == "other-clients" || w.Code == "others-disturbed" {
			fmt.Fprintf(a.stderr, "warning: %s: %s\n", w.Text, w.Advice)
		}
	}
}

// announceSkips says once why a client is skipped, and where.
func (a *app) announceSkips(skips []results.Skip) {
	type reason struct{ client, text string }
	cells := map[reason][]string{}
	for _, s := range skips {
		key := reason{s.Point.Client(), s.Reason}
		if !slices.Contains(cells[key], s.Point.Cell()) {
			cells[key] = append(cells[key], s.Point.Cell())
		}
	}
	for _, s := range skips {
		key := reason{s.Point.Client(), s.Reason}
		if len(cells[key]) > 0 {
			fmt.Fprintf(a.stderr, "skipped: %s %s: %s\n", strings.Join(cells[key], ", "), key.client, key.text)
		}
		delete(cells, key)
	}
}
