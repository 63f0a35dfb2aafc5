package scenarios

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"respbench.dev/respbench/clients"
)

const (
	// A receiver waits after a failure, twice as long after each further one.
	firstRest   = time.Millisecond
	longestRest = 100 * time.Millisecond
)

// receivers are the goroutines that take what the workers send.
type receivers struct {
	running sync.WaitGroup
	ending  atomic.Bool // nothing more is sent
	given   atomic.Bool // up: what is left is left

	mu    sync.Mutex
	first error
}

// A take receives what there is, or tells that for a moment nothing came.
type take func(context.Context) (some bool, err error)

// start runs a receiver until nothing comes any more, or ctx ends.
func (r *receivers) start(ctx context.Context, take take) {
	r.running.Go(func() {
		rest := firstRest
		for !r.given.Load() {
			some, err := take(ctx)
			switch {
			case ctx.Err() != nil:
				return
			case err != nil:
				r.fail(err)
				time.Sleep(rest)
				rest = min(2*rest, longestRest)
			case !some && r.ending.Load():
				return
			default:
				rest = firstRest
			}
		}
	})
}

func (r *receivers) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.first == nil {
		r.first = err
	}
}

// firstErr is the first failure of a receiver, or nil.
func (r *receivers) firstErr() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.first
}

// end lets the receivers take what is left, and returns when they have ended,
// or soon after the time they may take.
func (r *receivers) end(within time.Duration) error {
	r.ending.Store(true)
	ended := make(chan struct{})
	go func() {
		r.running.Wait()
		close(ended)
	}()
	for _, patience := range []time.Duration{within, time.Second} {
		select {
		case <-ended:
			return nil
		case <-time.After(patience):
			r.given.Store(true)
		}
	}
	return errors.Join(fmt.Errorf("receivers still waited for replies %v after the last message was sent", within), r.firstErr())
}

// calls count one command of the scenario's own goroutines.
type calls struct{ done, tried atomic.Int64 }

func (c *calls) do(ctx context.Context, s clients.Commander, call clients.Call, into *clients.Answer) error {
	c.tried.Add(1)
	err := s.Do(ctx, call, into)
	if err == nil {
		c.done.Add(1)
	}
	return err
}

func (c *calls) sent() Sent { return Sent{Done: c.done.Load(), Tried: c.tried.Load()} }

// mostFailing is the share of a receiver's commands that may fail.
const mostFailing = 0.01

// err says that too many have failed, or is nil.
func (c *calls) err(command string, first error) error {
	s := c.sent()
	if float64(s.Tried-s.Done) <= mostFailing*float64(s.Tried) {
		return nil
	}
	return fmt.Errorf("%d of %d %s of the receivers failed, at first: %w", s.Tried-s.Done, s.Tried, command, first)
}

// commander is a session that sends any command.
func commander(s clients.Session) (clients.Commander, error) {
	c, ok := s.(clients.Commander)
	if !ok {
		return nil, fmt.Errorf("any command is not offered by %T", s)
	}
	return c, nil
}
