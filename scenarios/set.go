package scenarios

import (
	"context"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
)

func init() {
	register(Scenario{
		Name:    "set",
		Doc:     "What does writing alone cost?",
		Version: 1,
		Place:   6,
		Kinds:   []Kind{{Name: "set", Unit: "set", Commands: []string{"SET"}}},
		Load:    Load{Workers: 1},
		Uses:    []Use{Workers, DataSize, Keyspace, Keys, Conns},
		Bind:    set,
	})
}

func set(s clients.Session, d *Data) (engine.Step, error) {
	return func(ctx context.Context) (kind, ops int, err error) {
		key, value := d.NextWrite()
		return 0, 1, s.Set(ctx, key, value)
	}, nil
}
