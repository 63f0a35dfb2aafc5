package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// A comment on GitHub holds 65,536 characters, and a step summary 1 MiB. What
// is gated is cut last.
const (
	markdownLimit = 60_000
	gatedLimit    = 40_000
	asidesLimit   = 50_000
)

func writeComparisonMarkdown(w io.Writer, c *Comparison, l Layout) error {
	if l.inMarkdown() {
		return writeDocument(w, c.document(l.Title), l)
	}
	var out strings.Builder
	fmt.Fprintf(&out, "**%s**\n\n", escape(c.sentence()))
	for _, line := range c.head() {
		fmt.Fprintf(&out, "- %s\n", escape(line))
	}
	gated, others := c.sheets()
	if len(gated.columns[0].cells) > 0 {
		out.WriteByte('\n')
		fill(&out, gated.lines(), gatedLimit)
	}
	if asides := c.markdownAsides(); len(asides) > 0 {
		out.WriteByte('\n')
		fill(&out, asides, asidesLimit)
	}
	if n := len(others.columns[0].cells); n > 0 {
		fmt.Fprintf(&out, "\n<details><summary>%s not gated</summary>\n\n", counted(n, "more change"))
		fill(&out, others.lines(), markdownLimit)
		out.WriteString("\n</details>\n")
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// lines are those of the table in Markdown, and of its footnotes.
func (s sheet) lines() []string {
	var out strings.Builder
	s.markdown(&out)
	for _, note := range s.footnotes {
		fmt.Fprintf(&out, "\n%s\n", escape(note))
	}
	return cutLines(out.String())
}

func cutLines(s string) []string { return slices.Collect(strings.Lines(s)) }

func (c *Comparison) markdownAsides() []string {
	var out strings.Builder
	for _, line := range c.asides() {
		fmt.Fprintf(&out, "- %s\n", escape(line))
	}
	markdownBeneath(&out, c.Warnings, c.Notes)
	return cutLines(out.String())
}

// fill writes as many of the lines as the document may have bytes, and says how
// many are left out.
func fill(out *strings.Builder, lines []string, limit int) {
	for i, line := range lines {
		if out.Len()+len(line) > limit {
			fmt.Fprintf(out, "\n(%s left out: too long for this format; the others have all)\n", counted(len(lines)-i, "line"))
			return
		}
		out.WriteString(line)
	}
}
