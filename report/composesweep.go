package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"respbench.dev/respbench/report/document"
)

// leastLoads make a sweep: two are only two loads.
const leastLoads = 3

// document is all of the sweep, with figures: a section a scenario.
func (s *SweepSummary) document(title string) document.Document {
	rows := s.rows()
	d := document.Document{
		Title:     plain(cmp.Or(title, titleOf(rows)+", swept")),
		Headlines: s.headlines(),
		Warnings:  warningsOf(s.Warnings), Notes: list(s.Notes, plain),
	}
	origins := originsOf(s.Headers, "")
	addOrigins(&d, origins)
	p := newPalette(clientsOf(rows))
	var heads []string
	for _, scenario := range scenariosOf(rows) {
		curves := slices.DeleteFunc(slices.Clone(s.Curves), func(c Curve) bool { return c.Points[0].Row.Point.Scenario != scenario })
		section := newSection(scenario)
		sheets := s.of(curves).sheets()
		for i := 0; i < len(sheets); i += 2 { // the points, then what follows from them
			heads = append(heads, sheets[i].head)
		}
		section.Tables, section.Figures = tablesOf(sheets), sweepFigures(curves, p)
		d.Sections = append(d.Sections, section)
	}
	d.Asked = asked(heads)
	if len(s.SLO) > 0 {
		d.Asked = append(d.Asked, plain("SLO: "+s.sloWords()))
	}
	return d
}

// sweepMadeOf is the sweep that these curves make.
func sweepMadeOf(curves []Curve) *SweepSummary {
	return &SweepSummary{Curves: curves, Crossings: crossings(curves)}
}

// of is the part that has these curves.
func (s *SweepSummary) of(curves []Curve) *SweepSummary {
	part := sweepMadeOf(curves)
	part.SLO = s.SLO
	return part
}

// headlines are how much each client takes, and which library is ahead where;
// the sheets have the pairs of libraries with raw, too.
func (s *SweepSummary) headlines() []string {
	lines := s.capacities()
	for _, x := range s.Crossings {
		if !x.First.raw() && !x.Second.raw() {
			lines = append(lines, plain(fmt.Sprintf("%s: %s", x.First.scenario(), x.Text)))
		}
	}
	if more := len(lines) - mostHeadlines; more > 0 {
		lines = append(lines[:mostHeadlines], fmt.Sprintf("the tables have %s more", counted(more, "finding")))
	}
	return lines
}

func (c Curve) raw() bool { return c.Points[0].Row.Point.Library == RawLibrary }

// rows are those of all curves.
func (s *SweepSummary) rows() []Row {
	var rows []Row
	for _, c := range s.Curves {
		for _, p := range c.Points {
			rows = append(rows, p.Row)
		}
	}
	return rows
}

func scenariosOf(rows []Row) []string {
	var scenarios []string
	for _, r := range rows {
		scenarios = addNew(scenarios, r.Point.Scenario)
	}
	return scenarios
}

// capacities are a sentence for each group of curves: what each client can take,
// or, without an SLO, its knee.
func (s *SweepSummary) capacities() []string {
	var groups []curveGroup
	var lines [][]string
	for _, c := range s.Curves {
		if c.unchecked() {
			continue
		}
		i := slices.Index(groups, c.group())
		if i < 0 {
			i = len(groups)
			groups, lines = append(groups, c.group()), append(lines, nil)
		}
		lines[i] = append(lines[i], s.most(c))
	}
	return list(lines, func(words []string) string { return plain(s.measure() + ": " + strings.Join(words, "; ")) })
}

func (s *SweepSummary) measure() string {
	if len(s.SLO) > 0 {
		return "capacity under " + s.sloWords()
	}
	return "knee"
}

func (s *SweepSummary) most(c Curve) string {
	if c.Capacity != nil {
		return fmt.Sprintf("%s %s", c.Name, c.Capacity.Text)
	}
	return fmt.Sprintf("%s %s", c.Name, c.Knee.Text)
}

// curvesIn are those of the scenario of these rows.
func curvesIn(curves []Curve, rows []Row) []Curve {
	return slices.DeleteFunc(slices.Clone(curves), func(c Curve) bool {
		return c.Points[0].Row.Point.Scenario != rows[0].Point.Scenario
	})
}

// addSweep adds to a scenario what follows from loads that make a sweep: its
// points are in the section already.
func addSweep(section *document.Section, curves, longer []Curve, p *palette) {
	section.Figures = append(section.Figures, sweepFigures(curves, p)...)
	if len(longer) == 0 {
		return
	}
	for i, sheet := range sweepMadeOf(longer).sheets() {
		if i%2 == 1 {
			section.Tables = append(section.Tables, tableOf(sheet))
		}
	}
}
