package main

import (
	"fmt"
	"text/tabwriter"

	"respbench.dev/respbench/internal/progress"
	"respbench.dev/respbench/results"
)

// dryRunPair prints what ab would do.
func (a *app) dryRunPair(p *pair) error {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	defer w.Flush()
	for _, s := range p.sides {
		fmt.Fprintf(w, "%s:\t%s\n", s.name, results.ScrubSide(s.text))
		fmt.Fprintf(w, "\tserver: %s, %s\n", s.where.kind, s.where.description)
		fmt.Fprintf(w, "\tplacement: %s\n", placement(s.plan.Points[0].Placement))
		fmt.Fprintf(w, "\texecuted by: %s %s, %s\n", s.about.Tool, s.about.Version, s.about.Runtime)
	}
	rounds := p.sides[0].plan.Rounds
	keys, bytes := p.sides[0].plan.Keys()
	fmt.Fprintf(w, "trials:\t%d: %s x 2 sides x %s, about %s\n", len(p.turns),
		progress.Count(len(p.sides[0].plan.Points), "cell"), progress.Count(rounds, "round"), progress.Rounded(p.left(0)))
	fmt.Fprintf(w, "keys:\t%d, about %s on each server\n", keys, megabytes(bytes))
	if p.options.confirm {
		fmt.Fprintf(w, "second stage:\tas many rounds of each cell that regresses\n")
	}
	fmt.Fprintf(w, "tests:\t%d, which so many paired rounds can decide\n", p.family)
	fmt.Fprintf(w, "\ncell\tside\tmeasures\tends after\twarm-up\n")
	for i := range p.sides[0].plan.Points {
		for _, s := range p.sides {
			point, end := s.plan.Points[i], s.plan.Ends()[i]
			fmt.Fprintf(w, "%d\t%s\t%s, %s\t%s\t%s\n", i+1, s.name, progress.Describe(point), load(point.Load),
				limit(end.Limit, point.Load.Depth), warmup(end.Warmup))
		}
	}
	for _, s := range p.sides {
		for _, skip := range s.plan.Skips {
			fmt.Fprintf(w, "skipped\t%s: %s %s\t%s\n", s.name, skip.Point.Cell(), skip.Point.Client(), skip.Reason)
		}
	}
	fmt.Fprintf(w, "\norder of cells (b begins with base, n with new):\n")
	for round := range rounds {
		fmt.Fprintf(w, "round %d:\t%s\n", round+1, p.orderOf(round+1))
	}
	return nil
}

func (p *pair) orderOf(round int) (cells string) {
	for i, t := range p.sides[0].plan.Trials {
		if t.Round == round {
			first := "b"
			if p.sides[1].plan.Trials[i].Order < t.Order {
				first = "n"
			}
			cells += fmt.Sprintf("%d%s ", t.Point+1, first)
		}
	}
	return cells
}
