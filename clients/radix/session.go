package radix

import (
	"context"
	"errors"

	"github.com/mediocregopher/radix/v4"
	"github.com/mediocregopher/radix/v4/resp/resp3"
	"respbench.dev/respbench/clients"
)

// A shared session uses the client that all use. What replies go to is made for
// each call: the library may still write to it after a call was cancelled.
type shared struct{ client *client }

// A session has explicit pipelines, too.
type session struct{ shared }

func (s shared) Set(ctx context.Context, key string, v clients.Value) error {
	return s.client.do(ctx, radix.Cmd(nil, "SET", key, string(v)))
}

// Get tells a missing key from an empty value by the nil slice that the library
// makes of a null.
func (s shared) Get(ctx context.Context, key string, into *clients.Reply) error {
	var value []byte
	if err := s.client.do(ctx, radix.Cmd(&value, "GET", key)); err != nil {
		return err
	}
	take(value, into)
	return nil
}

func (s shared) Incr(ctx context.Context, key string) (int64, error) {
	var n int64
	if err := s.client.do(ctx, radix.Cmd(&n, "INCR", key)); err != nil {
		return 0, err
	}
	return n, nil
}

// Pipeline hands over what the server has answered beside an error of its own.
func (s session) Pipeline(ctx context.Context, commands []clients.Command) error {
	values := make([][]byte, len(commands))
	p := radix.NewPipeline()
	for i := range commands {
		if c := &commands[i]; c.IsGet {
			p.Append(radix.Cmd(&values[i], "GET", c.Key))
		} else {
			p.Append(radix.Cmd(nil, "SET", c.Key, string(c.Value)))
		}
	}
	err := s.client.do(ctx, p)
	if err != nil && serversOwn(err) == nil {
		return err
	}
	for i := range commands {
		if commands[i].IsGet {
			take(values[i], &commands[i].Reply)
		}
	}
	return err
}

func (shared) Close() error { return nil }

func take(value []byte, into *clients.Reply) {
	if value == nil {
		into.Miss()
	} else {
		into.Bytes(value)
	}
}

// do bounds what the library would wait for without end: a connection.
func (c *client) do(ctx context.Context, a radix.Action) error {
	ctx, cancel := context.WithTimeout(ctx, c.most)
	defer cancel()
	return serverText(c.c.Do(ctx, a))
}

// serverText takes off what the library has put before a server's error.
func serverText(err error) error {
	if own := serversOwn(err); own != nil {
		return own
	}
	return err
}

// serversOwn is the server's error within err; nil if there is none.
func serversOwn(err error) error {
	if e, ok := errors.AsType[resp3.SimpleError](err); ok {
		return e
	}
	if e, ok := errors.AsType[resp3.BlobError](err); ok {
		return e
	}
	return nil
}

var _ clients.Pipeliner = session{}
