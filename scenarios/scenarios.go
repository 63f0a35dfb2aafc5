// Package scenarios holds the workloads, one file each. A scenario turns the
// session of a worker into a step that the engine repeats; it has no clock, and
// counts nothing but what became of increments.
//
// To add one, write a file that registers a Scenario: nothing else changes.
package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/internal/gen"
)

// A Scenario is a workload.
type Scenario struct {
	Name    string
	Doc     string // the question that it answers
	Version int    // raised when its numbers stop being comparable
	Place   int    // in lists and tables, ascending
	Default bool   // run when no scenario is named
	Kinds   []Kind // the sorts of op, numbered by their place
	Workers int    // unless the load says otherwise
	Uses    []Use  // the loads that it understands
	Needs   clients.Capabilities
	// ReadsLoaded: it reads keys that only the loader writes.
	ReadsLoaded bool
	// Counts: it increments the keys of its own, which the loader sets to 0.
	Counts bool
	// Commands are sent to the server once an op, as commandstats names them.
	Commands []string
	// Bind makes the step of one worker. All that may fail does so here.
	Bind func(clients.Session, *Data) (engine.Step, error)
}

// A Kind is one sort of op: a row of its own in reports.
type Kind struct {
	Name string
	Unit string // what throughput counts
}

// A Use is a load that a scenario understands.
type Use string

// The loads, named as their flags are.
const (
	Workers  Use = "workers"
	Depth    Use = "depth"
	DataSize Use = "data-size"
	Keyspace Use = "keyspace"
	Conns    Use = "conns"
)

// UsesLoad reports whether the scenario understands a load.
func (s Scenario) UsesLoad(u Use) bool { return slices.Contains(s.Uses, u) }

var registry []Scenario

func register(s Scenario) { registry = append(registry, s) }

// All returns the scenarios in the order of lists and tables.
func All() []Scenario {
	return slices.SortedFunc(slices.Values(registry), func(a, b Scenario) int { return cmp.Compare(a.Place, b.Place) })
}

// Named returns a scenario. The error names the choices.
func Named(name string) (Scenario, error) {
	var names []string
	for _, s := range All() {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return Scenario{}, fmt.Errorf("unknown scenario %q; have %s", name, strings.Join(names, ", "))
}

// Prefix is how the scenario's keys begin. Keys that only the loader writes
// are apart from those of the steps, and apart by the size of their value;
// those that are incremented are apart, too.
func (s Scenario) Prefix(run string, dataSize int) string {
	switch {
	case s.ReadsLoaded:
		return fmt.Sprintf("%sloaded%d:", gen.RunPrefix(run), dataSize)
	case s.Counts:
		return gen.RunPrefix(run) + s.Name + ":"
	default:
		return gen.RunPrefix(run)
	}
}
