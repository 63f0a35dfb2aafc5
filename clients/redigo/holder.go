package redigo

import (
	"context"

	"github.com/gomodule/redigo/redis"
	"respbench.dev/respbench/clients"
)

// A holder keeps one connection for its calls, and opens another after an error
// that broke it.
type holder struct {
	target clients.Target
	open   func(context.Context) (redis.Conn, error)
	conn   redis.Conn // nil: open on the next call
}

func (h *holder) Set(ctx context.Context, key string, v clients.Value) error {
	if err := h.connect(ctx); err != nil {
		return err
	}
	return h.checked(set(ctx, h.conn, key, v))
}

func (h *holder) Get(ctx context.Context, key string, into *clients.Reply) error {
	if err := h.connect(ctx); err != nil {
		return err
	}
	return h.checked(get(ctx, h.conn, key, into))
}

func (h *holder) Pipeline(ctx context.Context, commands []clients.Command) error {
	if err := h.connect(ctx); err != nil {
		return err
	}
	return h.checked(pipeline(ctx, h.conn, commands))
}

func (h *holder) Incr(ctx context.Context, key string) (int64, error) {
	if err := h.connect(ctx); err != nil {
		return 0, err
	}
	count, err := redis.Int64(do(ctx, h.conn, "INCR", key))
	return count, h.checked(err)
}

func (h *holder) Do(ctx context.Context, call clients.Call, into *clients.Answer) error {
	if err := h.connect(ctx); err != nil {
		return err
	}
	return h.checked(command(ctx, h.conn, call, into))
}

func (h *holder) Transact(ctx context.Context, calls []clients.Call, into []clients.Answer) error {
	if err := h.connect(ctx); err != nil {
		return err
	}
	return h.checked(transact(ctx, h.conn, calls, into))
}

func (h *holder) Listen(ctx context.Context, channel string, ready func(), message func(string)) error {
	return listen(ctx, h.target, channel, ready, message)
}

// Close is for who makes the calls: a pool's connection goes back to it, any
// other is closed.
func (h *holder) Close() error {
	if h.conn == nil {
		return nil
	}
	conn := h.conn
	h.conn = nil
	return conn.Close()
}

func (h *holder) connect(ctx context.Context) error {
	if h.conn != nil {
		return nil
	}
	conn, err := h.open(ctx)
	if err == nil { // a pool returns a connection beside an error
		h.conn = conn
	}
	return err
}

// checked passes err on and gives up a connection that it broke.
func (h *holder) checked(err error) error {
	if err != nil && h.conn.Err() != nil {
		_ = h.Close()
	}
	return err
}
