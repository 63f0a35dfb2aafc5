package scenarios

import "respbench.dev/respbench/clients"

func init() {
	register(Scenario{
		Name:    "concurrent-pipelined",
		Doc:     "What do many goroutines get that each send SET and GET together?",
		Version: 1,
		Place:   4,
		Kinds:   setGetKinds,
		Load:    Load{Workers: 100},
		Uses:    []Use{Workers, Depth, DataSize, Keyspace, Conns},
		Needs:   clients.Capabilities{Pipeline: true},
		Bind:    setGetFlush,
	})
}
