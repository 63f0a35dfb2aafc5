package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"respbench.dev/respbench/internal/gen"
	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/proc"
	"respbench.dev/respbench/internal/progress"
	"respbench.dev/respbench/results"
)

// dryRun prints what a run would do.
func (a *app) dryRun(p *plan.Plan, where *place) error {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	defer w.Flush()
	keys, bytes := p.Keys()
	fmt.Fprintf(w, "server:\t%s, %s\n", where.kind, where.description)
	fmt.Fprintf(w, "placement:\t%s\n", placement(p.Points[0].Placement))
	fmt.Fprintf(w, "trials:\t%d: %s x %s, about %s\n", len(p.Trials),
		progress.Count(len(p.Points), "cell"), progress.Count(p.Rounds, "round"), estimate(p))
	fmt.Fprintf(w, "keys:\t%d, about %s on the server\n", keys, megabytes(bytes))
	for _, d := range p.Datasets {
		fmt.Fprintf(w, "load:\t%d x SET %s<i> (%d bytes)\n", d.Count, d.Prefix("<run>"), d.DataSize)
	}
	fmt.Fprintf(w, "also:\tSET %s with an expiry before each trial; INFO around each; UNLINK of all keys at the end\n", gen.AliveKey("<run>"))
	fmt.Fprintf(w, "\ncell\tscenario\tclient\tload\tends after\twarm-up\tcommands an op\n")
	for i, point := range p.Points {
		t := firstOf(p, i)
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", i+1, point.Scenario, point.Client(), load(point.Load),
			limit(t.Limit, point.Load.Depth), warmup(t.Warmup), strings.Join(p.Commands(point), ", "))
	}
	for _, s := range p.Skips {
		fmt.Fprintf(w, "skipped\t%s\t%s\t%s\n", s.Point.Scenario, s.Point.Client(), s.Reason)
	}
	fmt.Fprintf(w, "\norder of cells:\n")
	for round := range p.Rounds {
		fmt.Fprintf(w, "round %d:\t%s\n", round+1, orderOf(p, round+1))
	}
	return nil
}

func firstOf(p *plan.Plan, point int) plan.Trial {
	for _, t := range p.Trials {
		if t.Point == point {
			return t
		}
	}
	return plan.Trial{}
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

func load(l results.Load) string {
	words := []string{progress.Count(l.Workers, "worker"), progress.Count(l.DataSize, "byte"), progress.Count(l.Keyspace, "key")}
	if l.Depth > 0 {
		words = append(words, fmt.Sprintf("flush of %d", l.Depth))
	}
	if l.Conns > 0 {
		words = append(words, progress.Count(l.Conns, "connection"))
	}
	return strings.Join(words, ", ")
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
		return progress.Rounded(w.Time)
	default:
		return fmt.Sprintf("%d steps", w.Steps)
	}
}
