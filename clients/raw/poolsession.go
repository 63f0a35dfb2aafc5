package raw

import (
	"context"

	"respbench.dev/respbench/clients"
)

// A poolSession takes a connection for each call. What was read stays with it
// when the connection goes to others: the two swap their memory.
type poolSession struct {
	pool *pool
	replies
}

func (s *poolSession) give(m *member) {
	m.session.endStray()
	s.replies, m.session.replies = m.session.replies, s.replies
	m.session.reader.Reset(m.session.conn)
	s.pool.put(m)
}

func (s *poolSession) Set(ctx context.Context, key string, v clients.Value) error {
	m, err := s.pool.take(ctx)
	if err != nil {
		return err
	}
	defer s.give(m)
	return m.session.Set(ctx, key, v)
}

func (s *poolSession) Get(ctx context.Context, key string, into *clients.Reply) error {
	m, err := s.pool.take(ctx)
	if err != nil {
		return err
	}
	defer s.give(m)
	return m.session.Get(ctx, key, into)
}

func (s *poolSession) Pipeline(ctx context.Context, commands []clients.Command) error {
	m, err := s.pool.take(ctx)
	if err != nil {
		return err
	}
	defer s.give(m)
	return m.session.Pipeline(ctx, commands)
}

func (s *poolSession) Incr(ctx context.Context, key string) (int64, error) {
	m, err := s.pool.take(ctx)
	if err != nil {
		return 0, err
	}
	defer s.give(m)
	return m.session.Incr(ctx, key)
}

func (s *poolSession) Do(ctx context.Context, call clients.Call, into *clients.Answer) error {
	m, err := s.pool.take(ctx)
	if err != nil {
		return err
	}
	defer s.give(m)
	return m.session.Do(ctx, call, into)
}

func (s *poolSession) Transact(ctx context.Context, calls []clients.Call, into []clients.Answer) error {
	m, err := s.pool.take(ctx)
	if err != nil {
		return err
	}
	defer s.give(m)
	return m.session.Transact(ctx, calls, into)
}

func (s *poolSession) Listen(ctx context.Context, channel string, ready func(), message func(string)) error {
	return s.pool.listen(ctx, channel, ready, message)
}

func (s *poolSession) Acquire(ctx context.Context) (clients.Session, func(), error) {
	m, err := s.pool.take(ctx)
	if err != nil {
		return nil, nil, err
	}
	return m.session, m.release, nil
}

// Close leaves the connections to the client.
func (s *poolSession) Close() error { return nil }
