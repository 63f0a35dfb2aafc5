package report

import (
	"fmt"
	"io"
	"regexp"
	"strings"
)

func writeMarkdown(w io.Writer, s *Summary, l Layout) error {
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

func markdownSheets(out *strings.Builder, sheets []sheet) {
	for i, sheet := range sheets {
		if i > 0 {
			out.WriteByte('\n')
		}
		fmt.Fprintf(out, "%s\n\n", escape(sheet.head))
		sheet.markdown(out)
		for _, note := range sheet.footnotes {
			fmt.Fprintf(out, "\n%s\n", escape(note))
		}
	}
}

func (s sheet) markdown(out *strings.Builder) {
	var heads, rules []string
	for _, c := range s.columns {
		head, rule := c.name, "---:"
		if c.unit != "" {
			head += ", " + strings.ReplaceAll(c.unit, "\n", "")
		}
		if c.left {
			rule = "---"
		}
		heads, rules = append(heads, escape(head)), append(rules, rule)
	}
	markdownRow(out, heads)
	markdownRow(out, rules)
	for i := range s.columns[0].cells {
		var cells []string
		for _, c := range s.columns {
			cells = append(cells, escape(c.cells[i]))
		}
		markdownRow(out, cells)
	}
}

func markdownRow(out *strings.Builder, cells []string) {
	fmt.Fprintf(out, "| %s |\n", strings.Join(cells, " | "))
}

func markdownBeneath(out *strings.Builder, warnings []Warning, notes []string) {
	for _, w := range warnings {
		fmt.Fprintf(out, "- **Warning: %s**\n", escape(plain(w.Code)))
		for _, seen := range w.Seen {
			fmt.Fprintf(out, "  - %s\n", escape(plain(seen.words())))
		}
		if w.Advice != "" {
			fmt.Fprintf(out, "  - Advice: %s\n", escape(plain(w.Advice)))
		}
	}
	for _, note := range notes {
		fmt.Fprintf(out, "- Note: %s\n", escape(plain(note)))
	}
}

var (
	special = regexp.MustCompile("[\\\\|`*_\\[\\]~]")
	// tag is where HTML would begin; "<1%" is none.
	tag = regexp.MustCompile(`<([A-Za-z/!?])`)
)

// escape keeps text text: no cell ends early, and nothing becomes markup.
func escape(s string) string {
	s = special.ReplaceAllString(s, `\$0`)
	s = tag.ReplaceAllString(s, `\<$1`)
	return strings.ReplaceAll(s, "&", "&amp;")
}
