package scenarios

import "fmt"

// KeyPrefix is how the keys of a run begin that every scenario shares.
func KeyPrefix(run string) string { return fmt.Sprintf("respbench:%s:", run) }

// AliveKey is kept by the harness while a run lives.
func AliveKey(run string) string { return KeyPrefix(run) + "alive" }

// Prefix is how the scenario's keys begin. Keys that only the loader writes
// are apart from those of the steps, and apart by the size of their value.
func (s Scenario) Prefix(run string, dataSize int) string {
	if s.ReadsLoaded {
		return fmt.Sprintf("%sloaded%d:", KeyPrefix(run), dataSize)
	}
	return KeyPrefix(run)
}
