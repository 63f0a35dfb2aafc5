package report

import (
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"respbench.dev/respbench/report/document"
)

// inMarkdown is whether Markdown is to be a whole document, not a fragment.
func (l Layout) inMarkdown() bool { return l.Title != "" || l.Brief }

// writeDocument writes a whole document in Markdown.
func writeDocument(w io.Writer, d document.Document, l Layout) error {
	text := wholeMarkdown(d, l.Plots)
	if l.Brief {
		text = briefMarkdown(d)
	}
	_, err := io.WriteString(w, text)
	return err
}

// A markdown is a document in the making.
type markdown struct {
	out  strings.Builder
	most int      // characters of a text; 0: any
	said []string // captions, of which each is needed once
}

func wholeMarkdown(d document.Document, plots func(string) string) string {
	var m markdown
	fmt.Fprintf(&m.out, "# %s\n", m.text(d.Title))
	m.bullets("What was measured", d.Asked)
	m.bullets("What it comes to", d.Headlines)
	for _, s := range d.Sections {
		m.section(s, plots)
	}
	if len(d.Warnings) > 0 {
		m.heading("Warnings")
		for _, w := range d.Warnings {
			m.warning(w)
		}
	}
	m.bullets("Notes", d.Notes)
	m.reproduce(d.Reproduce)
	m.facts(d.Facts)
	return m.out.String()
}

func (m *markdown) heading(title string) { fmt.Fprintf(&m.out, "\n## %s\n\n", m.text(title)) }

// bullets are left out where there are none.
func (m *markdown) bullets(title string, texts []string) {
	if len(texts) == 0 {
		return
	}
	m.heading(title)
	for _, text := range texts {
		m.out.WriteString(m.bullet(text))
	}
}

func (m *markdown) bullet(text string) string { return "- " + m.text(text) + "\n" }

func (m *markdown) section(s document.Section, plots func(string) string) {
	fmt.Fprintf(&m.out, "\n## %s\n", m.text(s.Title))
	for _, text := range s.Text {
		fmt.Fprintf(&m.out, "\n%s\n", m.text(text))
	}
	for _, t := range s.Tables {
		fmt.Fprintf(&m.out, "\n%s\n\n", m.text(t.Caption))
		for _, line := range m.lines(t) {
			m.out.WriteString(line)
		}
		for _, note := range t.Footnotes {
			fmt.Fprintf(&m.out, "\n%s\n", m.text(note))
		}
	}
	if plots == nil {
		return
	}
	for _, f := range s.Figures {
		fmt.Fprintf(&m.out, "\n![%s](%s)\n", m.inline(f.Alt), linkTo(plots(f.Name)))
		if f.Caption != "" && !slices.Contains(m.said, f.Caption) {
			m.said = append(m.said, f.Caption)
			fmt.Fprintf(&m.out, "\n%s\n", m.text(f.Caption))
		}
	}
}

// linkTo is a path in which nothing ends the link.
func linkTo(path string) string { return (&url.URL{Path: path}).EscapedPath() }

// lines are those of the table: its head and the rule, then a row each.
func (m *markdown) lines(t document.Table) []string {
	heads, rules := make([]string, len(t.Columns)), make([]string, len(t.Columns))
	for i, c := range t.Columns {
		heads[i], rules[i] = m.inline(c.Name), "---"
		if c.Unit != "" {
			heads[i] = m.inline(c.Name + ", " + c.Unit)
		}
		if c.Numeric {
			rules[i] = "---:"
		}
	}
	lines := []string{rowLine(heads), rowLine(rules)}
	for _, r := range t.Rows {
		lines = append(lines, rowLine(list(r.Cells, func(c document.Cell) string { return m.inline(c.Text) })))
	}
	return lines
}

func rowLine(cells []string) string { return "| " + strings.Join(cells, " | ") + " |\n" }

func (m *markdown) warning(w document.Warning) {
	fmt.Fprintf(&m.out, "- **%s**\n", m.inline(w.Code))
	for _, seen := range w.Seen {
		m.out.WriteString("  " + m.bullet(seen))
	}
	if w.Advice != "" {
		m.out.WriteString("  " + m.bullet("Advice: "+w.Advice))
	}
}

// reproduce is in a fence that no command can end. A command is whole: part of one is
// another.
func (m *markdown) reproduce(commands []string) {
	if len(commands) == 0 {
		return
	}
	m.heading("How to reproduce")
	fmt.Fprintf(&m.out, "```sh\n")
	for _, c := range commands {
		fmt.Fprintf(&m.out, "%s\n", plain(strings.TrimSpace(c)))
	}
	fmt.Fprintf(&m.out, "```\n")
}

func (m *markdown) facts(facts []document.Fact) {
	if len(facts) == 0 {
		return
	}
	m.heading("Machine, server and versions")
	for _, line := range m.lines(factTable(facts)) {
		m.out.WriteString(line)
	}
}

func factTable(facts []document.Fact) document.Table {
	t := document.Table{Columns: []document.Column{{Name: "what"}, {Name: "value", Prose: true}}}
	for _, f := range facts {
		t.Rows = append(t.Rows, document.TableRow{Cells: []document.Cell{{Text: f.Name}, {Text: f.Value}}})
	}
	return t
}

var (
	// begins is what would make a line of text a quote, a list or a heading.
	begins = regexp.MustCompile(`^(\d*)([>+=.)-])`)
	// links are what GitHub makes links, formulas and headings of.
	links = regexp.MustCompile(`(?i)@\b|[#$]|://|www\.`)
)

// text is a line that stays text wherever it begins.
func (m *markdown) text(s string) string { return begins.ReplaceAllString(m.inline(s), `$1\$2`) }

// inline is text within a line.
func (m *markdown) inline(s string) string {
	s = escape(strings.TrimSpace(plain(m.cut(s))))
	return links.ReplaceAllStringFunc(s, func(at string) string {
		if last := len(at) - 1; last > 2 { // www.
			return at[:last] + `\.`
		}
		return `\` + at
	})
}

func (m *markdown) cut(s string) string {
	s = strings.TrimSpace(s)
	if m.most == 0 || len(s) <= m.most {
		return s
	}
	runes := 0
	for i := range s {
		if runes++; runes > m.most {
			return s[:i] + "..."
		}
	}
	return s
}
