package results

import "slices"

// The sides of a Pair.
const (
	BaseSide = "base"
	NewSide  = "new"
)

// A Pair is said of a run that is one of two sides, which were measured
// together: back to back in every round, in orders that cancel. The other side
// is a run of the same id in another file. A trial's Pair is the number of the
// two that belong together, from 1; its Order is its place among the trials of
// both sides.
type Pair struct {
	Side    string   `json:"side"`
	Differ  []string `json:"differ,omitempty"`  // long names of the flags in which the sides differ, sorted
	Options string   `json:"options,omitempty"` // this side's own, without secrets and paths: "clients=goredis;timeout=1s"
	// Confirm: what this run flags counts only if a second stage flags it, too.
	Confirm bool `json:"confirm,omitempty"`
	// Confirms is the id of the run whose flagged cells this one, its second
	// stage, measures again.
	Confirms string `json:"confirms,omitempty"`
}

// A Class says what a field is to a comparison of two sides.
type Class int

// The classes.
const (
	Identity    Class = iota // which cell it is
	Setup                    // how it was measured: where that differs, cells are not comparable
	Environment              // where it was measured: the same, unless the user allows it
	Subject                  // what may have changed: versions
)

// Class returns the field's class.
func (f Field) Class() Class {
	switch f {
	case FieldScenario, FieldLibrary, FieldVariant, FieldDisturb, FieldWorkers, FieldDepth, FieldDataSize, FieldKeyspace, FieldConns,
		FieldKeys, FieldMix, FieldHitRatio, FieldBatchMax, FieldBatchDelay, FieldReceivers, FieldCommands, FieldRate, FieldArrivals:
		return Identity
	case FieldSide, FieldTool, FieldRuntime, FieldLibraryVersion, FieldOtherVersions:
		return Subject
	case FieldServerKind, FieldServerName, FieldServerVersion, FieldServerLabel, FieldClientHost, FieldCPU, FieldCores, FieldArch, FieldKernel:
		return Environment
	}
	return Setup
}

// serverFields are what the choice of another server may change.
var serverFields = []Field{FieldServerKind, FieldServerName, FieldServerVersion, FieldServerMode, FieldServerTransport}

// decides has the fields that a flag decides, by its long name. Where its value
// is part of a default or of words of another, that is named, too.
var decides = map[string][]Field{
	"clients": {FieldLibrary, FieldVariant, FieldLibraryVersion, FieldOtherVersions},
	"scenarios": {
		FieldScenario, FieldScenarioVersion,
		FieldWorkers, FieldDepth, FieldKeyspace, FieldConns, FieldKeys, FieldMix, FieldHitRatio, FieldBatchMax, FieldBatchDelay, FieldReceivers, FieldCommands,
	},
	"bin": {FieldTool, FieldRuntime, FieldLibraryVersion, FieldOtherVersions},

	"url": serverFields, "host": serverFields, "port": serverFields, "server": serverFields,
	"tls": {FieldServerTransport}, "server-label": {FieldServerLabel}, "client-label": {FieldClientHost},

	"workers": {FieldWorkers, FieldKeyspace}, "depth": {FieldDepth, FieldLimit}, "conns": {FieldConns},
	"data-size": {FieldDataSize, FieldKeyspace}, "keyspace": {FieldKeyspace}, "keys": {FieldKeys},
	"mix": {FieldMix, FieldKeys, FieldDataSize}, "hit-ratio": {FieldHitRatio}, "batch-max": {FieldBatchMax}, "batch-delay": {FieldBatchDelay},
	"receivers": {FieldReceivers}, "command": {FieldCommands}, "weight": {FieldCommands}, "rate": {FieldRate, FieldArrivals, FieldLimit, FieldWarmup}, "arrivals": {FieldArrivals},
	"ops": {FieldLimit, FieldWarmup}, "duration": {FieldLimit, FieldWarmup}, "max-time": {FieldLimit}, "warmup": {FieldWarmup},

	"pin": {FieldPin, FieldClientCPUs, FieldServerCPUs, FieldProcs}, "gomaxprocs": {FieldProcs},
	"context": {FieldContext}, "resp": {FieldRESP}, "heap": {FieldHeap},
	"timeout": {FieldTimeout}, "connect-timeout": {FieldConnectTimeout}, "isolate": {FieldIsolation},
}

// Decided returns the fields that flags decide, in order and each once.
func Decided(flags ...string) []Field {
	var fields []Field
	for _, flag := range flags {
		fields = append(fields, decides[flag]...)
	}
	slices.Sort(fields)
	return slices.Compact(fields)
}

// Without returns the key without some of its fields.
func (k Key) Without(fields ...Field) Key {
	for _, f := range fields {
		k[f] = ""
	}
	return k
}
