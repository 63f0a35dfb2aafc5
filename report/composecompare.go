package report

import (
	"cmp"
	"fmt"
	"slices"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/report/document"
	"respbench.dev/respbench/results"
)

// document is all of the comparison, with its figure.
func (c *Comparison) document(title string) document.Document {
	d := document.Document{
		Title:     plain(cmp.Or(title, c.title())),
		Headlines: append([]string{c.sentence()}, c.worse()...),
		Asked:     c.head(),
		Warnings:  warningsOf(c.Warnings), Notes: list(c.Notes, plain),
	}
	origins := slices.Concat(originsOf(c.Base.Headers, results.BaseSide), originsOf(c.New.Headers, results.NewSide))
	addOrigins(&d, origins)
	gated, others := c.sheets()
	section := document.Section{Name: "comparison", Title: "Base against new", Text: c.asides(), Figures: c.Figures()}
	if len(gated.columns[0].cells) > 0 {
		gated.head = "gated"
		section.Tables = append(section.Tables, tableOf(gated))
	}
	if len(others.columns[0].cells) > 0 {
		others.head = "not gated"
		section.Tables = append(section.Tables, tableOf(others))
	}
	d.Sections = []document.Section{section}
	return d
}

func (c *Comparison) title() string {
	var scenarios, clients []string
	for _, ch := range c.Changes {
		scenarios, clients = addNew(scenarios, ch.Point.Scenario), addNew(clients, ch.Point.Client())
	}
	if len(scenarios) == 0 {
		return "base and new compared"
	}
	return fmt.Sprintf("%s: %s, base and new compared", fewWords(scenarios, "scenario"), fewWords(clients, "client"))
}

// worse are the regressions, the largest first.
func (c *Comparison) worse() []string {
	var lines []string
	regressed := c.with(stats.Regressed)
	for _, ch := range regressed[:min(len(regressed), mostHeadlines)] {
		line := fmt.Sprintf("regressed: %s %s %s -> %s (%s)", ch.Cell, ch.metricWords(), ch.median(ch.Base), ch.median(ch.New), ch.change())
		if ch.bounded() {
			line = fmt.Sprintf("%s; 90%% interval %s)", line[:len(line)-1], ch.interval())
		}
		lines = append(lines, plain(line))
	}
	if more := len(regressed) - mostHeadlines; more > 0 {
		lines = append(lines, fmt.Sprintf("and %s", counted(more, "further regression")))
	}
	return lines
}
