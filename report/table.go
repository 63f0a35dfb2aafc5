package report

import (
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

func writeTable(w io.Writer, s *Summary) error {
	var out strings.Builder
	tableSheets(&out, s.sheets())
	out.WriteString(beneath(s.Warnings, s.Notes))
	_, err := io.WriteString(w, out.String())
	return err
}

func tableSheets(out *strings.Builder, sheets []sheet) {
	for i, sheet := range sheets {
		if i > 0 {
			out.WriteByte('\n')
		}
		fmt.Fprintf(out, "%s\n\n%s\n", wrapFacts(sheet.head), sheet.draw())
		for _, note := range sheet.footnotes {
			fmt.Fprintln(out, note)
		}
	}
}

// draw leaves out what a table does not need: lines between columns.
func (s sheet) draw() string {
	t := table.NewWriter()
	t.SetStyle(plainStyle())
	var head table.Row
	var configs []table.ColumnConfig
	for i, c := range s.columns {
		name := strings.Replace(c.name, " (", "\n(", 1)
		if c.unit != "" {
			name += "\n" + c.unit
		}
		head = append(head, name)
		config := table.ColumnConfig{Number: i + 1, Align: text.AlignRight, AlignHeader: text.AlignRight}
		if c.left {
			config.Align, config.AlignHeader = text.AlignLeft, text.AlignLeft
		}
		if c.prose {
			config.WidthMax, config.WidthMaxEnforcer = proseWidth, text.WrapSoft
		}
		configs = append(configs, config)
	}
	t.AppendHeader(head)
	t.SetColumnConfigs(configs)
	for i := range s.columns[0].cells {
		var row table.Row
		for _, c := range s.columns {
			row = append(row, c.cells[i])
		}
		t.AppendRow(row)
	}
	return trimLines(t.Render())
}

// wrapFacts breaks a headline between facts, never within one.
func wrapFacts(head string) string {
	var lines []string
	line := ""
	for _, fact := range strings.SplitAfter(head, "; ") {
		if line != "" && len(line)+len(fact) > headWidth {
			lines = append(lines, strings.TrimSpace(line))
			line = ""
		}
		line += fact
	}
	return strings.Join(append(lines, line), "\n")
}

func plainStyle() table.Style {
	style := table.StyleDefault
	style.Options = table.Options{SeparateHeader: true, SeparateColumns: true}
	style.Format.Header = text.FormatDefault
	style.Box.PaddingLeft, style.Box.PaddingRight = "", ""
	style.Box.MiddleVertical, style.Box.MiddleSeparator, style.Box.MiddleHorizontal = "  ", "  ", "-"
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
func beneath(warnings []Warning, notes []string) string {
	var out strings.Builder
	for _, w := range warnings {
		fmt.Fprintf(&out, "\nwarning: %s\n", plain(w.Code))
		for _, seen := range w.Seen {
			fmt.Fprintf(&out, "  %s\n", plain(seen.words()))
		}
		if w.Advice != "" {
			fmt.Fprintf(&out, "  -> %s\n", plain(w.Advice))
		}
	}
	for _, note := range notes {
		fmt.Fprintf(&out, "\nnote: %s\n", plain(note))
	}
	return out.String()
}

func (s Seen) words() string {
	if len(s.Rows) == 0 {
		return s.Text
	}
	return strings.Join(s.Rows, ", ") + ": " + s.Text
}
