package scenarios

import "respbench.dev/respbench/clients"

func init() {
	register(Scenario{
		Name:    "pipelined",
		Doc:     "What does one goroutine gain by sending SET and GET together?",
		Version: 1,
		Place:   2,
		Default: true,
		Kinds:   setGetKinds,
		Load:    Load{Workers: 1},
		Uses:    []Use{Depth, DataSize, Keyspace, Conns},
		Needs:   clients.Capabilities{Pipeline: true},
		Bind:    setGetFlush,
	})
}
