package results

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A Field is one of the things that must be equal for rounds to be pooled.
type Field int

// The fields, in the order in which a report shows those that differ.
const (
	FieldScenario Field = iota
	FieldScenarioVersion
	FieldLibrary
	FieldVariant
	FieldSide
	FieldDisturb
	FieldWorkers
	FieldDepth
	FieldDataSize
	FieldKeyspace
	FieldConns
	FieldKeys
	FieldMix
	FieldHitRatio
	FieldBatchMax
	FieldBatchDelay
	FieldReceivers
	FieldCommands
	FieldRate
	FieldArrivals
	FieldLimit
	FieldWarmup
	FieldServerKind
	FieldServerName
	FieldServerVersion
	FieldServerLabel
	FieldServerMode
	FieldServerTransport
	FieldPin
	FieldClientCPUs
	FieldServerCPUs
	FieldProcs
	FieldContext
	FieldRESP
	FieldHeap
	FieldTimeout
	FieldConnectTimeout
	FieldIsolation
	FieldTool
	FieldRuntime
	FieldLibraryVersion
	FieldOtherVersions
	FieldClientHost
	FieldCPU
	FieldCores
	FieldArch
	FieldKernel
	Fields // how many there are
)

var fieldNames = [Fields]string{
	"scenario", "scenario version", "library", "variant", "side", "disturbed by",
	"workers", "depth", "data size", "keyspace", "conns asked",
	"keys", "mix", "hit ratio asked", "batch", "batch delay", "receivers", "commands", "rate", "arrivals", "trial", "warm-up",
	"server kind", "server", "server version", "server label", "server mode", "transport",
	"pin", "client CPUs", "server CPUs", "GOMAXPROCS",
	"context", "RESP", "heap", "timeout", "connect timeout", "isolation",
	"tool", "runtime", "version", "other versions",
	"client host", "CPU", "cores", "arch", "kernel",
}

// String names the field in plain words.
func (f Field) String() string { return fieldNames[f] }

// A Key is what a trial was, in words: trials with equal keys are rounds of
// the same thing. An empty field is not known, as the limit of a point that
// was never run. Keys are comparable.
type Key [Fields]string

// Differing returns the fields in which the keys are not all equal. What is
// not known differs from nothing.
func Differing(keys []Key) []Field {
	var known Key
	differs := [Fields]bool{}
	for _, k := range keys {
		for f, value := range k {
			switch {
			case known[f] == "":
				known[f] = value
			case value != "" && value != known[f]:
				differs[f] = true
			}
		}
	}
	var fields []Field
	for f := range Fields {
		if differs[f] {
			fields = append(fields, f)
		}
	}
	return fields
}

// Join returns the key with what is known to either, or false if something
// that both know differs.
func (k Key) Join(other Key) (Key, bool) {
	for f, value := range other {
		switch {
		case k[f] == "":
			k[f] = value
		case value != "" && value != k[f]:
			return k, false
		}
	}
	return k, true
}

// TrialKey is the key of one of the trials of a run with this header.
func TrialKey(h Header, t Trial) Key {
	k := PointKey(h, t.Point)
	k[FieldSide] = orNone(t.Side)
	k[FieldLimit] = t.Limit.words(t.Point.Load.Depth)
	k[FieldWarmup] = t.Warmup.words()
	for _, e := range h.Executors {
		if e.ID == t.Executor {
			k.executor(h.Executors[0], e, t.Point.Library)
		}
	}
	return k
}

// PointKey is the key of a point that no trial of the run was made of: what
// only a trial knows is empty, but for the executor.
func PointKey(h Header, p Point) Key {
	var k Key
	k[FieldScenario] = p.Scenario
	k[FieldScenarioVersion] = strconv.Itoa(p.Version)
	k[FieldLibrary] = p.Library
	k[FieldVariant] = cmp.Or(p.Variant, firstVariant)
	k[FieldDisturb] = orNone(p.Disturb)
	k.server(h.Server(p.Server))
	k.load(p.Load)
	k.placement(p.Placement)
	k.settings(p.Settings)
	k.machine(h.Machine)
	if p.Settings.Isolation == "none" {
		// Such trials share a process with their own run and nothing else, so
		// they are never pooled with another run's.
		k[FieldIsolation] = "none (run " + h.ID + ")"
	}
	if len(h.Executors) > 0 {
		k.executor(h.Executors[0], h.executorOf(p.Library), p.Library)
	}
	return k
}

func (k *Key) server(s Server) {
	k[FieldServerKind] = s.Kind
	k[FieldServerName] = orNone(s.Name)
	k[FieldServerVersion] = orNone(s.Version)
	k[FieldServerLabel] = orNone(s.Label)
	k[FieldServerMode] = orNone(s.Mode)
	k[FieldServerTransport] = cmp.Or(s.Transport, "tcp")
}

func (k *Key) load(l Load) {
	k[FieldWorkers] = strconv.Itoa(l.Workers)
	k[FieldDepth] = strconv.Itoa(l.Depth)
	k[FieldDataSize] = cmp.Or(l.Sizes, strconv.Itoa(l.DataSize)) + " B"
	k[FieldKeyspace] = strconv.Itoa(l.Keyspace)
	k[FieldConns] = orWord(l.Conns, "library's own")
	k[FieldKeys] = cmp.Or(l.Keys, "each worker its own")
	k[FieldMix] = orNone(l.Mix)
	k[FieldHitRatio] = strconv.FormatFloat(1-l.Misses, 'g', 6, 64)
	k[FieldBatchMax] = orWord(l.BatchMax, none)
	k[FieldBatchDelay] = strings.Replace(l.BatchWait.String(), "µ", "u", 1)
	k[FieldReceivers] = orWord(l.Receivers, none)
	k[FieldCommands] = orNone(strings.ReplaceAll(l.Lines, "\n", "; "))
	k[FieldRate] = "closed loop"
	if l.Rate > 0 {
		k[FieldRate] = strconv.FormatFloat(l.Rate, 'f', -1, 64) + "/s"
	}
	k[FieldArrivals] = orNone(l.Arrivals)
}

func (k *Key) placement(p Placement) {
	k[FieldPin] = orNone(p.Pin)
	k[FieldClientCPUs] = cpuList(p.Client)
	k[FieldServerCPUs] = cpuList(p.ServerCPUs)
	k[FieldProcs] = strconv.Itoa(p.Procs)
}

func (k *Key) settings(s Settings) {
	k[FieldContext] = orNone(s.Context)
	k[FieldRESP] = orWord(s.RESP, "library's own")
	k[FieldHeap] = strconv.FormatInt(s.Heap, 10) + " B"
	k[FieldTimeout] = s.Timeout.String()
	k[FieldConnectTimeout] = s.ConnectTimeout.String()
	k[FieldIsolation] = orNone(s.Isolation)
}

// executor is told by what executed the trials of a library. A driver is no tool
// of its own: that is the run's first executor, and the runtime of the driver's
// language is part of what its library is.
func (k *Key) executor(first, e Executor, library string) {
	tool, driven := e, e.Tool != first.Tool
	if driven {
		tool = first
	}
	k[FieldTool] = strings.TrimSpace(tool.Tool + " " + tool.Version)
	k[FieldRuntime] = tool.Runtime
	own := e.Modules[library]
	k[FieldLibraryVersion] = orNone(e.version(library))
	if driven {
		k[FieldLibraryVersion] += " (" + e.Runtime + ")"
	}
	var others []string
	for _, module := range slices.Sorted(maps.Keys(e.Libraries)) {
		if module != own {
			others = append(others, module+" "+e.Libraries[module])
		}
	}
	k[FieldOtherVersions] = orNone(strings.Join(others, ", "))
}

func (k *Key) machine(m Machine) {
	k[FieldClientHost] = orNone(m.Label)
	k[FieldCPU] = orNone(m.CPU)
	k[FieldCores] = strconv.Itoa(m.Cores)
	k[FieldArch] = orNone(m.Arch)
	k[FieldKernel] = orNone(m.Kernel)
}

// none stands for what is known to be absent: an empty field is unknown.
const none = "-"

func orNone(s string) string {
	if s == "" {
		return none
	}
	return s
}

func orWord(n int, word string) string {
	if n == 0 {
		return word
	}
	return strconv.Itoa(n)
}

func cpuList(cpus []int) string {
	if len(cpus) == 0 {
		return "any"
	}
	words := make([]string, len(cpus))
	for i, cpu := range cpus {
		words[i] = strconv.Itoa(cpu)
	}
	return strings.Join(words, ",")
}

// words tells the limit in ops, of which a step of a flush has depth.
func (l Limit) words(depth int) string {
	perStep := int64(max(depth, 1))
	return joinSet(
		part{l.Steps, fmt.Sprintf("%d ops", l.Steps*perStep)},
		part{int64(l.Duration), l.Duration.String()},
		part{l.MinSteps, fmt.Sprintf("at least %d ops", l.MinSteps*perStep)},
		part{int64(l.MinTime), "at least " + l.MinTime.String()},
		part{int64(l.MaxTime), "at most " + l.MaxTime.String()},
	)
}

func (w Warmup) words() string {
	return joinSet(
		part{w.Steps, fmt.Sprintf("%d steps", w.Steps)},
		part{int64(w.Time), w.Time.String()},
		part{w.MinSteps, fmt.Sprintf("%d steps a worker", w.MinSteps)},
	)
}

// A part is said only if its value is not zero.
type part struct {
	value int64
	words string
}

func joinSet(parts ...part) string {
	var said []string
	for _, p := range parts {
		if p.value != 0 {
			said = append(said, p.words)
		}
	}
	return orNone(strings.Join(said, ", "))
}
