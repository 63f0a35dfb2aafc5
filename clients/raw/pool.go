package raw

import (
	"cmp"
	"context"

	"respbench.dev/respbench/clients"
)

// connsPerProc is how many connections a pool has for each of GOMAXPROCS where
// no number is asked for.
const connsPerProc = 10

func openPool(_ context.Context, t clients.Target) (clients.Client, error) {
	size := max(cmp.Or(t.Conns, connsPerProc*t.Procs), 1)
	p := &pool{client: newClient(t), idle: make(chan *member, size), spare: make(chan *member, size)}
	for range size {
		m := &member{session: newSession(p.client)}
		m.release = func() { p.give(m) }
		p.spare <- m
	}
	return p, nil
}

// A pool dials when nothing is idle, up to its size. Its connections are given
// out in turns.
type pool struct {
	*client
	idle  chan *member // connections that nobody uses
	spare chan *member // that are yet to be dialled
}

// A member is a connection of a pool.
type member struct {
	session *session
	release func()
}

func (p *pool) Session(context.Context) (clients.Session, error) {
	return &poolSession{pool: p, replies: newReplies()}, nil
}

func (p *pool) Resolved() clients.Settings {
	s := p.client.Resolved()
	s.Conns = cap(p.idle)
	return s
}

// take waits for a connection that is free, and dials it if need be.
func (p *pool) take(ctx context.Context) (*member, error) {
	m, err := p.free(ctx)
	if err != nil {
		return nil, err
	}
	if err := m.session.connect(ctx); err != nil {
		p.put(m)
		return nil, err
	}
	return m, nil
}

// free prefers what is dialled already.
func (p *pool) free(ctx context.Context) (*member, error) {
	select {
	case m := <-p.idle:
		return m, nil
	default:
	}
	select {
	case m := <-p.idle:
		return m, nil
	case m := <-p.spare:
		return m, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (p *pool) give(m *member) {
	m.session.endStray()
	p.put(m)
}

func (p *pool) put(m *member) {
	if m.session.conn == nil {
		p.spare <- m
	} else {
		p.idle <- m
	}
}

// endStray closes a connection on which something came that nobody has asked
// for: whoever takes it next must not get that.
func (s *session) endStray() {
	if s.reader.Buffered() > 0 {
		_ = s.hangUp()
	}
}
