package fake

import (
	"context"
	"errors"
	"time"

	"respbench.dev/respbench/clients"
)

// A faulty session runs before ahead of every command.
type faulty struct {
	*session
	before func() error
}

func (f *faulty) Set(ctx context.Context, key string, v clients.Value) error {
	if err := f.before(); err != nil {
		return err
	}
	return f.session.Set(ctx, key, v)
}

func (f *faulty) Get(ctx context.Context, key string, into *clients.Reply) error {
	if err := f.before(); err != nil {
		return err
	}
	return f.session.Get(ctx, key, into)
}

func (f *faulty) Incr(ctx context.Context, key string) (int64, error) {
	if err := f.before(); err != nil {
		return 0, err
	}
	return f.session.Incr(ctx, key)
}

func (f *faulty) Do(ctx context.Context, call clients.Call, into *clients.Answer) error {
	if err := f.before(); err != nil {
		return err
	}
	return f.session.Do(ctx, call, into)
}

func (f *faulty) Transact(ctx context.Context, calls []clients.Call, into []clients.Answer) error {
	if err := f.before(); err != nil {
		return err
	}
	return f.session.Transact(ctx, calls, into)
}

func (f *faulty) Acquire(context.Context) (clients.Session, func(), error) { return f, func() {}, nil }

func (f *faulty) Pipeline(ctx context.Context, commands []clients.Command) error {
	return pipeline(ctx, f, commands)
}

// ErrFake is what the variant "error" answers.
var ErrFake = errors.New("ERR this client always fails")

func fails(s *session) clients.Session {
	return &faulty{s, func() error { return ErrFake }}
}

func slow(s *session) clients.Session {
	return &faulty{s, func() error {
		time.Sleep(time.Millisecond)
		return nil
	}}
}

func hangs(s *session) clients.Session {
	return &faulty{s, func() error { select {} }}
}

func panics(s *session) clients.Session {
	calls := 0
	return &faulty{s, func() error {
		if calls++; calls == 100 {
			panic("the fake client panics in its hundredth call")
		}
		return nil
	}}
}

// A liar answers with a value that nobody has set. It counts as it should.
type liar struct{ *session }

func mismatch(s *session) clients.Session { return liar{s} }

func (l liar) Get(_ context.Context, _ string, into *clients.Reply) error {
	into.String("not what was set")
	return nil
}

func (l liar) Acquire(context.Context) (clients.Session, func(), error) { return l, func() {}, nil }

func (l liar) Pipeline(ctx context.Context, commands []clients.Command) error {
	return pipeline(ctx, l, commands)
}
