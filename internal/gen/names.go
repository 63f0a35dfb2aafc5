package gen

import "fmt"

// RunPrefix is how all keys of a run begin.
func RunPrefix(run string) string { return fmt.Sprintf("respbench:%s:", run) }

// AliveKey is kept by the harness while a run lives.
func AliveKey(run string) string { return RunPrefix(run) + "alive" }
