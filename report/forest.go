package report

import (
	"fmt"
	"slices"
	"strings"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/report/document"
)

const (
	forestCaption = "Each line is the 90% interval of a change of new against base, its dot the estimate; more throughput is better, more of anything else is worse. "
	forestBand    = "What lies within the band is too small to matter. "
	forestHollow  = "A hollow dot has too few rounds for an interval. "
)

// verdictColors are those of the palettes that suit: of a warning, of good news.
var verdictColors = map[stats.Verdict]int{
	stats.Regressed: 1, Missing: 6, Incomparable: 7, stats.Inconclusive: 4, stats.Improved: 2, stats.Unchanged: 0, NotTold: 5,
}

// forest is of the gated changes that have an estimate, the first of the table at
// the top; without a series if none has.
func forest(c *Comparison) document.Figure {
	tested := slices.DeleteFunc(c.gated(), func(ch Change) bool { return !ch.tested() })
	f := document.Figure{
		Kind: document.Forest, Name: "forest", Title: "Changes, new against base", Caption: forestCaption,
		X: document.Axis{Title: "change of new against base, %", Scale: document.Linear},
		Y: document.Axis{Scale: document.Category},
	}
	if len(tested) == 0 {
		return f
	}
	threshold := commonThreshold(tested)
	f.Caption += bandWords(tested, threshold)
	f.Bands = []document.Band{
		{Name: "threshold " + percent(threshold), Vertical: true, From: 100 * (1/(1+threshold) - 1), To: 100 * threshold},
		{Name: "no change", Vertical: true},
	}
	for _, v := range byWeight {
		f.Series = append(f.Series, document.Series{Name: string(v), Color: verdictColors[v], Dots: true, Ranges: document.Horizontal})
	}
	for i, ch := range slices.Backward(tested) {
		at := float64(len(tested) - 1 - i)
		f.Y.Ticks = append(f.Y.Ticks, document.Tick{At: at, Text: ch.Cell + ", " + ch.Metric.named(ch.Point.Load.Rate > 0)})
		s := &f.Series[slices.Index(byWeight, ch.Verdict)]
		s.Points = append(s.Points, ch.forestPoint(at))
	}
	if slices.ContainsFunc(points(f.Series), func(p document.Point) bool { return p.Mark == document.Flagged }) {
		f.Caption += forestHollow
	}
	if n := len(c.gated()) - len(tested); n > 0 {
		f.Caption += "Not drawn: " + counted(n, "change") + " without an estimate. "
	}
	f.Alt = c.forestAlt(tested, threshold)
	return f
}

// forestPoint has the estimate alone where there are too few rounds for both ends.
func (c Change) forestPoint(at float64) document.Point {
	x := 100 * c.share(c.Shift.Estimate)
	p := document.Point{X: x, Y: at, Low: x, High: x, Mark: document.Flagged}
	p.Text = fmt.Sprintf("%s, %s: %s, %s", c.Cell, c.Metric.Name, c.Verdict, c.change())
	if c.bounded() {
		low, high := c.bounds()
		p.Low, p.High, p.Mark = 100*low, 100*high, document.NoMark
		p.Text += ", 90% interval " + c.interval()
	}
	return p
}

// commonThreshold is that of most changes, and of these the smallest.
func commonThreshold(changes []Change) float64 {
	counts := map[float64]int{}
	for _, ch := range changes {
		counts[ch.Threshold]++
	}
	common := changes[0].Threshold
	for t, n := range counts {
		if n > counts[common] || n == counts[common] && t < common {
			common = t
		}
	}
	return common
}

// bandWords say which rows the band holds for, and the thresholds of the others.
func bandWords(tested []Change, threshold float64) string {
	thresholds := []float64{threshold}
	for _, ch := range tested {
		thresholds = addNew(thresholds, ch.Threshold)
	}
	if len(thresholds) == 1 {
		return forestBand
	}
	words := "The band is the threshold of " + heldTo(tested, threshold) + ": what of these lies within it is too small to matter. "
	for _, t := range thresholds[1:] {
		words += "The threshold of " + heldTo(tested, t) + " is " + percent(t) + ". "
	}
	return words
}

// heldTo names the changes that have the threshold, and those of a metric together
// where all of it have it.
func heldTo(tested []Change, threshold float64) string {
	const most = 8
	var names []string
	for _, ch := range tested {
		if ch.Threshold != threshold {
			continue
		}
		name := ch.Metric.Name
		if slices.ContainsFunc(tested, func(other Change) bool { return other.Metric.Name == name && other.Threshold != threshold }) {
			name = ch.Cell + " " + name
		}
		names = addNew(names, name)
	}
	if more := len(names) - most; more > 0 {
		names = append(names[:most], integer(more)+" more")
	}
	return strings.Join(names, ", ")
}

// forestAlt counts verdicts, names the largest change, and what has another
// threshold or is not drawn.
func (c *Comparison) forestAlt(tested []Change, threshold float64) string {
	var changes []labelled
	others := map[string]int{}
	var words []string
	for _, ch := range tested {
		changes = append(changes, labelled{ch.Cell + " " + ch.Metric.Name, ch.share(ch.Shift.Estimate)})
		if ch.Threshold != threshold {
			word := percent(ch.Threshold)
			words = addNew(words, word)
			others[word]++
		}
	}
	alt := fmt.Sprintf("%s. Changes are %s", c.tally(), ends(changes, signed))
	for i, word := range words {
		words[i] = fmt.Sprintf("%s for %d of them", word, others[word])
	}
	if len(words) > 0 {
		alt += "; the threshold is " + strings.Join(words, ", ")
	}
	if n := len(c.gated()) - len(tested); n > 0 {
		alt += fmt.Sprintf("; %s without an estimate", counted(n, "change"))
	}
	return alt + "."
}
