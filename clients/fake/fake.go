// Package fake is a client without a server: it costs next to nothing, so that
// the harness itself can be measured and tested. It never dials.
package fake

import (
	"context"

	"respbench.dev/respbench/clients"
)

// Library is the fake as it should be, and the ways in which a client can
// misbehave.
var Library = clients.Library{
	Name: "fake",
	Variants: []clients.Variant{
		variant("default", "answers from memory", nil),
		variant("panic", "panics in the hundredth call of a session", panics),
		variant("error", "fails every call", fails),
		variant("slow", "takes a millisecond for a call", slow),
		variant("mismatch", "answers every GET with something else", mismatch),
		variant("hang", "never returns from a call", hangs),
	},
}

// New returns a client whose sessions know the keys that they set themselves
// and those that load knows, which may be nil.
func New(load func(key string) (clients.Value, bool)) clients.Client {
	return &client{load: load}
}

func variant(name, doc string, misbehave func(*session) clients.Session) clients.Variant {
	return clients.Variant{
		Name:   name,
		Doc:    doc,
		Hidden: true,
		Has:    clients.Capabilities{Pipeline: true, Count: true, Command: true, Transaction: true, Listen: true, Pool: true},
		Open: func(_ context.Context, t clients.Target) (clients.Client, error) {
			return &client{remember: t.Depth, misbehave: misbehave}, nil
		},
	}
}

type client struct {
	load      func(key string) (clients.Value, bool)
	remember  int // keys that a session should know at least
	misbehave func(*session) clients.Session
}

func (c *client) Session(context.Context) (clients.Session, error) {
	const usual = 64
	s := &session{load: c.load, recent: make([]entry, max(usual, c.remember)), counts: make(map[string]int64)}
	if c.misbehave != nil {
		return c.misbehave(s), nil
	}
	return s, nil
}

func (c *client) Resolved() clients.Settings { return clients.Settings{} }

func (c *client) Close() error { return nil }

// A session remembers what it set last: a worker asks for nothing else.
type session struct {
	load   func(key string) (clients.Value, bool)
	recent []entry // a ring
	newest int     // index in recent
	counts map[string]int64
}

type entry struct {
	key   string
	value clients.Value
}

func (s *session) Set(_ context.Context, key string, v clients.Value) error {
	if s.newest++; s.newest == len(s.recent) {
		s.newest = 0
	}
	s.recent[s.newest] = entry{key, v}
	return nil
}

func (s *session) Get(_ context.Context, key string, into *clients.Reply) error {
	if newest := &s.recent[s.newest]; newest.key == key {
		into.Bytes(newest.value.Bytes())
		return nil
	}
	if v, ok := s.lookUp(key); ok {
		into.Bytes(v.Bytes())
	} else {
		into.Miss()
	}
	return nil
}

// lookUp goes from the newest to the oldest, so that the last SET of a key counts.
func (s *session) lookUp(key string) (clients.Value, bool) {
	for i := range s.recent {
		at := s.newest - i
		if at < 0 {
			at += len(s.recent)
		}
		if s.recent[at].key == key {
			return s.recent[at].value, true
		}
	}
	if s.load == nil {
		return "", false
	}
	return s.load(key)
}

func (s *session) Pipeline(ctx context.Context, commands []clients.Command) error {
	return pipeline(ctx, s, commands)
}

func (s *session) Incr(_ context.Context, key string) (int64, error) {
	s.counts[key]++
	return s.counts[key], nil
}

func (s *session) Close() error { return nil }

// Do answers OK to everything.
func (s *session) Do(_ context.Context, _ clients.Call, into *clients.Answer) error {
	into.SetText("OK")
	return nil
}

func (s *session) Transact(_ context.Context, _ []clients.Call, into []clients.Answer) error {
	for i := range into {
		into[i].SetText("OK")
	}
	return nil
}

// Listen hears nothing.
func (s *session) Listen(ctx context.Context, _ string, ready func(), _ func(string)) error {
	ready()
	<-ctx.Done()
	return nil
}

func (s *session) Acquire(context.Context) (clients.Session, func(), error) { return s, func() {}, nil }

// pipeline sends commands one by one, so that a fault hits each of them.
func pipeline(ctx context.Context, s clients.Session, commands []clients.Command) error {
	var first error
	for i := range commands {
		var err error
		c := &commands[i]
		if c.IsGet {
			err = s.Get(ctx, c.Key, &c.Reply)
		} else {
			err = s.Set(ctx, c.Key, c.Value)
		}
		if first == nil {
			first = err
		}
	}
	return first
}
