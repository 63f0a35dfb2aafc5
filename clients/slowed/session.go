package slowed

import (
	"context"

	"respbench.dev/respbench/clients"
)

// A session is slow once a step: in its GETs alone, as a SET and a GET are one
// step, and in every other call, but for Listen, which is none.
type session struct {
	whole
	client *client
}

func (s *session) Get(ctx context.Context, key string, into *clients.Reply) error {
	s.client.step()
	return s.whole.Get(ctx, key, into)
}

func (s *session) Pipeline(ctx context.Context, commands []clients.Command) error {
	s.client.step()
	return s.whole.Pipeline(ctx, commands)
}

func (s *session) Incr(ctx context.Context, key string) (int64, error) {
	s.client.step()
	return s.whole.Incr(ctx, key)
}

func (s *session) Do(ctx context.Context, call clients.Call, into *clients.Answer) error {
	s.client.step()
	return s.whole.Do(ctx, call, into)
}

func (s *session) Transact(ctx context.Context, calls []clients.Call, into []clients.Answer) error {
	s.client.step()
	return s.whole.Transact(ctx, calls, into)
}

// pooling sessions acquire others that are as slow.
type pooling struct {
	*session
	of clients.Pooler
}

func (p *pooling) Acquire(ctx context.Context) (clients.Session, func(), error) {
	of, release, err := p.of.Acquire(ctx)
	if err != nil {
		return nil, nil, err
	}
	s, err := p.client.slow(of)
	if err != nil {
		release()
	}
	return s, release, err
}
