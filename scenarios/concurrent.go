package scenarios

func init() {
	register(Scenario{
		Name:    "concurrent",
		Doc:     "What do many goroutines get that share one client, each waiting for its replies?",
		Version: 1,
		Place:   3,
		Default: true,
		Kinds:   setGetKinds,
		Load:    Load{Workers: 100},
		Uses:    []Use{Workers, DataSize, Keyspace, Conns},
		Bind:    setGet,
	})
}
