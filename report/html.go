package report

import (
	"io"

	"respbench.dev/respbench/report/page"
)

func writeHTML(w io.Writer, s *Summary, l Layout) error {
	return page.Write(w, s.document(l.Title))
}

func writeSweepHTML(w io.Writer, s *SweepSummary, l Layout) error {
	return page.Write(w, s.document(l.Title))
}

func writeComparisonHTML(w io.Writer, c *Comparison, l Layout) error {
	return page.Write(w, c.document(l.Title))
}
