package scenarios

import (
	"context"
	"fmt"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
)

// The classic op: a SET, then a GET of the same key, the reply compared with
// what was set.
var setGetKinds = []Kind{{Name: "set+get", Unit: "set+get", Reads: true, Commands: []string{"SET", "GET"}}}

// setGet waits for each reply before it sends the next command.
func setGet(s clients.Session, d *Data) (engine.Step, error) {
	reply := new(clients.Reply)
	return func(ctx context.Context) (kind, ops int, err error) {
		return 0, 1, d.setGet(ctx, s, reply)
	}, nil
}

func (d *Data) setGet(ctx context.Context, s clients.Session, reply *clients.Reply) error {
	key, value := d.NextWrite()
	if err := s.Set(ctx, key, value); err != nil {
		return err
	}
	reply.Reset()
	if err := s.Get(ctx, key, reply); err != nil {
		return err
	}
	return d.check(reply, key, value)
}

// setGetFlush sends depth pairs in one explicit pipeline.
func setGetFlush(s clients.Session, d *Data) (engine.Step, error) {
	pipe, ok := s.(clients.Pipeliner)
	if !ok {
		return nil, fmt.Errorf("explicit pipelining is not offered by %T", s)
	}
	commands := make([]clients.Command, 2*d.depth)
	return func(ctx context.Context) (kind, ops int, err error) {
		for i := 0; i < len(commands); i += 2 {
			set, get := &commands[i], &commands[i+1]
			set.Key, set.Value = d.NextWrite()
			get.Key, get.Value, get.IsGet = set.Key, set.Value, true
			get.Reply.Reset()
		}
		if err := pipe.Pipeline(ctx, commands); err != nil {
			return 0, d.depth, err
		}
		for i := 1; i < len(commands); i += 2 {
			if err := d.check(&commands[i].Reply, commands[i].Key, commands[i].Value); err != nil {
				return 0, d.depth, err
			}
		}
		return 0, d.depth, nil
	}, nil
}
