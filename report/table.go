package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Widths at which a headline and prose are wrapped.
const (
	headWidth  = 120
	proseWidth = 44
)

func writeTable(w io.Writer, s *Summary, l Layout) error {
	var out strings.Builder
	tableSheets(&out, s.sheets(), l.Width)
	out.WriteString(beneath(s.Warnings, s.Notes, l.Width))
	_, err := io.WriteString(w, out.String())
	return err
}

func tableSheets(out *strings.Builder, sheets []sheet, width int) {
	for i, sheet := range fitted(sheets, width) {
		if i > 0 {
			out.WriteByte('\n')
		}
		fmt.Fprintf(out, "%s\n\n", wrapFacts(sheet.head, width))
		sheet.terminal(out, width)
	}
}

// terminal writes the sheet and what stands below it, without its headline.
func (s sheet) terminal(out *strings.Builder, width int) {
	fmt.Fprintln(out, s.draw())
	if len(s.leftOut) > 0 {
		line := fmt.Sprintf("left out at %d columns: %s (--format markdown has them)", width, strings.Join(s.leftOut, ", "))
		fmt.Fprintln(out, wrapped(line, width, "", hang))
	}
	for _, note := range s.footnotes {
		fmt.Fprintln(out, wrapped(note, width, "", hang))
	}
}

// draw leaves out what a table does not need: lines between columns.
func (s sheet) draw() string {
	t := table.NewWriter()
	t.SetStyle(plainStyle())
	var head table.Row
	var configs []table.ColumnConfig
	for i, c := range s.columns {
		head = append(head, c.head(c.width))
		config := table.ColumnConfig{Number: i + 1, Align: text.AlignRight, AlignHeader: text.AlignRight}
		if c.left {
			config.Align, config.AlignHeader = text.AlignLeft, text.AlignLeft
		}
		configs = append(configs, config)
	}
	t.AppendHeader(head)
	t.SetColumnConfigs(configs)
	for i := range s.columns[0].cells {
		var row table.Row
		for _, c := range s.columns {
			row = append(row, c.wrap(c.cells[i], c.width))
		}
		t.AppendRow(row)
	}
	return trimLines(t.Render())
}

// head is the name over the unit, in lines of so many columns; 0: of any.
func (c column) head(width int) string {
	lines := []string{strings.Replace(c.name, " (", "\n(", 1)}
	if c.unit != "" {
		lines = append(lines, c.unit)
	}
	for i, line := range lines {
		lines[i] = c.wrap(line, width)
	}
	return strings.Join(lines, "\n")
}

// wrap keeps the line ends that there are.
func (c column) wrap(s string, width int) string {
	if c.prose {
		width = min(cmp.Or(width, proseWidth), proseWidth)
	}
	if width == 0 {
		return s
	}
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		lines = append(lines, wrap(line, width)...)
	}
	return strings.Join(lines, "\n")
}

// wrapFacts breaks a headline between facts, and within one only where it is
// longer than a line of a terminal.
func wrapFacts(head string, width int) string {
	limit := min(cmp.Or(width, headWidth), headWidth)
	var lines []string
	line := ""
	for fact := range strings.SplitAfterSeq(head, "; ") {
		if line != "" && columnsOf(line+strings.TrimSpace(fact)) > limit {
			lines = append(lines, wrapped(strings.TrimSpace(line), width, "", hang))
			line = ""
		}
		line += fact
	}
	return strings.Join(append(lines, wrapped(line, width, "", hang)), "\n")
}

func plainStyle() table.Style {
	style := table.StyleDefault
	style.Options = table.Options{SeparateHeader: true, SeparateColumns: true}
	style.Format.Header = text.FormatDefault
	style.Box.PaddingLeft, style.Box.PaddingRight = "", ""
	style.Box.MiddleVertical, style.Box.MiddleSeparator, style.Box.MiddleHorizontal = gap, gap, "-"
	return style
}

func trimLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

// beneath are the warnings and notes.
func beneath(warnings []Warning, notes []string, width int) string {
	var out strings.Builder
	say := func(s, first, rest string) { fmt.Fprintln(&out, wrapped(plain(s), width, first, rest)) }
	for _, w := range warnings {
		out.WriteByte('\n')
		say(w.Code, "warning: ", hang)
		for _, seen := range w.Seen {
			say(seen.words(), hang, hang+hang)
		}
		if w.Advice != "" {
			say(w.Advice, hang+"-> ", hang+"   ")
		}
	}
	for _, note := range notes {
		out.WriteByte('\n')
		say(note, "note: ", hang)
	}
	return out.String()
}

func (s Seen) words() string {
	if len(s.Rows) == 0 {
		return s.Text
	}
	return strings.Join(s.Rows, ", ") + ": " + s.Text
}
