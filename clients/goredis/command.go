package goredis

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
	"respbench.dev/respbench/clients"
)

// Do sends a call that may wait in the server outside of an automatic pipeline,
// and waits for it without the library's time-out.
func (s session) Do(ctx context.Context, call clients.Call, into *clients.Answer) error {
	command, err := s.build(ctx, call)
	if err != nil {
		return err
	}
	to := s.c
	if call.Blocks {
		if to, err = s.client.patient(ctx, call); err != nil {
			return err
		}
	}
	return answer(command, to.Process(ctx, command), into)
}

// Transact needs no WATCH: TxPipelined is MULTI, the calls and EXEC.
func (s session) Transact(ctx context.Context, calls []clients.Call, into []clients.Answer) error {
	commands := make([]*redis.Cmd, len(calls))
	for i, call := range calls {
		var err error
		if commands[i], err = s.build(ctx, call); err != nil {
			return err
		}
	}
	_, failed := s.c.TxPipelined(ctx, func(p redis.Pipeliner) error {
		for _, command := range commands {
			_ = p.Process(ctx, command) // queued
		}
		return nil
	})
	var first, aborted error
	for i, command := range commands {
		err := answer(command, command.Err(), &into[i])
		if err != nil && strings.HasPrefix(err.Error(), "EXECABORT") {
			aborted = err // another was refused
			continue
		}
		first = cmp.Or(first, err)
	}
	if failed == redis.Nil {
		failed = nil // of one of them
	}
	return cmp.Or(first, aborted, failed)
}

// build says where the key is, for the library knows that of few commands.
func (s session) build(ctx context.Context, call clients.Call) (*redis.Cmd, error) {
	if len(call.Words) == 0 || call.Key < 0 || call.Key > math.MaxInt8 {
		return nil, fmt.Errorf("no command: %q with its key at %d", call.Words, call.Key)
	}
	words := make([]any, len(call.Words))
	for i, word := range call.Words {
		words[i] = word
	}
	command := redis.NewCmd(ctx, words...)
	command.SetFirstKeyPos(int8(call.Key))
	if s.keyless {
		command.SetFirstKeyPos(uncached)
	}
	return command, nil
}

func answer(command *redis.Cmd, err error, into *clients.Answer) error {
	into.Reset()
	switch err {
	case nil:
		return put(command.Val(), into)
	case redis.Nil:
		into.Shape = clients.Null
		return nil
	}
	return err
}

// put hands over what the library has made of a reply; text is not copied. An
// error within a list is returned when all of the list has been handed over.
func put(value any, into *clients.Answer) error {
	switch v := value.(type) {
	case nil:
		into.Shape = clients.Null
	case string:
		into.Shape, into.Text = clients.Text, v
	case int64:
		into.Shape, into.Int = clients.Int, v
	case bool:
		into.Shape = clients.Int
		if v {
			into.Int = 1
		}
	case float64:
		into.Shape, into.Text = clients.Text, number(v)
	case *big.Int:
		into.Shape, into.Text = clients.Text, v.String()
	case []any:
		return list(v, into)
	case map[any]any:
		return pairs(v, into)
	case error:
		return v
	default:
		return fmt.Errorf("the library answers with a %T", value)
	}
	return nil
}

func list(items []any, into *clients.Answer) error {
	into.Shape = clients.List
	var first error
	for _, item := range items {
		first = cmp.Or(first, put(item, into.Grow()))
	}
	return first
}

// pairs are in no order: the library has a Go map for them.
func pairs(entries map[any]any, into *clients.Answer) error {
	into.Shape = clients.List
	var first error
	for key, value := range entries {
		first = cmp.Or(first, put(key, into.Grow()))
		first = cmp.Or(first, put(value, into.Grow()))
	}
	return first
}

// number is a double as the server writes it, but for digits that are not
// needed to tell it from others.
func number(v float64) string {
	switch {
	case math.IsInf(v, 1):
		return "inf"
	case math.IsInf(v, -1):
		return "-inf"
	case math.IsNaN(v):
		return "nan"
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
