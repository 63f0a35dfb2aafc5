package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"respbench.dev/respbench/results"
)

const (
	kneeNote    = "knee: the load with the largest throughput for its p50; beyond it, more load costs more time than it brings ops"
	closedNote  = "with a closed loop these are service times: workers wait for a slow server and ask it less, so that time spent waiting for a worker does not show"
	holdsNote   = "an SLO holds at a load if every round kept its schedule and met it"
	leadersNote = "who is ahead: by %s, by %s at least, and significantly: for each of the two, the chance to be called ahead at any load without being so is %s at most"
)

// SweepFormats lists all formats; the first is for terminals.
func SweepFormats() []SweepFormat {
	return []SweepFormat{
		{"table", "for a terminal", writeSweepTable},
		{"markdown", "GitHub tables to paste into a document", writeSweepMarkdown},
		{"html", "one page with plots, for a browser", writeSweepHTML},
		{"json", "every number, for programs", writeSweepJSON},
	}
}

func writeSweepTable(w io.Writer, s *SweepSummary, l Layout) error {
	var out strings.Builder
	tableSheets(&out, s.sheets(), l.Width)
	out.WriteString(beneath(s.Warnings, s.Notes, l.Width))
	_, err := io.WriteString(w, out.String())
	return err
}

func writeSweepMarkdown(w io.Writer, s *SweepSummary, l Layout) error {
	if l.inMarkdown() {
		return writeDocument(w, s.document(l.Title), l)
	}
	var out strings.Builder
	markdownSheets(&out, s.sheets())
	if len(s.Warnings)+len(s.Notes) > 0 {
		out.WriteByte('\n')
	}
	markdownBeneath(&out, s.Warnings, s.Notes)
	_, err := io.WriteString(w, out.String())
	return err
}

// sheets are two for each scenario and axis: the points, then what follows from
// them. The footnotes that explain words stand below the last.
func (s *SweepSummary) sheets() []sheet {
	var sheets []sheet
	for rest := s.Curves; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].scenario() == rest[0].scenario() && rest[n].By == rest[0].By {
			n++
		}
		sheets = append(sheets, s.points(rest[:n]), s.findings(rest[:n]))
		rest = rest[n:]
	}
	last := &sheets[len(sheets)-1]
	for _, note := range s.explanations() {
		last.say(note)
	}
	return settle(sheets...)
}

func (s *SweepSummary) explanations() []string {
	notes := []string{kneeNote}
	if slices.ContainsFunc(s.Curves, func(c Curve) bool { return !c.open() }) {
		notes = append(notes, closedNote)
	}
	if len(s.SLO) > 0 {
		notes = append(notes, holdsNote)
	}
	for _, x := range s.Crossings {
		notes = addNew(notes, fmt.Sprintf(leadersNote, x.Metric.named(x.First.open()),
			percent(x.Metric.allowed(DefaultThreshold)), percent(DefaultAlpha)))
	}
	return notes
}

// points are those of curves of one scenario and axis.
func (s *SweepSummary) points(curves []Curve) sheet {
	by := curves[0].By
	var b builder
	for _, c := range curves {
		for _, p := range c.Points {
			p.Row.Op = c.Op
			b.rows = append(b.rows, p.Row)
		}
	}
	differs := differing(b.rows)
	b.identify(slices.DeleteFunc(slices.Clone(differs), func(f results.Field) bool {
		return slices.Contains(axisFields[by], f)
	}), differsIn(b.rows, results.FieldClientHost), differsInServer(b.rows))
	b.variety("op", func(r Row) string { return r.Op })
	b.add(string(by), "", false, func(r Row) string { return by.bare(by.load(r)) })
	b.ops()
	b.latency()
	b.schedule()
	b.hits()
	if len(s.SLO) > 0 {
		b.add(s.sloWords(), "", true, func(r Row) string {
			o, why := LoadPoint{Row: r}.under(s.SLO)
			if o == open {
				b.sheet.say(plain(o.String() + ": " + why))
			}
			return o.String()
		})
	}
	b.add("errors", "", false, errorsCell).rank = errorsRank(b.rows)
	b.statuses()
	b.sheet.head = plain(headline(b.rows, differs))
	return settle(b.sheet)[0]
}

// ops adds the throughput and its spread.
func (b *builder) ops() {
	b.add("median", "", false, func(r Row) string {
		if r.Throughput == nil {
			return nothing
		}
		return number(r.Throughput.Median, spreadDecimals(r.Throughput))
	})
	b.stdev()
}

// findings are the knees and capacities, and below them who is ahead where.
func (s *SweepSummary) findings(curves []Curve) sheet {
	var f sheet
	f.head = plain(curves[0].scenario() + ": what follows")
	addColumn(&f, curves, column{name: "cell", left: true}, func(c Curve) string { return c.Name })
	addColumn(&f, curves, column{name: "knee", left: true}, func(c Curve) string { return c.Knee.Text })
	if len(s.SLO) > 0 {
		addColumn(&f, curves, column{name: "capacity under " + s.sloWords(), left: true, prose: true}, func(c Curve) string { return c.Capacity.Text })
		addColumn(&f, curves, column{name: "lowest that did not hold", left: true, prose: true}, func(c Curve) string {
			if c.Capacity.Broke == nil {
				return nothing
			}
			return fmt.Sprintf("%s: %s", c.By.at(c.Capacity.Broke.Load), c.Capacity.Why)
		})
	}
	for _, x := range s.Crossings {
		if slices.ContainsFunc(curves, func(c Curve) bool { return c.group() == x.First.group() }) {
			f.say(plain(x.Text))
		}
	}
	return settle(f)[0]
}

func (s *SweepSummary) sloWords() string {
	return strings.Join(list(s.SLO, func(l Limit) string { return l.Text }), ", ")
}
