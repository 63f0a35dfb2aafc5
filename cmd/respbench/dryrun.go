package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"respbench.dev/respbench/internal/gen"
	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/proc"
	"respbench.dev/respbench/internal/progress"
	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/results"
)

// dryRun prints what a run would do.
func (a *app) dryRun(p *plan.Plan, places []*place) error {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	defer w.Flush()
	keys, bytes := p.Keys()
	for i, where := range places {
		fmt.Fprintf(w, "%s:\t%s, %s\n", strings.TrimSpace("server "+where.label), where.kind, where.description)
		fmt.Fprintf(w, "placement:\t%s\n", placement(placementOn(p, plan.Server(i))))
	}
	fmt.Fprintf(w, "trials:\t%d%s: %s x %s, about %s\n", len(p.Trials), ofAll(p),
		progress.Count(len(p.Points), "cell"), progress.Count(p.Rounds, "round"), estimate(p))
	fmt.Fprintf(w, "keys:\t%d, about %s on the server\n", keys, megabytes(bytes))
	for _, d := range p.Datasets {
		fmt.Fprintf(w, "load:\t%d x SET %s<i> (%s bytes)\n", d.Count, d.Prefix("<run>"), cmp.Or(d.Sizes, strconv.Itoa(d.DataSize)))
	}
	fmt.Fprintf(w, "also:\tSET %s with an expiry before each trial; INFO around each; UNLINK of all keys at the end\n", gen.AliveKey("<run>"))
	disturbances(w, p, places)
	fmt.Fprintf(w, "\ncell\tscenario\tclient\tload\tends after\twarm-up\tcommands an op\n")
	for i, point := range p.Points {
		end := p.Ends()[i]
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", i+1, point.Cell()+on(point, places), point.Client(), load(point.Load),
			limit(end.Limit, point.Load.Depth), warmup(end.Warmup), commandWords(p.Commands(point)))
	}
	for _, s := range p.Skips {
		fmt.Fprintf(w, "skipped\t%s\t%s\t%s\n", s.Point.Cell(), s.Point.Client(), s.Reason)
	}
	fmt.Fprintf(w, "\norder of cells:\n")
	for round := range p.Rounds {
		if order := orderOf(p, round+1); order != "" { // all of it may be done already
			fmt.Fprintf(w, "round %d:\t%s\n", round+1, order)
		}
	}
	return nil
}

// placementOn is that of the points of one server.
func placementOn(p *plan.Plan, id string) results.Placement {
	for _, point := range p.Points {
		if point.Server == id {
			return point.Placement
		}
	}
	return results.Placement{}
}

// ofAll follows the number of trials where the run has others, which are there
// already.
func ofAll(p *plan.Plan) string {
	if all := len(p.Points) * p.Rounds; len(p.Trials) < all {
		return fmt.Sprintf(" of %d", all)
	}
	return ""
}

// deeds are what is done to the server for each disturbance.
var deeds = map[string]string{
	results.KillClients: "the server closes the connections of the client",
	results.Pause:       "the server is paused",
	results.Restart:     "the server is killed and started again",
	results.Failover:    "a replica takes over from its master",
}

// disturbances says what is done to the server, and when.
func disturbances(w io.Writer, p *plan.Plan, places []*place) {
	said, reachesAll := map[string]bool{}, false
	for _, point := range p.Points {
		events, err := results.ParseDisturb(point.Disturb)
		if err != nil || said[point.Disturb] {
			continue // none, or told
		}
		said[point.Disturb] = true
		for _, e := range events {
			fmt.Fprintf(w, "disturb:\t%s: %s%s, %v after the clock has started\n", point.Disturb, deeds[e.Name], forTime(e), e.At)
			reachesAll = reachesAll || e.Name == results.Pause || e.Name == results.Failover
		}
	}
	if reachesAll && slices.ContainsFunc(places, func(w *place) bool { return w.kind == server.Remote }) {
		fmt.Fprintf(w, "\tpause and failover reach every client of this server, not only those of respbench\n")
	}
}

func forTime(e results.Planned) string {
	if e.For == 0 {
		return ""
	}
	return fmt.Sprintf(" for %v", e.For)
}

func orderOf(p *plan.Plan, round int) string {
	var cells []string
	for _, t := range p.Trials {
		if t.Round == round {
			cells = append(cells, fmt.Sprint(t.Point+1))
		}
	}
	return strings.Join(cells, " ")
}

func placement(p results.Placement) string {
	if len(p.Client)+len(p.ServerCPUs) == 0 {
		return fmt.Sprintf("not pinned, GOMAXPROCS %d", p.Procs)
	}
	return fmt.Sprintf("%s: client on CPU %s, server on CPU %s, GOMAXPROCS %d",
		p.Pin, anyOr(p.Client), anyOr(p.ServerCPUs), p.Procs)
}

func anyOr(cpus []int) string {
	if len(cpus) == 0 {
		return "any"
	}
	return proc.FormatCPUs(cpus)
}

func limit(l results.Limit, depth int) string {
	perStep := int64(max(depth, 1))
	text := fmt.Sprintf("%d ops and %v", l.MinSteps*perStep, l.MinTime)
	switch {
	case l.Steps > 0:
		text = fmt.Sprintf("%d ops", l.Steps*perStep)
	case l.Duration > 0:
		text = l.Duration.String()
	}
	if l.MaxTime > 0 {
		text += fmt.Sprintf(", or %v", l.MaxTime)
	}
	return text
}

func warmup(w results.Warmup) string {
	switch {
	case w.Time > 0 && w.MinSteps > 0:
		return fmt.Sprintf("%v, %d steps a worker", w.Time, w.MinSteps)
	case w.Time > 0:
		return w.Time.String()
	default:
		return fmt.Sprintf("%d steps", w.Steps)
	}
}
