package redigo

import (
	"cmp"
	"context"

	"github.com/gomodule/redigo/redis"
	"respbench.dev/respbench/clients"
)

func set(ctx context.Context, conn redis.Conn, key string, v clients.Value) error {
	_, err := do(ctx, conn, "SET", key, string(v))
	return err
}

func get(ctx context.Context, conn redis.Conn, key string, into *clients.Reply) error {
	reply, err := do(ctx, conn, "GET", key)
	return take(into, reply, err)
}

// do uses DoContext only with a context that can end: it starts a goroutine
// for every command.
func do(ctx context.Context, conn redis.Conn, command string, args ...any) (any, error) {
	if ctx.Done() == nil {
		return conn.Do(command, args...)
	}
	return redis.DoContext(conn, ctx, command, args...)
}

func receive(ctx context.Context, conn redis.Conn) (any, error) {
	if ctx.Done() == nil {
		return conn.Receive()
	}
	return redis.ReceiveContext(conn, ctx)
}

// pipeline reads on after a server error; a broken connection ends it.
func pipeline(ctx context.Context, conn redis.Conn, commands []clients.Command) error {
	if err := send(conn, commands); err != nil {
		return err
	}
	var first error
	for i := range commands {
		reply, err := receive(ctx, conn)
		if commands[i].IsGet {
			err = take(&commands[i].Reply, reply, err)
		}
		if first = cmp.Or(first, err); err != nil && conn.Err() != nil {
			break
		}
	}
	return first
}

func send(conn redis.Conn, commands []clients.Command) (err error) {
	for i := range commands {
		if c := &commands[i]; c.IsGet {
			err = conn.Send("GET", c.Key)
		} else {
			err = conn.Send("SET", c.Key, string(c.Value))
		}
		if err != nil {
			return err
		}
	}
	return conn.Flush()
}

// take hands over the bytes that the library has read.
func take(into *clients.Reply, reply any, err error) error {
	body, err := redis.Bytes(reply, err)
	switch err {
	case nil:
		into.Bytes(body)
	case redis.ErrNil:
		into.Miss()
		return nil
	}
	return err
}
