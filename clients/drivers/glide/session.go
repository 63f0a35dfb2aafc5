package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	glide "github.com/valkey-io/valkey-glide/go/v2"
	"github.com/valkey-io/valkey-glide/go/v2/pipeline"
	"respbench.dev/respbench/clients"
)

type session struct {
	client  *client
	waiting *glide.Client // its own client for calls that may wait in the server; nil: none so far
}

func (s *session) Set(ctx context.Context, key string, v clients.Value) error {
	_, err := s.client.core.Set(ctx, key, string(v))
	return plain(err)
}

func (s *session) Get(ctx context.Context, key string, into *clients.Reply) error {
	value, err := s.client.core.Get(ctx, key)
	switch {
	case err != nil:
		return plain(err)
	case value.IsNil():
		into.Miss()
	default:
		into.String(value.Value())
	}
	return nil
}

func (s *session) Incr(ctx context.Context, key string) (int64, error) {
	n, err := s.client.core.Incr(ctx, key)
	return n, plain(err)
}

// Pipeline is a batch that is not atomic.
func (s *session) Pipeline(ctx context.Context, commands []clients.Command) error {
	b := pipeline.NewStandaloneBatch(false)
	for i := range commands {
		if c := &commands[i]; c.IsGet {
			b.Get(c.Key)
		} else {
			b.Set(c.Key, string(c.Value))
		}
	}
	replies, err := s.exec(ctx, b, len(commands))
	if err != nil {
		return err
	}
	var first error
	for i, reply := range replies {
		if err, failed := reply.(error); failed {
			first = cmp.Or(first, plain(err))
		} else if commands[i].IsGet {
			first = cmp.Or(first, take(reply, &commands[i].Reply))
		}
	}
	return first
}

func take(reply any, into *clients.Reply) error {
	switch value := reply.(type) {
	case nil:
		into.Miss()
	case string:
		into.String(value)
	default:
		return fmt.Errorf("the library answers a GET with a %T", reply)
	}
	return nil
}

// exec wants each command's own error beside the replies.
func (s *session) exec(ctx context.Context, b *pipeline.StandaloneBatch, commands int) ([]any, error) {
	replies, err := s.client.core.Exec(ctx, *b, false)
	switch {
	case err != nil:
		return nil, plain(err)
	case len(replies) != commands:
		return nil, fmt.Errorf("%d replies to a batch of %d", len(replies), commands)
	}
	return replies, nil
}

// Do sends a call that may wait in the server through a client of its own: it
// would hold up the others.
func (s *session) Do(ctx context.Context, call clients.Call, into *clients.Answer) error {
	to := s.client.core
	if call.Blocks {
		if s.waiting == nil {
			patient := s.client.target
			patient.Timeout = forever
			own, err := dial(patient)
			if err != nil {
				return err
			}
			s.waiting = own
		}
		to = s.waiting
	}
	reply, err := to.CustomCommand(ctx, slices.Clone(call.Words))
	if err != nil {
		return plain(err)
	}
	into.Reset()
	return put(reply, into)
}

// Transact is an atomic batch.
func (s *session) Transact(ctx context.Context, calls []clients.Call, into []clients.Answer) error {
	b := pipeline.NewStandaloneBatch(true)
	for _, call := range calls {
		b.CustomCommand(slices.Clone(call.Words))
	}
	replies, err := s.exec(ctx, b, len(calls))
	if err != nil {
		return err
	}
	var first error
	for i, reply := range replies {
		into[i].Reset()
		first = cmp.Or(first, put(reply, &into[i]))
	}
	return first
}

func (s *session) Close() error {
	if s.waiting != nil {
		s.waiting.Close()
		s.waiting = nil
	}
	return nil
}

var (
	_ clients.Pipeliner  = (*session)(nil)
	_ clients.Counter    = (*session)(nil)
	_ clients.Commander  = (*session)(nil)
	_ clients.Transactor = (*session)(nil)
)
