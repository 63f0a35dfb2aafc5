package scenarios

func init() {
	register(Scenario{
		Name:    "sync",
		Doc:     "What does one goroutine get that waits for every reply?",
		Version: 1,
		Place:   1,
		Default: true,
		Kinds:   setGetKinds,
		Load:    Load{Workers: 1},
		Uses:    []Use{DataSize, Keyspace, Conns},
		Bind:    setGet,
	})
}
