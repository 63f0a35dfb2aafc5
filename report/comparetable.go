package report

import (
	"fmt"
	"io"
	"strings"

	"respbench.dev/respbench/internal/stats"
)

// ComparisonFormats lists all formats; the first is for terminals.
func ComparisonFormats() []ComparisonFormat {
	return []ComparisonFormat{
		{"table", "for a terminal", writeComparisonTable},
		{"markdown", "for a step summary or a comment of a forge", writeComparisonMarkdown},
		{"html", "one page with a forest plot, for a browser", writeComparisonHTML},
		{"json", "every number, for programs", writeComparisonJSON},
		{"junit", "XML for the test report of a CI", writeJUnit},
	}
}

func writeComparisonTable(w io.Writer, c *Comparison, l Layout) error {
	var out strings.Builder
	for _, line := range c.head() {
		fmt.Fprintln(&out, wrapFacts(line, l.Width))
	}
	gated, others := c.sheets()
	for _, sheet := range fitted([]sheet{gated, others}, l.Width) {
		if len(sheet.columns[0].cells) == 0 {
			continue
		}
		out.WriteByte('\n')
		if sheet.head != "" {
			fmt.Fprintf(&out, "%s\n\n", sheet.head)
		}
		sheet.terminal(&out, l.Width)
	}
	for _, line := range c.asides() {
		fmt.Fprintf(&out, "\n%s\n", wrapped(line, l.Width, "", hang))
	}
	out.WriteString(beneath(c.Warnings, c.Notes, l.Width))
	fmt.Fprintf(&out, "\n%s\n", wrapped(c.sentence(), l.Width, "", hang))
	_, err := io.WriteString(w, out.String())
	return err
}

// asides are what concerns no row.
func (c *Comparison) asides() []string {
	var lines []string
	if len(c.Added) > 0 {
		lines = append(lines, "only in new: "+strings.Join(c.Added, ", "))
	}
	for _, b := range c.Breaches {
		lines = append(lines, "limit broken: "+b.Text)
	}
	for _, text := range c.Unlimited {
		lines = append(lines, "limit not checked: "+text)
	}
	for i, line := range lines {
		lines[i] = plain(line)
	}
	return lines
}

// sentence is what it all comes to.
func (c *Comparison) sentence() string {
	_, why := c.Result(c.Rules.Strict)
	if why == "" {
		why = "nothing regressed (" + c.tally() + ")"
		if len(c.with(stats.Inconclusive)) > 0 {
			why = "no regression found (" + c.tally() + ")"
		}
	}
	return plain("result: " + why)
}

// tally counts the verdicts on what is gated: "11 unchanged, 1 inconclusive".
func (c *Comparison) tally() string {
	counts := map[stats.Verdict]int{}
	for _, change := range c.Changes {
		if change.Gated {
			counts[change.Verdict]++
		}
	}
	var words []string
	for _, v := range []stats.Verdict{stats.Regressed, Missing, Incomparable, stats.Inconclusive, stats.Improved, stats.Unchanged} {
		if counts[v] > 0 {
			words = append(words, integer(counts[v])+" "+string(v))
		}
	}
	return strings.Join(words, ", ")
}
