package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"respbench.dev/respbench/report/document"
)

// document is all of the summary, with figures. Without a title it has one of
// what was run.
func (s *Summary) document(title string) document.Document {
	curves := sweepCurves(s.Rows)
	longer := slices.DeleteFunc(slices.Clone(curves), func(c Curve) bool { return len(c.Points) < leastLoads })
	claims, contests := s.claims(longer)
	d := document.Document{
		Title: plain(cmp.Or(title, titleOf(s.Rows))), Headlines: headlines(claims, contests, s.Rows),
		Warnings: warningsOf(s.Warnings), Notes: list(s.Notes, plain),
	}
	origins := originsOf(s.Headers, "")
	addOrigins(&d, origins)
	p := newPalette(clientsOf(s.Rows))
	var heads []string
	for _, rows := range byScenario(s.Rows) {
		section := newSection(rows[0].Point.Scenario)
		if len(claims) > mostHeadlines {
			section.Text = claimsOf(claims, rows[0].Point.Scenario)
		}
		sheets := (&Summary{Rows: rows}).sheets()
		heads = append(heads, list(sheets, func(s sheet) string { return s.head })...)
		section.Tables = tablesOf(sheets)
		section.Figures = figuresOf(rows, p)
		addSweep(&section, curvesIn(curves, rows), curvesIn(longer, rows), p)
		d.Sections = append(d.Sections, section)
	}
	d.Headlines = slices.Concat(sweepMadeOf(longer).headlines(), d.Headlines)
	d.Asked = asked(heads)
	return d
}

func newSection(scenario string) document.Section {
	return document.Section{Name: slug(scenario), Title: plain(scenario)}
}

func claimsOf(claims []claim, scenario string) []string {
	var texts []string
	for _, c := range claims {
		if c.scenario == scenario {
			texts = append(texts, c.text)
		}
	}
	return texts
}

// titleOf names what was run, as far as it fits a line.
func titleOf(rows []Row) string {
	var scenarios, servers []string
	for _, r := range rows {
		scenarios = addNew(scenarios, r.Point.Scenario)
		servers = addNew(servers, strings.TrimSpace(r.Server.Name+" "+r.Server.Version))
	}
	servers = slices.DeleteFunc(servers, func(s string) bool { return s == "" })
	title := fewWords(scenarios, "scenario") + ": " + fewWords(clientsOf(rows), "client")
	if len(servers) > 0 {
		title += " on " + fewWords(servers, "server")
	}
	return title
}

// fewWords names a few, and counts more.
func fewWords(names []string, noun string) string {
	const few = 4
	switch last := len(names) - 1; {
	case len(names) > few:
		return counted(len(names), noun)
	case last == 0:
		return names[0]
	default:
		return strings.Join(names[:last], ", ") + " and " + names[last]
	}
}

// asked says first what all heads have in common, then what each has besides. A
// head is "sync: fact; fact".
func asked(heads []string) []string {
	if len(heads) < 2 {
		return heads
	}
	said := map[string]int{}
	for _, head := range heads {
		for _, fact := range factsIn(head) {
			said[fact]++
		}
	}
	isCommon := func(fact string) bool { return said[fact] == len(heads) }
	var lines []string
	for i, head := range heads {
		name, _, _ := strings.Cut(head, ": ")
		facts := factsIn(head)
		own := slices.DeleteFunc(slices.Clone(facts), isCommon)
		if common := slices.DeleteFunc(facts, func(fact string) bool { return !isCommon(fact) }); i == 0 && len(common) > 0 {
			lines = append(lines, strings.Join(common, "; "))
		}
		if len(own) > 0 {
			lines = append(lines, name+": "+strings.Join(own, "; "))
		} else {
			lines = append(lines, name)
		}
	}
	return lines
}

func factsIn(head string) []string {
	_, facts, _ := strings.Cut(head, ": ")
	return slices.Compact(strings.Split(facts, "; "))
}

func tablesOf(sheets []sheet) []document.Table { return list(sheets, tableOf) }

// tableOf has the first fact of its head as caption: document.Asked has them all.
func tableOf(s sheet) document.Table {
	caption, _, _ := strings.Cut(s.head, "; ")
	t := document.Table{Caption: caption, Footnotes: s.footnotes}
	for i := range s.columns[0].cells {
		row := document.TableRow{}
		for _, c := range s.columns {
			text := c.cells[i]
			row.Cells = append(row.Cells, cellOf(text, !c.left))
			if c.name == "status" || c.name == "verdict" {
				row.Tone = toneOf(text)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	for _, c := range s.columns {
		unit := strings.ReplaceAll(c.unit, "\n", "")
		t.Columns = append(t.Columns, document.Column{Name: c.name, Unit: unit, Numeric: !c.left, Prose: c.prose})
	}
	return t
}

// cellOf reads the number that the text begins with: of "1,914 (5%)" 1914.
func cellOf(text string, numeric bool) document.Cell {
	c := document.Cell{Text: text}
	if !numeric {
		return c
	}
	digits := strings.TrimLeft(text, "<+")
	end := strings.IndexFunc(digits, func(r rune) bool { return !strings.ContainsRune("0123456789.,-", r) })
	if end >= 0 {
		digits = digits[:end]
	}
	digits, _, _ = strings.Cut(digits, "..") // of an interval its low end
	if v, err := strconv.ParseFloat(strings.ReplaceAll(digits, ",", ""), 64); err == nil {
		c.Value = &v
	}
	return c
}

// tones are by the first word of a status or a verdict.
var tones = map[string]document.Tone{
	failed: document.Bad, "regressed": document.Bad, "missing": document.Bad,
	"improved": document.Good,
	partial:    document.Alert, "overloaded": document.Alert, "inconclusive": document.Alert, "incomparable": document.Alert,
	skipped: document.Muted, interrupted: document.Muted, "not": document.Muted,
}

func toneOf(words string) document.Tone {
	first := words
	if end := strings.IndexAny(words, " ,:;"); end >= 0 {
		first = words[:end]
	}
	return tones[first]
}

func warningsOf(warnings []Warning) []document.Warning {
	return list(warnings, func(w Warning) document.Warning {
		return document.Warning{
			Code: plain(w.Code), Advice: plain(w.Advice),
			Seen: list(w.Seen, func(s Seen) string { return plain(s.words()) }),
		}
	})
}
