package scenarios

import (
	"context"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
)

func init() {
	register(Scenario{
		Name:        "get",
		Doc:         "What does reading alone cost, of keys that nobody writes?",
		Version:     1,
		Place:       5,
		Kinds:       []Kind{{Name: "get", Unit: "get", Reads: true, Commands: []string{"GET"}}},
		Load:        Load{Workers: 1},
		Uses:        []Use{Workers, DataSize, Keyspace, Keys, Conns},
		ReadsLoaded: true,
		Bind:        get,
	})
}

func get(s clients.Session, d *Data) (engine.Step, error) {
	reply := new(clients.Reply)
	return func(ctx context.Context) (kind, ops int, err error) {
		key, value := d.NextRead()
		reply.Reset()
		if err := s.Get(ctx, key, reply); err != nil {
			return 0, 1, err
		}
		return 0, 1, reply.Check(key, value)
	}, nil
}
