package radix

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/mediocregopher/radix/v4"
	"respbench.dev/respbench/clients"
)

// Do sends a call that may wait in the server over a connection that it has to
// itself.
func (s shared) Do(ctx context.Context, call clients.Call, into *clients.Answer) error {
	if len(call.Words) == 0 || call.Key < 0 {
		return fmt.Errorf("no command: %q with its key at %d", call.Words, call.Key)
	}
	var got reply
	do := s.client.do
	if call.Blocks {
		do = s.client.wait
	}
	if err := do(ctx, command(&got, call)); err != nil {
		return err
	}
	*into = got.Answer
	return nil
}

// command says where the key is, for the library knows that of few commands. It
// keeps its words, which the library may still look at after a cancelled call.
func command(into *reply, call clients.Call) radix.Action {
	words := slices.Clone(call.Words)
	config := radix.CmdConfig{ActionProperties: func(string, ...string) radix.ActionProperties {
		p := radix.ActionProperties{CanRetry: true, CanPipeline: !call.Blocks, CanShareConn: !call.Blocks}
		if call.Key > 0 && call.Key < len(words) {
			p.Keys = words[call.Key : call.Key+1]
		}
		return p
	}}
	return config.Cmd(into, words[0], words[1:]...)
}

// Transact is the library's example: over one connection MULTI, each call, and
// EXEC, or DISCARD after an error, one after the other.
func (s shared) Transact(ctx context.Context, calls []clients.Call, into []clients.Answer) error {
	if len(calls) == 0 {
		return nil
	}
	got := make([]reply, len(calls))
	key := ""
	if first := calls[0]; first.Key > 0 && first.Key < len(first.Words) {
		key = first.Words[first.Key]
	}
	err := s.client.do(ctx, radix.WithConn(key, func(ctx context.Context, c radix.Conn) error {
		return transact(ctx, c, calls, got)
	}))
	if err != nil {
		return err
	}
	for i := range got {
		into[i] = got[i].Answer
	}
	return nil
}

func transact(ctx context.Context, c radix.Conn, calls []clients.Call, into []reply) (err error) {
	if err := c.Do(ctx, radix.Cmd(nil, "MULTI")); err != nil {
		return err
	}
	results := make(radix.Tuple, len(calls))
	for i, call := range calls {
		results[i] = &into[i]
		if err := c.Do(ctx, command(new(reply), call)); err != nil {
			_ = c.Do(ctx, radix.Cmd(nil, "DISCARD")) // err says more
			return err
		}
	}
	return c.Do(ctx, radix.Cmd(results, "EXEC"))
}

// A waiting action has all the time it needs as soon as it has a connection.
type waiting struct {
	radix.Action
	found func() bool
}

func (w waiting) Perform(ctx context.Context, c radix.Conn) error {
	w.found()
	return w.Action.Perform(ctx, c)
}

type waitKey struct{}

// waits reports whether ctx is of a call that the time-out does not end.
func waits(ctx context.Context) bool { return ctx.Value(waitKey{}) != nil }

// wait does what may wait in the server. Of the pool it waits for a connection
// as long as other calls do.
func (c *client) wait(ctx context.Context, a radix.Action) error {
	ctx, end := context.WithCancelCause(context.WithValue(ctx, waitKey{}, true))
	defer end(nil)
	search := time.AfterFunc(c.most, func() { end(context.DeadlineExceeded) })
	defer search.Stop()
	err := c.c.Do(ctx, waiting{a, search.Stop})
	if err != nil && context.Cause(ctx) == context.DeadlineExceeded {
		return fmt.Errorf("all connections of the pool wait in the server: %w", context.DeadlineExceeded)
	}
	return serverText(err)
}

var (
	_ clients.Commander  = shared{}
	_ clients.Transactor = shared{}
)
