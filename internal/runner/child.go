package runner

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"respbench.dev/respbench/internal/proc"
	"respbench.dev/respbench/results"
)

const (
	// stopGrace is how long a child that was asked to stop may take.
	stopGrace = time.Second
	// quitGrace is how long it may take to write its stacks.
	quitGrace = 2 * time.Second
	// signalGrace is how much later than a child we may get the same signal.
	signalGrace = 200 * time.Millisecond
	// silence is how long a child may go without a heartbeat.
	silence = 10 * time.Second
	// never is beyond any run.
	never = 365 * 24 * time.Hour
)

// A refusal is an executor's word that it could not run the trial.
type refusal struct{ text string }

func (r *refusal) Error() string { return r.text }

// A Bracket is what is done at the edges of a trial's window, and at each beat.
type Bracket struct {
	Ready   func()
	Started func()
	Ended   func()
	Beat    func(results.Event)
}

// Bounds are beyond what the process of a trial is taken for stuck; 0: none but
// Patience.
type Bounds struct {
	Patience time.Duration // without progress
	Warm     time.Duration // until it is ready
	Window   time.Duration // from its start to its end
	Edges    time.Duration // from ready to the start, and from the end to the record
}

// A child is a process that executes one trial.
type child struct {
	*proc.Child
	talk     talk
	access   results.Access // not to be stored
	orders   chan []byte    // lines to be written, of which there is room for all
	events   chan results.Event
	bracket  Bracket
	bounds   Bounds
	overtime *time.Timer // runs while something is bounded
	late     string      // what is said of it then
	limit    time.Duration

	record   *results.Measured
	err      error
	attempts int64
	opened   int
	stopping bool
}

// RunTrial hands a spec to a process of its own and returns its record. The
// end of ctx asks it to stop; it then has a second to write what it has. A
// process that oversteps its bounds is stopped. Of c neither Args nor OwnGroup
// counts: a program of others has a group of its own, which ends with the trial.
func RunTrial(ctx context.Context, e Executor, c proc.Command, spec results.Spec, access results.Access, b Bracket, limits Bounds) (*results.Measured, error) {
	words, err := e.talk(spec, access)
	if err != nil {
		return nil, err
	}
	defer words.Close()
	c.Args, c.OwnGroup = e.command(), e.Driver != nil
	process, err := proc.Start(c)
	if err != nil {
		return nil, err
	}
	words.Pid(process.Pid())
	trial := &child{
		Child: process, talk: words, access: access, bracket: b, bounds: limits,
		orders: make(chan []byte, len(words.Orders())+1), events: make(chan results.Event), overtime: time.NewTimer(never),
	}
	return trial.converse(ctx)
}

// converse follows a process from its first order to its end.
func (c *child) converse(ctx context.Context) (*results.Measured, error) {
	defer c.overtime.Stop()
	defer c.Stdout.Close()
	for _, order := range c.talk.Orders() {
		c.tell(order)
	}
	go c.write()
	go c.read()
	c.within(c.bounds.Warm, "not ready %v after it was started")
	c.attend(ctx)
	close(c.orders)
	_ = c.Stdin.Close()
	c.reap()
	if strings.HasPrefix(c.ExitReason(), "signal: ") && !c.over() {
		awaitSignal(ctx)
	}
	return c.outcome()
}

// awaitSignal gives a signal to our process group, which may end a child that
// does not ignore it yet, the time to reach us too.
func awaitSignal(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(signalGrace):
	}
}

// tell has an order written.
func (c *child) tell(o any) {
	line, err := json.Marshal(o)
	if err != nil {
		c.err = err
		return
	}
	select {
	case c.orders <- append(line, '\n'):
	default: // it has been told all that there is
	}
}

// write writes orders until stdin is closed, which also ends a write that
// nobody reads. A child that has gone shows by its end.
func (c *child) write() {
	for line := range c.orders {
		if _, err := c.Stdin.Write(line); err != nil {
			return
		}
	}
}

// read turns the child's output into events, until it ends. A child that floods
// us does not speak the protocol, and is killed.
func (c *child) read() {
	defer close(c.events)
	lines := bufio.NewScanner(c.Stdout)
	lines.Buffer(nil, c.talk.LongestLine())
	var meter flood
	for lines.Scan() {
		if meter.over(time.Now()) {
			c.flooded("wrote more than %d lines in a second", mostLines)
			return
		}
		c.events <- c.talk.Event(lines.Bytes())
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		c.flooded("wrote a line of more than %d KiB", c.talk.LongestLine()>>10)
	}
}

func (c *child) flooded(format string, limit int) {
	_ = c.KillGroup()
	c.events <- results.Event{Event: results.EventError, Error: fmt.Sprintf(format, limit)}
}

// mostLines is far more than the few events of a second.
const mostLines = 1000

// A flood counts lines, a second at a time.
type flood struct {
	since time.Time
	lines int
}

func (f *flood) over(now time.Time) bool {
	if now.Sub(f.since) > time.Second {
		*f = flood{since: now}
	}
	f.lines++
	return f.lines > mostLines
}

// attend follows the child's events to the end of its output, which others may
// hold that it has started: they end with it. A child that makes no progress is
// stopped for its stacks; one that has said its last word or was asked to stop,
// and stays, is killed.
func (c *child) attend(ctx context.Context) {
	timer := time.NewTimer(c.bounds.Patience)
	defer timer.Stop()
	interrupted, gone := ctx.Done(), c.Done()
	for {
		select {
		case e, ok := <-c.events:
			if !ok {
				return
			}
			wasOver := c.over()
			progress := c.handle(e)
			switch {
			case c.over() && !wasOver:
				timer.Reset(stopGrace)
			case progress && !c.over():
				timer.Reset(c.bounds.Patience)
			}
		case <-interrupted:
			interrupted, c.stopping = nil, true
			_ = c.Stdin.Close()
			timer.Reset(stopGrace)
		case <-gone:
			gone = nil
			_ = c.KillGroup()
		case <-timer.C:
			c.giveUp("no progress for %v", c.bounds.Patience)
			timer.Reset(quitGrace)
		case <-c.overtime.C:
			c.giveUp(c.late, c.limit)
			timer.Reset(quitGrace)
		}
	}
}

// over reports whether nothing more is to be expected of the child.
func (c *child) over() bool { return c.stopping || c.record != nil || c.err != nil }

// within bounds what comes next; 0 does not.
func (c *child) within(limit time.Duration, late string) {
	c.limit, c.late = limit, late
	c.overtime.Reset(cmp.Or(limit, never))
}

// handle reports whether the event shows that the trial gets on.
func (c *child) handle(e results.Event) (progress bool) {
	switch e.Event {
	case results.EventBeat:
		c.bracket.Beat(e)
		progress = e.Attempts != c.attempts || e.Opened != c.opened
		c.attempts, c.opened = e.Attempts, e.Opened
		return progress
	case results.EventReady:
		c.bracket.Ready()
		c.tell(c.talk.Go())
		c.within(c.bounds.Edges, "not started %v after it was told to")
	case results.EventStarted:
		c.bracket.Started()
		c.within(c.bounds.Window, "a call has not returned %v after the start")
	case results.EventEnded:
		c.bracket.Ended()
		c.within(c.bounds.Edges, "no record %v after the end")
	case results.EventRecord:
		c.within(0, "")
		c.record = e.Record
		_ = c.Stdin.Close()
	case results.EventError:
		if c.err == nil {
			c.err = &refusal{e.Error}
		}
	}
	return true
}

// giveUp ends a child: one that is stuck for its stacks first, then in any
// case. One that has ended has left its output to others.
func (c *child) giveUp(reason string, limit time.Duration) {
	if !c.over() && c.ExitReason() == "" {
		c.err = fmt.Errorf(reason, limit)
		if c.talk.GivesStacks() {
			_ = c.Quit()
			return
		}
	}
	_ = c.KillGroup()
	_ = c.Stdout.Close()
}

// reap waits for the process, of which we read no more, to end.
func (c *child) reap() {
	select {
	case <-c.Done():
	case <-time.After(stopGrace):
	}
	_ = c.KillGroup()
	<-c.Done()
}

func (c *child) outcome() (*results.Measured, error) {
	if _, refused := errors.AsType[*refusal](c.err); refused {
		return nil, c.err
	}
	words := c.lastWords()
	switch {
	case c.err != nil && c.talk.GivesStacks():
		return nil, fmt.Errorf("%w; its stacks: %s", c.err, cmp.Or(words, "none"))
	case c.err != nil && words != "":
		return nil, fmt.Errorf("%w; it wrote: %s", c.err, words)
	case c.err != nil:
		return nil, c.err
	case c.record != nil:
		return c.record, nil
	case c.stopping:
		return nil, context.Canceled
	case words != "":
		return nil, fmt.Errorf("the process of the trial ended (%s): %s", c.ExitReason(), words)
	}
	return nil, fmt.Errorf("the process of the trial ended (%s) without a record", c.ExitReason())
}

// lastWords are what the process wrote to its standard error, as far as it may
// be stored.
func (c *child) lastWords() string {
	if c.talk.GivesStacks() {
		return proc.Stacks(c.Stderr())
	}
	return proc.LastLine(c.access.Redact(c.Stderr()))
}
