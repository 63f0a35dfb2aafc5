package redigo

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/gomodule/redigo/redis"
	"respbench.dev/respbench/clients"
)

// command sends one that blocks without a read time-out: only the server ends
// it then.
func command(ctx context.Context, conn redis.Conn, call clients.Call, into *clients.Answer) error {
	var reply any
	var err error
	if name, args := call.Words[0], arguments(call); call.Blocks {
		reply, err = redis.DoWithTimeout(conn, 0, name, args...)
	} else {
		reply, err = do(ctx, conn, name, args...)
	}
	if err != nil {
		return err
	}
	return answer(into, reply)
}

// arguments are what a caller of the library writes down.
func arguments(call clients.Call) []any {
	args := make([]any, len(call.Words)-1)
	for i := range args {
		args[i] = call.Words[1+i]
	}
	return args
}

// answer returns the first error within a list when it has gone through it.
func answer(into *clients.Answer, reply any) error {
	into.Reset()
	switch v := reply.(type) {
	case nil:
		into.SetNull()
	case int64:
		into.SetInt(v)
	case string:
		into.SetText(v)
	case []byte:
		into.SetBytes(v)
	case []any:
		into.SetList()
		var first error
		for _, item := range v {
			first = cmp.Or(first, answer(into.Grow(), item))
		}
		return first
	case redis.Error:
		return v
	default:
		return fmt.Errorf("unexpected reply of type %T", reply)
	}
	return nil
}

// transact is the way of the library's example: Send, and Do for EXEC, which
// reads all replies.
func transact(ctx context.Context, conn redis.Conn, calls []clients.Call, into []clients.Answer) error {
	if err := conn.Send("MULTI"); err != nil {
		return err
	}
	for i := range calls {
		if err := conn.Send(calls[i].Words[0], arguments(calls[i])...); err != nil {
			return err
		}
	}
	reply, err := do(ctx, conn, "EXEC")
	replies, err := redis.Values(reply, err)
	switch {
	case errors.Is(err, redis.ErrNil):
		return errors.New("the transaction was aborted: a watched key has changed")
	case err != nil:
		return err
	case len(replies) != len(into):
		return fmt.Errorf("%d replies to a transaction of %d", len(replies), len(into))
	}
	var first error
	for i, reply := range replies {
		first = cmp.Or(first, answer(&into[i], reply))
	}
	return first
}
