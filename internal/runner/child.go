package runner

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	// longestLine bounds what is read of a child: a record with histograms is
	// some 100 KB.
	longestLine = 64 << 20
)

// A refusal is an executor's word that it could not run the trial.
type refusal struct{ text string }

func (r *refusal) Error() string { return r.text }

// bracket is what the runner does at the edges of a trial's window.
type bracket struct {
	ready   func()
	started func()
	ended   func()
	beat    func(results.Event)
}

// bounds are beyond what a child is taken for stuck.
type bounds struct {
	patience time.Duration // without progress
	window   time.Duration // from its start to its end; 0: none
}

// A child is a process that executes one trial.
type child struct {
	*proc.Child
	events   chan results.Event
	bracket  bracket
	bounds   bounds
	overtime *time.Timer // runs while the window is open

	record   *results.Measured
	err      error
	attempts int64
	opened   int
	stopping bool
}

// runChild hands a spec to a process of its own and returns its record. The
// end of ctx asks it to stop; it then has a second to write what it has. A
// child that oversteps its bounds is stopped.
func runChild(ctx context.Context, command proc.Command, spec results.Spec, access results.Access, b bracket, limits bounds) (*results.Measured, error) {
	process, err := proc.Start(command)
	if err != nil {
		return nil, err
	}
	c := &child{Child: process, events: make(chan results.Event), bracket: b, bounds: limits, overtime: time.NewTimer(never)}
	defer c.overtime.Stop()
	defer c.Stdout.Close()
	c.tell(results.Order{Spec: &spec})
	c.tell(results.Order{Access: &access})
	go c.read()
	c.attend(ctx)
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

// tell writes one order. A child that has gone shows by its end.
func (c *child) tell(o results.Order) {
	line, err := json.Marshal(o)
	if err != nil {
		c.err = err
		return
	}
	_, _ = c.Stdin.Write(append(line, '\n'))
}

// read turns the child's output into events, until it ends.
func (c *child) read() {
	defer close(c.events)
	lines := bufio.NewScanner(c.Stdout)
	lines.Buffer(nil, longestLine)
	for lines.Scan() {
		var e results.Event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			e = results.Event{Event: results.EventError, Error: "wrote something that is not an event"}
		}
		c.events <- e
	}
	if err := lines.Err(); err != nil && !errors.Is(err, io.ErrClosedPipe) {
		_ = c.Kill() // too long a line: whoever writes that does not speak the protocol
	}
}

// attend follows the child's events to the end of its output. A child that
// makes no progress is stopped for its stacks; one that has said its last word
// or was asked to stop, and stays, is killed.
func (c *child) attend(ctx context.Context) {
	timer := time.NewTimer(c.bounds.patience)
	defer timer.Stop()
	interrupted := ctx.Done()
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
				timer.Reset(c.bounds.patience)
			}
		case <-interrupted:
			interrupted, c.stopping = nil, true
			_ = c.Stdin.Close()
			timer.Reset(stopGrace)
		case <-timer.C:
			c.giveUp("no progress for %v", c.bounds.patience)
			timer.Reset(quitGrace)
		case <-c.overtime.C:
			c.giveUp("a call has not returned %v after the start", c.bounds.window)
			timer.Reset(quitGrace)
		}
	}
}

// over reports whether nothing more is to be expected of the child.
func (c *child) over() bool { return c.stopping || c.record != nil || c.err != nil }

// handle reports whether the event shows that the trial gets on.
func (c *child) handle(e results.Event) (progress bool) {
	switch e.Event {
	case results.EventBeat:
		c.bracket.beat(e)
		progress = e.Attempts != c.attempts || e.Opened != c.opened
		c.attempts, c.opened = e.Attempts, e.Opened
		return progress
	case results.EventReady:
		c.bracket.ready()
		c.tell(results.Order{Go: true})
	case results.EventStarted:
		c.bracket.started()
		if c.bounds.window > 0 {
			c.overtime.Reset(c.bounds.window)
		}
	case results.EventEnded:
		c.overtime.Reset(never)
		c.bracket.ended()
	case results.EventRecord:
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
// case.
func (c *child) giveUp(reason string, limit time.Duration) {
	if c.over() {
		_ = c.Kill()
		return
	}
	c.err = fmt.Errorf(reason, limit)
	_ = c.Quit()
}

// reap waits for the process, which has closed its output, to end.
func (c *child) reap() {
	select {
	case <-c.Done():
	case <-time.After(stopGrace):
		_ = c.Kill()
		<-c.Done()
	}
}

func (c *child) outcome() (*results.Measured, error) {
	if _, refused := errors.AsType[*refusal](c.err); refused {
		return nil, c.err
	}
	stacks := proc.Stacks(c.Stderr())
	switch {
	case c.err != nil:
		if stacks == "" {
			return nil, fmt.Errorf("%w; it gave no stacks", c.err)
		}
		return nil, fmt.Errorf("%w; its stacks: %s", c.err, stacks)
	case c.record != nil:
		return c.record, nil
	case c.stopping:
		return nil, context.Canceled
	case stacks != "":
		return nil, fmt.Errorf("the process of the trial ended (%s): %s", c.ExitReason(), stacks)
	default:
		return nil, fmt.Errorf("the process of the trial ended (%s) without a record", c.ExitReason())
	}
}
