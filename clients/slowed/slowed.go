// Package slowed makes a client slower by a known amount: the proof that a
// comparison sees what it should. No build that users get has it.
package slowed

import (
	"context"
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
	v.Name, v.Hidden = f.Name, true
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
	s := &session{of, c}
	p, pipelines := of.(clients.Pipeliner)
	n, counts := of.(clients.Counter)
	switch {
	case pipelines && counts:
		return struct {
			*session
			pipeliner
			counter
		}{s, pipeliner{p, c}, counter{n, c}}, nil
	case pipelines:
		return struct {
			*session
			pipeliner
		}{s, pipeliner{p, c}}, nil
	case counts:
		return struct {
			*session
			counter
		}{s, counter{n, c}}, nil
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

// A session is slow in its GETs alone: a SET and a GET are one step.
type session struct {
	clients.Session
	client *client
}

func (s *session) Get(ctx context.Context, key string, into *clients.Reply) error {
	s.client.step()
	return s.Session.Get(ctx, key, into)
}

type pipeliner struct {
	of     clients.Pipeliner
	client *client
}

func (p pipeliner) Pipeline(ctx context.Context, commands []clients.Command) error {
	p.client.step()
	return p.of.Pipeline(ctx, commands)
}

type counter struct {
	of     clients.Counter
	client *client
}

func (c counter) Incr(ctx context.Context, key string) (int64, error) {
	c.client.step()
	return c.of.Incr(ctx, key)
}
