package goredis

import (
	"cmp"
	"context"

	"github.com/redis/go-redis/v9"
	"respbench.dev/respbench/clients"
)

type session struct {
	c       sender
	client  *client
	keyless bool // all keys are hidden from the library, which has a cache
}

func (s session) Set(ctx context.Context, key string, v clients.Value) error {
	return s.c.Set(ctx, key, string(v), 0).Err()
}

func (s session) Get(ctx context.Context, key string, into *clients.Reply) error {
	return take(s.c.Get(ctx, key), into)
}

func (s session) Pipeline(ctx context.Context, commands []clients.Command) error {
	pipe := s.c.Pipeline()
	for i := range commands {
		if c := &commands[i]; c.IsGet {
			pipe.Get(ctx, c.Key)
		} else {
			pipe.Set(ctx, c.Key, string(c.Value), 0)
		}
	}
	replies, err := pipe.Exec(ctx)
	if err == redis.Nil {
		err = nil // a missing key is not an error here, but one may follow it
	}
	for i, reply := range replies {
		if get, ok := reply.(*redis.StringCmd); ok {
			err = cmp.Or(err, take(get, &commands[i].Reply))
		} else {
			err = cmp.Or(err, reply.Err())
		}
	}
	return err
}

func (s session) Incr(ctx context.Context, key string) (int64, error) {
	return s.c.Incr(ctx, key).Result()
}

func (s session) Close() error { return nil }

func take(reply *redis.StringCmd, into *clients.Reply) error {
	text, err := reply.Result()
	switch err {
	case nil:
		into.String(text)
	case redis.Nil:
		into.Miss()
		return nil
	}
	return err
}
