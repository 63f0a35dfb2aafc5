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

// A crew is goroutines that end when they are told to.
type crew struct {
	running sync.WaitGroup
	once    sync.Once
	over    chan struct{}
}

// await reports whether all have ended, in that time or before ctx ends.
func (c *crew) await(ctx context.Context, within time.Duration) bool {
	c.once.Do(func() {
		c.over = make(chan struct{})
		go func() {
			c.running.Wait()
			close(c.over)
		}()
	})
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	select {
	case <-c.over:
	case <-ctx.Done():
	}
	return c.ended()
}

// ended reports whether somebody has awaited the end, and it has come.
func (c *crew) ended() bool {
	select {
	case <-c.over:
		return true
	default:
		return false
	}
}

// receivers are the goroutines that take what the workers send.
type receivers struct {
	crew
	ending atomic.Bool // nothing more is sent
	given  atomic.Bool // up: what is left is left

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

// givingUp is how long receivers may take to see that what is left is left.
const givingUp = time.Second

// end lets the receivers take what is left, and returns when they have ended,
// or soon after the time they may take or the end of ctx. It waits only once.
func (r *receivers) end(ctx context.Context, within time.Duration) error {
	r.ending.Store(true)
	if !r.given.Load() && !r.await(ctx, within) {
		r.given.Store(true)
		r.await(ctx, givingUp)
	}
	if !r.ended() {
		return errors.Join(errors.New("receivers still wait for replies"), r.firstErr())
	}
	return nil
}

// calls count one command of the scenario's own goroutines.
type calls struct {
	done, tried atomic.Int64
	unsure      atomic.Int64 // failed, and may be done all the same
}

func (c *calls) do(ctx context.Context, s clients.Commander, call clients.Call, into *clients.Answer) error {
	c.tried.Add(1)
	err := s.Do(ctx, call, into)
	switch {
	case err == nil:
		c.done.Add(1)
	case mayBeDone(err):
		c.unsure.Add(1)
	}
	return err
}

// mayBeDone tells a reply that was lost from a server that refused.
func mayBeDone(err error) bool {
	switch clients.Classify(err) {
	case clients.Timeout, clients.Reset, clients.Other:
		return true
	}
	return false
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
