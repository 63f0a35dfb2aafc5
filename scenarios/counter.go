package scenarios

import (
	"context"
	"fmt"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
)

func init() {
	register(Scenario{
		Name:    "counter",
		Doc:     "Are increments lost or done twice, above all when the connection breaks?",
		Version: 1,
		Place:   7,
		Kinds:   []Kind{{Name: "incr", Unit: "incr", Commands: []string{"INCR"}}},
		Load:    Load{Workers: 10},
		Uses:    []Use{Workers, Conns},
		Needs:   clients.Capabilities{Count: true},
		Counts:  true,
		Bind:    increment,
	})
}

// increment adds one to the worker's own key, so that each reply tells what became
// of the increment before.
func increment(s clients.Session, d *Data) (engine.Step, error) {
	counter, ok := s.(clients.Counter)
	if !ok {
		return nil, fmt.Errorf("counting is not offered by %T", s)
	}
	key := d.counterKey()
	return func(ctx context.Context) (kind, ops int, err error) {
		n, err := counter.Incr(ctx, key)
		if err != nil {
			d.count.fail()
		} else {
			d.count.succeed(n)
		}
		return 0, 1, err
	}, nil
}
