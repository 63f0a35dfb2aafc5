package trial

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/results"
)

// errOwnerGone is what waiting for go returns when stdin has ended.
var errOwnerGone = errors.New("stdin ended before go")

// A conversation is one executor's with its owner.
type conversation struct {
	orders  *bufio.Scanner
	mu      sync.Mutex // beats come from a goroutine of their own
	events  *json.Encoder
	abandon func()
}

// abandonAfter is how long after the end of stdin the trial may still take.
const abandonAfter = 2 * time.Second

// An Execution executes one spec as Execute does.
type Execution func(context.Context, results.Spec, results.Access, Hooks) (*results.Measured, error)

// Serve executes one trial through one of the libraries, as orders on stdin
// tell, and writes events to stdout. The end of stdin stops it; where a
// library's call does not return, abandon is called, which should end the
// process.
func Serve(stdin io.Reader, stdout io.Writer, libraries []clients.Library, abandon func()) error {
	return ServeBy(stdin, stdout, func(ctx context.Context, spec results.Spec, access results.Access, hooks Hooks) (*results.Measured, error) {
		return Execute(ctx, libraries, spec, access, hooks)
	}, abandon)
}

// ServeBy is Serve of another execution.
func ServeBy(stdin io.Reader, stdout io.Writer, execute Execution, abandon func()) error {
	c := &conversation{orders: bufio.NewScanner(stdin), events: json.NewEncoder(stdout), abandon: abandon}
	c.orders.Buffer(nil, 1<<20)
	record, err := c.execute(execute)
	if err != nil {
		c.send(results.Event{Event: results.EventError, Error: err.Error()})
		return err
	}
	c.send(results.Event{Event: results.EventRecord, Record: record})
	return nil
}

func (c *conversation) execute(execute Execution) (*results.Measured, error) {
	var spec results.Spec
	var access results.Access
	if o, err := c.order(); err != nil || o.Spec == nil {
		return nil, fmt.Errorf("expected a spec: %w", orMissing(err))
	} else {
		spec = *o.Spec
	}
	if o, err := c.order(); err != nil || o.Access == nil {
		return nil, fmt.Errorf("expected an access: %w", orMissing(err))
	} else {
		access = *o.Access
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	finished := make(chan struct{})
	defer close(finished)
	start := make(chan error, 1)
	go func() {
		start <- c.awaitGo()
		_, _ = c.order() // nothing more is ordered: this returns when stdin ends
		cancel()
		select {
		case <-finished:
		case <-time.After(abandonAfter):
			c.abandon()
		}
	}()
	record, err := execute(ctx, spec, access, c.hooks(start))
	if err != nil {
		return nil, errors.New(storable(access, err))
	}
	return record, nil
}

func (c *conversation) hooks(start <-chan error) Hooks {
	return Hooks{
		Ready: func() error {
			c.send(results.Event{Event: results.EventReady})
			return <-start
		},
		Started: func() { c.send(results.Event{Event: results.EventStarted}) },
		Ended:   func() { c.send(results.Event{Event: results.EventEnded}) },
		Beat:    c.send,
	}
}

func (c *conversation) awaitGo() error {
	o, err := c.order()
	if err == nil && !o.Go {
		err = errors.New("expected go")
	}
	return err
}

func (c *conversation) order() (results.Order, error) {
	if !c.orders.Scan() {
		if err := c.orders.Err(); err != nil {
			return results.Order{}, err
		}
		return results.Order{}, errOwnerGone
	}
	return results.ReadOrder(c.orders.Bytes())
}

// send writes one event. If nobody reads it any more, stdin has ended too.
func (c *conversation) send(e results.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.events.Encode(e)
}

func orMissing(err error) error {
	if err == nil {
		return errors.New("another order came")
	}
	return err
}
