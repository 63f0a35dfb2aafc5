// Package slowed makes a client slower by a known amount: the proof that a
// comparison sees what it should. No build that users get has it.
package slowed

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"respbench.dev/respbench/clients"
)

// Of returns the first variant of a library with each of the faults, as the
// variants of a hidden library "slowed". One that does nothing comes first: it
// costs what the wrapping costs, so what the others cost more is the fault.
func Of(l clients.Library, faults ...Fault) clients.Library {
	slow := clients.Library{Name: "slowed", Module: l.Module}
	for _, f := range append([]Fault{None}, faults...) {
		slow.Variants = append(slow.Variants, variant(l, f))
	}
	return slow
}

func variant(l clients.Library, f Fault) clients.Variant {
	v := l.Variants[0]
	open := v.Open
	v.Name, v.Hidden, v.Has.Cache = f.Name, true, false
	v.Doc = l.Name + ", slowed by " + f.Name
	v.Open = func(ctx context.Context, t clients.Target) (clients.Client, error) {
		c, err := open(ctx, t)
		if err != nil {
			return nil, err
		}
		return &client{Client: c, fault: f}, nil
	}
	return v
}

type client struct {
	clients.Client
	fault Fault
	steps atomic.Int64 // of all sessions, so that exactly each Part.Every-th is hit
}

func (c *client) Session(ctx context.Context) (clients.Session, error) {
	of, err := c.Client.Session(ctx)
	if err != nil {
		return nil, err
	}
	return c.slow(of)
}

// whole is what the first variant of every library has.
type whole interface {
	clients.Session
	clients.Pipeliner
	clients.Counter
	clients.Commander
	clients.Transactor
	clients.Listener
}

var needed = clients.Capabilities{Pipeline: true, Count: true, Command: true, Transaction: true, Listen: true}

// slow returns a session that has what of has, but for a cache.
func (c *client) slow(of clients.Session) (clients.Session, error) {
	all, ok := of.(whole)
	if !ok {
		have := clients.CapabilitiesOf(of)
		return nil, fmt.Errorf("a session without %s cannot be slowed", have.Lacks(needed))
	}
	s := &session{all, c}
	if p, pools := of.(clients.Pooler); pools {
		return &pooling{s, p}, nil
	}
	return s, nil
}

// step is called once a step.
func (c *client) step() {
	n := c.steps.Add(1)
	for _, p := range c.fault.Parts {
		if p.due(n) {
			p.pass()
		}
	}
}

// due reports whether the n-th step is hit.
func (p Part) due(n int64) bool { return n%p.Every == 0 }

func (p Part) pass() {
	if p.Waits {
		time.Sleep(p.Delay)
		return
	}
	for from := time.Now(); time.Since(from) < p.Delay; { // a sleep would give the CPU away
	}
}
