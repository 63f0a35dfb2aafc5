package report

// Title names what was run.
func (s *Summary) Title() string { return plain(titleOf(s.Rows)) }

// Title names what was swept.
func (s *SweepSummary) Title() string { return plain(titleOf(s.rows()) + ", swept") }

// Title names what was compared.
func (c *Comparison) Title() string { return plain(c.title()) }
