// Package progress tells on stderr how a run goes: on a terminal an area of a
// few lines that redraws itself, elsewhere a plain line for each trial.
package progress

import (
	"io"
	"os"
	"sync"
	"time"

	"respbench.dev/respbench/results"
)

// Modes of a Display.
const (
	Auto  = "auto"  // Area on a terminal, else Plain
	Plain = "plain" // a line for each trial
	Area  = "area"  // a few lines that redraw themselves
	None  = "none"
)

// Modes are those a user may choose.
var Modes = []string{Auto, Plain, None}

// Work is what a Display shows the progress of.
type Work struct {
	Points []results.Point // which are told apart
	Trials int
	Rounds int                          // in each of which every point has a trial
	Left   func(done int) time.Duration // estimates what remains after so many trials
}

// A Screen is the terminal that a Display writes to. The zero Screen is none.
type Screen struct {
	// Size is asked at every draw: terminals are resized.
	Size func() (columns, rows int)
	// Truncates tells that the terminal cuts lines off when it is narrowed. Most
	// break them instead, so that they take more rows.
	Truncates bool
	// Ours reports whether nobody else has the terminal, such as a pager or the
	// job in the foreground: nothing is written as long as somebody has. Nil:
	// always.
	Ours func() bool
	// Resumed tells that the process was suspended and goes on: what it had drawn
	// is no longer above the cursor.
	Resumed <-chan os.Signal
	Color   bool
	// Release ends what the Screen needs, unless it is nil.
	Release func()
}

// A Display shows one run. The run only stores what there is to show; in an
// Area, a goroutine of the Display draws it.
type Display struct {
	work   Work
	names  names
	mode   string
	canvas canvas
	whole  time.Duration // estimate of all trials

	mu      sync.Mutex
	state   state
	side    string // of the trial that starts next, where there are several
	cells   map[cellKey]*cell
	unsaid  []*cell // measured, without a line
	pending []line  // to be written, and to stay

	stop    chan struct{}
	drawing sync.WaitGroup
	done    sync.Once
}

// New returns a display of work. It must be ended with Done.
func New(out io.Writer, mode string, work Work, screen Screen) *Display {
	d := &Display{
		work: work, names: newNames(work.Points), mode: mode, canvas: canvas{out: out, screen: screen},
		whole: work.Left(0), cells: map[cellKey]*cell{}, stop: make(chan struct{}),
	}
	d.state.began = time.Now()
	if mode == Area {
		d.drawing.Go(d.redraw)
	}
	return d
}

// Loading shows how many keys have been written.
func (d *Display) Loading(done, total int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.state.stage, d.state.loaded, d.state.keys = loading, done, total
}

// Loaded says how long loading took: that time is nobody's. Until the next
// trial or key, the area is gone and others may write.
func (d *Display) Loaded(keys int, took time.Duration) {
	d.mu.Lock()
	d.state.stage, d.state.began = idle, time.Now()
	d.say(whole("loaded " + Count(keys, "key") + " in " + took.Round(time.Millisecond).String()))
	d.mu.Unlock()
	d.draw(false)
}

// Side names the side or server whose trials come next.
func (d *Display) Side(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.side = OneLine(name)
}

// Earlier counts the trials of a run that goes on towards its cells.
func (d *Display) Earlier(trials []results.Trial) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, t := range trials {
		d.count(t)
	}
}

// TrialStarted shows which trial runs.
func (d *Display) TrialStarted(number int, p results.Point, round int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := &d.state
	s.stage, s.started, s.first, s.last = measuring, time.Now(), beat{}, beat{}
	s.number, s.round, s.side = number, round, d.side
	s.cell, s.client, s.load = p.Cell(), p.Client(), d.names.load(p)
	s.left, s.expected = d.remaining(number-1), d.remaining(number-1)-d.remaining(number)
}

// remaining scales the estimate of what is left after done trials by how those
// before the one that runs kept to theirs.
func (d *Display) remaining(done int) time.Duration {
	before := d.state.number - 1
	planned := d.whole - d.work.Left(before)
	left := d.work.Left(done)
	if before > 0 && planned > 0 {
		left = time.Duration(float64(left) * float64(d.state.started.Sub(d.state.began)) / float64(planned))
	}
	return left
}

// Beat shows counts of the trial under way.
func (d *Display) Beat(e results.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.state.beat(beat{time.Now(), e.Ops, e.Errors})
}

// TrialEnded shows what became of the trial that was started last: of each in
// plain mode, else of one that failed, and of a cell whose last trial it was.
func (d *Display) TrialEnded(_ int, t results.Trial) {
	d.mu.Lock()
	s := &d.state
	switch {
	case d.mode == Plain:
		d.say(d.trialLine(t, s.eta(time.Now())))
	case t.Status != results.OK:
		d.say(d.trialLine(t))
	}
	if t.Status == results.Failed || t.Status == results.NotRun {
		s.failed++
	}
	d.counted(t)
	if s.number == d.work.Trials || t.Status == results.Interrupted || t.Status == results.NotRun {
		s.stage = finishing
	}
	d.mu.Unlock()
	if d.mode == Plain {
		d.draw(false)
	}
}

// say has a line written at the next draw.
func (d *Display) say(l line) {
	if d.mode != None {
		d.pending = append(d.pending, l)
	}
}

// Done ends the display: the cursor is on an empty line, what was measured has
// its lines, and nothing is drawn any more.
func (d *Display) Done() {
	d.done.Do(func() {
		close(d.stop)
		d.drawing.Wait()
		d.sayCells()
		d.draw(true)
		if release := d.canvas.screen.Release; release != nil {
			release()
		}
	})
}
