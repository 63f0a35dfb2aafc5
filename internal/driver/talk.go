package driver

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

// longestLine is more than any event has, also a record of 10,000 workers.
const longestLine = 1 << 20

// A Talk is the conversation with a driver about one trial. Event is called by
// one goroutine, with a line as soon as it has been read: its clock is compared
// with the driver's.
type Talk struct {
	spec    results.Spec
	access  results.Access
	kind    scenarios.Kind
	variant Variant
	told    Spec
	samples *os.File // ours alone as soon as the driver is ready

	went           atomic.Bool // the driver has been told to start the clock
	last           string      // event; beats are none
	started, ended time.Time
	now            func() time.Time

	pid  int                      // 0: unknown
	used map[string]time.Duration // CPU time of the process, by event
}

func newTalk(spec results.Spec, access results.Access, v Variant) (*Talk, error) {
	scenario, err := scenarios.Named(spec.Point.Scenario)
	if err != nil {
		return nil, err
	}
	kinds := scenario.KindsFor(scenarios.Load(spec.Point.Load))
	if len(kinds) != 1 {
		return nil, fmt.Errorf("scenario %s has %d kinds of op; a driver's samples are of one", scenario.Name, len(kinds))
	}
	return &Talk{spec: spec, access: access, kind: kinds[0], variant: v, now: time.Now, used: map[string]time.Duration{}}, nil
}

// Orders are what the driver is told to begin with, a line of JSON each.
func (t *Talk) Orders() []any { return []any{t.told} }

// Go is what starts the driver's clock.
func (t *Talk) Go() any {
	t.went.Store(true)
	return Order{Go: true}
}

// Close removes the file of samples.
func (t *Talk) Close() {
	_ = t.samples.Close()
	_ = os.Remove(t.told.Samples) // a driver may have made it again
}

// Event is what a line of the driver's output says. What is wrong with it, or
// with the record, is an EventError.
func (t *Talk) Event(line []byte) results.Event {
	arrived := t.now()
	e, err := t.decode(line)
	if err != nil {
		return refused(err)
	}
	switch e.Event {
	case results.EventBeat:
		return t.beat(e)
	case results.EventReady:
		_ = os.Remove(t.told.Samples) // it cannot be where open files cannot be removed
		t.meter(e.Event)
	case results.EventStarted:
		t.started = arrived
		t.meter(e.Event)
	case results.EventEnded:
		t.ended = arrived
		t.meter(e.Event)
	case results.EventRecord:
		return t.record(e.Record)
	case results.EventError:
		return results.Event{Event: results.EventError, Error: storable(t.access, e.Error)}
	}
	return results.Event{Event: e.Event}
}

func refused(err error) results.Event {
	return results.Event{Event: results.EventError, Error: err.Error()}
}

// decode is the event of a line, which must have its place here.
func (t *Talk) decode(line []byte) (e Event, err error) {
	if len(line) > longestLine {
		return e, fmt.Errorf("the driver wrote a line of more than %d KiB", longestLine>>10)
	}
	if err := json.Unmarshal(line, &e); err != nil || e.Event == "" {
		return e, fmt.Errorf("the driver wrote something that is not an event: %s", t.quoted(string(line)))
	}
	return e, t.follows(e.Event)
}

// before says what must have come right before an event.
var before = map[string]string{
	results.EventReady:   "",
	results.EventStarted: results.EventReady,
	results.EventEnded:   results.EventStarted,
	results.EventRecord:  results.EventEnded,
}

// follows holds the order of events.
func (t *Talk) follows(event string) error {
	last, ordered := before[event]
	switch {
	case t.last == results.EventRecord || t.last == results.EventError:
		return fmt.Errorf("the driver wrote %s after its %s", t.quoted(event), t.last)
	case event == results.EventBeat:
		return nil
	case event == results.EventError:
	case !ordered:
		return fmt.Errorf("the driver wrote an event that is not known: %s", t.quoted(event))
	case t.last != last && last == "":
		return fmt.Errorf("the driver wrote %q after %q", event, t.last)
	case t.last != last:
		return fmt.Errorf("the driver wrote %q without %q right before it", event, last)
	case event == results.EventStarted && !t.went.Load():
		return errors.New("the driver started its clock before it was told to")
	}
	t.last = event
	return nil
}

// beat is in ops, of which a step has depth.
func (t *Talk) beat(e Event) results.Event {
	depth := int64(t.depth())
	if e.Steps < 0 || e.Steps > mostSamples {
		return refused(fmt.Errorf("the driver wrote a beat of %d steps", e.Steps))
	}
	if err := t.checkSize(); err != nil {
		return refused(fmt.Errorf("the driver %w", err))
	}
	return results.Event{Event: results.EventBeat, Ops: e.Steps * depth, Attempts: e.Steps * depth}
}

func (t *Talk) depth() int { return max(t.spec.Point.Load.Depth, 1) }
