package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/report/document"
	"respbench.dev/respbench/results"
)

const (
	fewestSlices    = 5 // of a course that is worth drawing
	timelineCaption = "Each line is what a client did per second in the course of its trials. "
	timelineShort   = "Not drawn, for its rounds have too few slices of time in common"
	timelineMarks   = "Hollow dots are slices of time with errors, or in which nothing succeeded for longer than is ordinary. "
)

// timelineFigure is of whole trials, whatever their kinds of op.
func timelineFigure(g figureGroup, p *palette) document.Figure {
	f := document.Figure{
		Title: "Course of the trials: " + g.cells, Caption: timelineCaption,
		X:     document.Axis{Title: "time since the start of the trial, s", Scale: document.Linear, Zero: true},
		Y:     document.Axis{Title: "ops/s", Scale: document.Linear, Zero: true},
		Bands: disturbanceBands(g.rows),
	}
	if g.later {
		return f
	}
	if g.rounds() > 1 {
		f.Caption += overRounds
	}
	marked := 0
	var without []int
	for i, r := range g.rows {
		name := g.names[i]
		c := courseOf(r)
		line := p.series(name, r)
		line.Line, line.Dashed, line.Points = true, again(g.rows, i), c.points(name)
		if len(r.good) > 1 {
			line.Ranges = document.Area
		}
		marks := p.series(name+": errors or outage", r)
		marks.Dots, marks.Points = true, c.troubles(line.Points)
		f.Series = append(f.Series, line, marks)
		marked += len(marks.Points)
		if len(line.Points) == 0 {
			without = append(without, i)
		}
	}
	f.Alt = timelineAlt(f.Series, marked)
	if marked > 0 {
		f.Caption += timelineMarks
	}
	f.Caption += g.leftOut(without, func(Row) string { return timelineShort })
	return f
}

func timelineAlt(series []document.Series, marked int) string {
	var speeds []labelled
	for _, s := range series {
		for _, p := range s.Points {
			if s.Line {
				speeds = append(speeds, labelled{s.Name, p.Y})
			}
		}
	}
	if len(speeds) == 0 {
		return ""
	}
	alt := "The slices have " + ends(speeds, significant) + " ops/s"
	if marked > 0 {
		alt += "; " + counted(marked, "slice") + " with errors or an outage"
	}
	return alt + "."
}

// A rowCourse is what the rounds of a row did, as far as all of them went on.
type rowCourse struct {
	length   time.Duration // of a slice
	ordinary time.Duration // a time without success, up to which it is that
	rounds   []round
	ops      [][]int64 // by round, then slice
	errors   [][]int64
}

// courseOf has no slices where there are too few, or where those of the rounds do
// not lie one on the other.
func courseOf(r Row) rowCourse {
	good := r.good
	c := rowCourse{rounds: good}
	if r.Disturbance != nil {
		c.ordinary = r.Disturbance.Resolution
	}
	for _, g := range good {
		c.length = max(c.length, g.Slices.Length)
	}
	shortest := 0
	for i, g := range good {
		s := g.Slices
		if s.Length <= 0 || c.length%s.Length != 0 {
			return rowCourse{}
		}
		merged := int(c.length / s.Length)
		ops := sums(s.Ops[:max(len(s.Ops)-1, 0)], merged) // the end of the trial cuts the last
		if c.ops, c.errors = append(c.ops, ops), append(c.errors, sums(s.Errors, merged)); i == 0 || len(ops) < shortest {
			shortest = len(ops)
		}
	}
	if shortest < fewestSlices {
		return rowCourse{}
	}
	for i := range c.ops {
		c.ops[i] = c.ops[i][:shortest]
	}
	return c
}

// sums adds so many values each up; what is left over at the end is no whole one.
func sums(values []int64, each int) []int64 {
	var all []int64
	for chunk := range slices.Chunk(values, each) {
		if len(chunk) == each {
			sum := int64(0)
			for _, v := range chunk {
				sum += v
			}
			all = append(all, sum)
		}
	}
	return all
}

// points are the medians of the rounds, at the middle of each slice.
func (c rowCourse) points(name string) []document.Point {
	if len(c.ops) == 0 {
		return nil
	}
	points := make([]document.Point, len(c.ops[0]))
	for i := range points {
		speeds := list(c.ops, func(ops []int64) float64 { return float64(ops[i]) / c.length.Seconds() })
		p := document.Point{
			X: (float64(i) + 0.5) * c.length.Seconds(), Y: stats.Median(speeds), Low: slices.Min(speeds), High: slices.Max(speeds),
		}
		p.Text = fmt.Sprintf("%s, %s to %s: %s ops/s", name, seconds(time.Duration(i)*c.length), seconds(time.Duration(i+1)*c.length), significant(p.Y))
		points[i] = p
	}
	return points
}

// troubles are those of the points in whose slices a round had errors, or a time
// without success.
func (c rowCourse) troubles(points []document.Point) []document.Point {
	var marked []document.Point
	for i, p := range points {
		failed, outage, troubled := int64(0), time.Duration(0), 0
		begin, end := time.Duration(i)*c.length, time.Duration(i+1)*c.length
		for k, g := range c.rounds {
			errors, paused := int64(0), time.Duration(0)
			if i < len(c.errors[k]) {
				errors = c.errors[k][i]
			}
			for _, o := range g.Outages {
				if took := o.End - o.Start; o.Start < end && o.End > begin && took > c.ordinary {
					paused = max(paused, took)
				}
			}
			if errors > 0 || paused > 0 {
				troubled++
			}
			failed, outage = failed+errors, max(outage, paused)
		}
		if troubled == 0 {
			continue
		}
		p.Mark, p.Low, p.High = document.Flagged, 0, 0
		p.Text += "; " + troubleWords(failed, outage, troubled, len(c.rounds))
		marked = append(marked, p)
	}
	return marked
}

// troubleWords are of all rounds: "in 1 of 3 rounds: 4 errors; nothing succeeded for 12 ms".
func troubleWords(failed int64, outage time.Duration, troubled, rounds int) string {
	var words []string
	if failed > 0 {
		words = append(words, counted(failed, "error"))
	}
	if outage > 0 {
		words = append(words, fmt.Sprintf("nothing succeeded for %s ms", number(float64(outage)/float64(time.Millisecond), 0)))
	}
	text := strings.Join(words, "; ")
	if rounds == 1 {
		return text
	}
	return fmt.Sprintf("in %d of %s: %s", troubled, counted(rounds, "round"), text)
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + " s" }

// disturbanceBands are when each thing was done to the server, in any of the trials.
func disturbanceBands(rows []Row) []document.Band {
	var bands []document.Band
	for _, r := range rows {
		planned, _ := results.ParseDisturb(r.Point.Disturb) // of an undisturbed row, there is none
		for _, t := range r.good {
			for i, d := range t.Disturbances {
				from, to := d.At.Seconds(), (d.At + d.Took).Seconds()
				if i < len(planned) {
					to = max(to, (d.At + planned[i].For).Seconds())
				}
				if i == len(bands) {
					bands = append(bands, document.Band{Name: d.Name + " at " + number(from, 1) + " s", Vertical: true, From: from, To: to})
				}
				bands[i].From, bands[i].To = min(bands[i].From, from), max(bands[i].To, to)
			}
		}
	}
	return bands
}
