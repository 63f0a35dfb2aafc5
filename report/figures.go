package report

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"

	"respbench.dev/respbench/report/document"
)

// rowFigures are made of each group of rows, in this order. What has no series is
// left out.
var rowFigures = []struct {
	kind document.Kind
	make func(figureGroup, *palette) document.Figure
}{
	{document.Spectrum, spectrumFigure},
	{document.Throughput, throughputFigure},
	{document.Order, orderFigure},
	{document.Timeline, timelineFigure},
}

// figuresOf are those of the rows of one scenario.
func figuresOf(rows []Row, p *palette) []document.Figure {
	return figuresOfKinds(rows, p, document.Kinds)
}

func figuresOfKinds(rows []Row, p *palette, kinds []document.Kind) []document.Figure {
	var figures []document.Figure
	for _, g := range groupsOf(rows) {
		for _, of := range rowFigures {
			if !slices.Contains(kinds, of.kind) {
				continue
			}
			f := of.make(g, p)
			f.Kind, f.Name = of.kind, fmt.Sprintf("%s-%s", of.kind, g.name)
			figures = addFigure(figures, f)
		}
	}
	return figures
}

// Figures are those of these kinds; of all that a report has, if none is named.
// The rows are as Summarize has arranged them.
func (s *Summary) Figures(kinds ...document.Kind) []document.Figure {
	if len(kinds) == 0 {
		kinds = document.Kinds
	}
	p := newPalette(clientsOf(s.Rows))
	var figures []document.Figure
	for _, rows := range byScenario(s.Rows) {
		figures = append(figures, figuresOfKinds(rows, p, kinds)...)
	}
	if slices.Contains(kinds, document.Sweep) {
		figures = append(figures, sweepFigures(sweepCurves(s.Rows), p)...)
	}
	return figures
}

// Figures are all that a sweep has.
func (s *SweepSummary) Figures() []document.Figure {
	return sweepFigures(s.Curves, newPalette(clientsOf(s.rows())))
}

// Figures are all that a comparison has.
func (c *Comparison) Figures() []document.Figure { return addFigure(nil, forest(c)) }

// addFigure leaves out what has nothing to be seen.
func addFigure(figures []document.Figure, f document.Figure) []document.Figure {
	if f.Series = slices.DeleteFunc(f.Series, func(s document.Series) bool { return len(s.Points) == 0 }); len(f.Series) == 0 {
		return figures
	}
	return append(figures, safe(f))
}

// safe makes all texts of a figure safe to show, for they have those of runs.
func safe(f document.Figure) document.Figure {
	texts := []*string{&f.Title, &f.Caption, &f.Alt, &f.X.Title, &f.Y.Title}
	for _, ticks := range [][]document.Tick{f.X.Ticks, f.Y.Ticks} {
		for i := range ticks {
			texts = append(texts, &ticks[i].Text)
		}
	}
	for i := range f.Bands {
		texts = append(texts, &f.Bands[i].Name)
	}
	for _, s := range f.Series {
		for i := range s.Points {
			texts = append(texts, &s.Points[i].Text)
		}
	}
	for i := range f.Series {
		texts = append(texts, &f.Series[i].Name, &f.Series[i].Client)
	}
	for _, text := range texts {
		*text = plain(*text)
	}
	return f
}

var slugged = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

const encoded = "hex-"

// slug is of letters, digits and dashes, and another for each other text: what a
// scenario may be called is itself, any other text is encoded.
func slug(text string) string {
	if slugged.MatchString(text) && text[:min(len(text), len(encoded))] != encoded {
		return text
	}
	return encoded + hex.EncodeToString([]byte(text))
}
