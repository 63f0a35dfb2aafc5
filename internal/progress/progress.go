// Package progress tells on stderr how a run goes: on a terminal one line that
// redraws itself, elsewhere a plain line for each trial.
package progress

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"respbench.dev/respbench/results"
)

// Modes of a Display.
const (
	Auto  = "auto"  // Line on a terminal, else Plain
	Plain = "plain" // a line for each trial
	Line  = "line"  // one line that redraws itself
	None  = "none"
)

// Modes are those a user may choose.
var Modes = []string{Auto, Plain, None}

// redrawEvery keeps drawing from costing the measurement anything.
const redrawEvery = 250 * time.Millisecond

// A Display shows one run.
type Display struct {
	out    io.Writer
	mode   string
	trials int
	width  func() int // columns of the terminal
	left   func(done int) time.Duration

	mu      sync.Mutex
	side    string // of the trial, where there are two
	began   time.Time
	head    string
	started time.Time // of the trial
	drawn   time.Time
	number  int
}

// New returns a display for a run of so many trials; left estimates what
// remains after done trials.
func New(out io.Writer, mode string, trials int, width func() int, left func(done int) time.Duration) *Display {
	return &Display{out: out, mode: mode, trials: trials, width: width, left: left, began: time.Now()}
}

// Loading shows how many keys have been written.
func (d *Display) Loading(done, total int) {
	d.draw(fmt.Sprintf("loading %d of %d keys", done, total))
}

// Loaded says how long loading took: that time is nobody's.
func (d *Display) Loaded(keys int, took time.Duration) {
	if d.mode == Line {
		d.clear()
	}
	if d.mode != None {
		d.write(fmt.Sprintf("loaded %s in %v\n", Count(keys, "key"), took.Round(time.Millisecond)))
	}
	d.began = time.Now()
}

// TrialStarted shows which trial runs.
func (d *Display) TrialStarted(number int, p results.Point, round int) {
	d.mu.Lock()
	d.number, d.started = number, time.Now()
	d.head = fmt.Sprintf("[%d/%d] round %d  %s%s", number, d.trials, round, d.side, Describe(p))
	d.mu.Unlock()
	d.draw(d.head + d.eta())
}

// Side names the side whose trials come next.
func (d *Display) Side(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.side = fmt.Sprintf("%-4s  ", name)
}

// Beat shows counts of the trial under way.
func (d *Display) Beat(e results.Event) {
	text := fmt.Sprintf("%s  %d ops", d.head, e.Ops)
	if e.Errors > 0 {
		text += fmt.Sprintf("  %d errors", e.Errors)
	}
	d.draw(text + d.eta())
}

// TrialEnded writes a line in plain mode, and clears a redrawn one.
func (d *Display) TrialEnded(_ int, t results.Trial) {
	switch d.mode {
	case Line:
		d.clear()
		if t.Status != results.OK {
			d.write(fmt.Sprintf("%s  %s\n", d.head, outcome(t)))
		}
	case Plain:
		d.write(d.head + "  " + outcome(t) + d.eta() + "\n")
	}
}

// Done clears what is drawn.
func (d *Display) Done() {
	if d.mode == Line {
		d.clear()
	}
}

func outcome(t results.Trial) string {
	reason, _, _ := strings.Cut(t.Reason, "\n") // stacks stay in the file
	if t.Measured == nil || t.Window <= 0 {
		return string(t.Status) + ": " + reason
	}
	text := fmt.Sprintf("%s  %.0f ops/s", t.Status, float64(t.Ops)/t.Window.Seconds())
	if reason != "" {
		text += ": " + reason
	}
	return text
}

// Describe is a point in a few words.
func Describe(p results.Point) string {
	words := []string{p.Cell(), p.Client()}
	if p.Load.Workers > 1 {
		words = append(words, fmt.Sprintf("%d workers", p.Load.Workers))
	}
	if p.Load.Depth > 1 {
		words = append(words, fmt.Sprintf("depth %d", p.Load.Depth))
	}
	return strings.Join(words, " ")
}

// eta scales the estimate by how the trials so far kept to theirs.
func (d *Display) eta() string {
	done := d.number - 1
	planned := d.left(0) - d.left(done)
	left := d.left(done)
	if done > 0 && planned > 0 {
		left = time.Duration(float64(left) * float64(d.started.Sub(d.began)) / float64(planned))
	}
	left -= time.Since(d.started)
	return fmt.Sprintf("  about %s left", Rounded(max(left, 0)))
}

// Count is a number of things as people say it.
func Count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// Rounded is a time as people say it.
func Rounded(t time.Duration) string {
	t = t.Round(time.Second)
	if t < time.Minute {
		return fmt.Sprintf("%ds", int(t.Seconds()))
	}
	return fmt.Sprintf("%dm%02ds", int(t.Minutes()), int(t.Seconds())%60)
}

func (d *Display) draw(text string) {
	if d.mode != Line {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if time.Since(d.drawn) < redrawEvery {
		return
	}
	d.drawn = time.Now()
	if most := d.width() - 1; most > 0 && len(text) > most {
		text = text[:most]
	}
	fmt.Fprintf(d.out, "\r\x1b[K%s", text)
}

func (d *Display) clear() { d.write("\r\x1b[K") }

func (d *Display) write(text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	fmt.Fprint(d.out, text)
}
