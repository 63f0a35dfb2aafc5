// Code generated from clients/rueidis by gen_test.go, with -update. DO NOT EDIT.

package valkey

import (
	"cmp"
	"context"

	"github.com/valkey-io/valkey-go"
	"respbench.dev/respbench/clients"
)

// A session sends over whatever it was given: the client that all sessions
// share, or a connection that was taken out of its pool.
type session struct{ c valkey.CoreClient }

func (s session) Set(ctx context.Context, key string, v clients.Value) error {
	return s.c.Do(ctx, s.c.B().Set().Key(key).Value(string(v)).Build()).Error()
}

func (s session) Get(ctx context.Context, key string, into *clients.Reply) error {
	return take(s.c.Do(ctx, s.c.B().Get().Key(key).Build()), into)
}

func (s session) Incr(ctx context.Context, key string) (int64, error) {
	return s.c.Do(ctx, s.c.B().Incr().Key(key).Build()).AsInt64()
}

// Pipeline makes a new slice for each flush, as the README does: valkey may
// still hold one whose context was cancelled.
func (s session) Pipeline(ctx context.Context, commands []clients.Command) error {
	batch := make(valkey.Commands, 0, len(commands))
	for i := range commands {
		if c := &commands[i]; c.IsGet {
			batch = append(batch, s.c.B().Get().Key(c.Key).Build())
		} else {
			batch = append(batch, s.c.B().Set().Key(c.Key).Value(string(c.Value)).Build())
		}
	}
	var first error
	for i, result := range s.c.DoMulti(ctx, batch...) {
		first = cmp.Or(first, reply(result, &commands[i]))
	}
	return first
}

func (s session) Close() error { return nil }

func reply(r valkey.ValkeyResult, c *clients.Command) error {
	if c.IsGet {
		return take(r, &c.Reply)
	}
	return r.Error()
}

// take hands over the string that the library has read; it is not copied.
func take(r valkey.ValkeyResult, into *clients.Reply) error {
	text, err := r.ToString()
	switch {
	case err == nil:
		into.String(text)
	case valkey.IsValkeyNil(err):
		into.Miss()
		return nil
	}
	return err
}
