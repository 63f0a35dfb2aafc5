package results

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// An Order is a line of JSON on an executor's stdin: one with the spec, one
// with the access, and, after it has said that it is ready, one that says go.
// The end of stdin tells it to stop.
type Order struct {
	Spec   *Spec   `json:"spec,omitempty"`
	Access *Access `json:"access,omitempty"`
	Go     bool    `json:"go,omitempty"`
}

// The events that an executor writes to its stdout, a line of JSON each.
const (
	EventBeat    = "beat"    // a few times a second, with counts
	EventReady   = "ready"   // warmed; waits for go
	EventStarted = "started" // the clock runs
	EventEnded   = "ended"   // the last step has returned, and what it left under way is done
	EventRecord  = "record"  // what was measured; the last event
	EventError   = "error"   // the trial could not be run; the last event
)

// An Event is one line from an executor.
type Event struct {
	Event    string `json:"event"`
	Ops      int64  `json:"ops,omitempty"` // beat: so far in this phase
	Attempts int64  `json:"attempts,omitempty"`
	Errors   int64  `json:"errors,omitempty"`
	Opened   int    `json:"opened,omitempty"` // beat: sessions, before the warm-up
	// Ends are the connections dialled so far, the far address by our own: of a
	// trial in which they are to be closed, whenever there are new ones.
	Ends   map[string]string `json:"ends,omitempty"`
	Record *Measured         `json:"record,omitempty"`
	Error  string            `json:"error,omitempty"`
}

// ReadOrder decodes one line for an executor. A field that it does not know, or
// another protocol, is refused: it would be measuring something else.
func ReadOrder(line []byte) (Order, error) {
	var o Order
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&o); err != nil {
		return o, fmt.Errorf("order: %w", err)
	}
	if o.Spec != nil && o.Spec.Protocol != Protocol {
		return o, fmt.Errorf("order: protocol %d, this executor speaks %d", o.Spec.Protocol, Protocol)
	}
	return o, nil
}
