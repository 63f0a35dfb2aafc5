// Package scenarios holds the workloads, one file each. A scenario turns the
// session of a worker into a step that the engine repeats; it has no clock, and
// counts nothing but what became of increments.
//
// To add one, write a file that registers a Scenario: nothing else changes.
package scenarios

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/internal/gen"
)

// A Scenario is a workload.
type Scenario struct {
	Name    string
	Doc     string   // the question that it answers
	Version int      // raised when its numbers stop being comparable
	Place   int      // in lists and tables, ascending
	Default bool     // run when no scenario is named
	Kinds   []Kind   // the sorts of op, numbered by their place
	Load    Load     // unless asked otherwise; Workers must be set
	Mixes   []string // unless asked otherwise, several cells; empty: that of Load
	Uses    []Use    // the loads that it understands, beyond the rate
	Needs   clients.Capabilities
	// Metrics are what the edges of a step do not show, numbered by their place.
	Metrics []Metric
	// NeedsRedis: it uses more of a server than the embedded one has.
	NeedsRedis bool
	// ReadsLoaded: it reads keys that only the loader writes.
	ReadsLoaded bool
	// SharesKeys: all its workers read and write the same keys, which are apart
	// from those of other scenarios, and apart by the size of their value.
	SharesKeys bool
	// Counts: it increments the keys of its own, which the loader sets to 0.
	Counts bool
	// Unloaded: nothing is loaded for it; it writes what it needs itself.
	Unloaded bool
	// Owns: it writes keys named by Material.Own, and removes them when it ends.
	Owns bool
	// OwnBytes are what these take at most, about; nil: next to nothing.
	OwnBytes func(Load) int64
	// KindsOf are the kinds of a load; nil: always Kinds.
	KindsOf func(Load) []Kind
	// Sessions are those that it opens beyond one for each worker; nil: none.
	Sessions func(Load) int
	// Check refuses a load that it cannot be run with; nil: it takes any.
	Check func(Load) error
	// CheckCluster refuses one on a cluster; nil: it takes any there.
	CheckCluster func(Load) error
	// Bind makes the step of one worker. All that may fail does so here.
	Bind func(clients.Session, *Data) (engine.Step, error)
	// Prepare comes instead of Bind where workers share something, where there
	// is more to set up, or something to check at the end.
	Prepare func(context.Context, Setup) (*Bound, error)
}

// A Kind is one sort of op: a row of its own in reports.
type Kind struct {
	Name string
	Unit string // what throughput counts
	// Reads: each op reads one key, and finds it unless the worker says
	// otherwise with Read.
	Reads bool
	// Commands are sent to the server once an op, as commandstats names them;
	// one that is sent twice is here twice.
	Commands []string
}

// A Metric is a series of numbers beside the service times.
type Metric struct {
	Name   string // "pool wait"
	Doc    string // what it is, in one line
	Unit   string // "ns", "bytes", or what is counted: "commands"
	Better string // "lower", "higher", or empty: neither
}

// A Load is what a scenario is run with. A field that it does not use is zero.
type Load struct {
	Workers   int
	Depth     int           // pairs in one flush
	DataSize  int           // bytes of the largest value
	Sizes     string        // as gen.ParseSizes reads it; empty: all values have DataSize
	Keyspace  int           // keys
	Keys      string        // as gen.ParsePicks reads it; empty: each worker its own, in order
	Conns     int           // asked for; 0 is the library's own formula
	Mix       string        // weights of kinds: "get:95,set:5"
	Misses    float64       // share of the reads that ask for keys that are not there
	BatchMax  int           // commands that are sent together at most
	BatchWait time.Duration // for more of them
	Receivers int           // of what the workers send
	Lines     string        // commands with weights, one a line
	Rate      float64       // ops a second of all workers; 0: as fast as it goes
	Arrivals  string        // uniform or poisson; empty without a rate
}

// A Use is a load that a scenario understands.
type Use string

// The loads, named as their flags are.
const (
	Workers   Use = "workers"
	Depth     Use = "depth"
	DataSize  Use = "data-size"
	Keyspace  Use = "keyspace"
	Keys      Use = "keys"
	Conns     Use = "conns"
	Mix       Use = "mix"
	HitRatio  Use = "hit-ratio"
	BatchMax  Use = "batch-max"
	BatchWait Use = "batch-delay"
	Receivers Use = "receivers"
	Lines     Use = "command"
)

// KindsFor are the kinds of a trial with this load.
func (s Scenario) KindsFor(l Load) []Kind {
	if s.KindsOf == nil {
		return s.Kinds
	}
	return s.KindsOf(l)
}

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
// those that workers share and those that are incremented are apart, too.
func (s Scenario) Prefix(run string, load Load) string {
	switch {
	case s.ReadsLoaded:
		return fmt.Sprintf("%sloaded%s:", gen.RunPrefix(run), cmp.Or(load.Sizes, strconv.Itoa(load.DataSize)))
	case s.SharesKeys:
		return fmt.Sprintf("%s%s:%s:", gen.RunPrefix(run), s.Name, cmp.Or(load.Sizes, strconv.Itoa(load.DataSize)))
	case s.Counts:
		return gen.RunPrefix(run) + s.Name + ":"
	default:
		return gen.RunPrefix(run)
	}
}
