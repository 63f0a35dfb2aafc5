package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"respbench.dev/respbench/results"
)

// headline says what is common to a scenario's rows: unit, ops, rounds, load,
// server, placement, and where client and server ran. What differs is in
// columns instead.
func headline(rows []Row, columns []results.Field) string {
	r := typical(rows)
	constant := func(fields ...results.Field) bool {
		return !slices.ContainsFunc(fields, func(f results.Field) bool { return slices.Contains(columns, f) })
	}
	var facts []string
	say := func(fact string, fields ...results.Field) {
		if fact != "" && constant(fields...) {
			facts = append(facts, fact)
		}
	}
	say(units(rows))
	say(limitWords(r), results.FieldLimit)
	say(roundWords(rows))
	say(counted(r.Point.Load.Workers, "worker"), results.FieldWorkers)
	say(pairs(r.Point.Load.Depth), results.FieldDepth)
	say(integer(r.Point.Load.DataSize)+" B values", results.FieldDataSize)
	say(counted(r.Point.Load.Keyspace, "key"), results.FieldKeyspace)
	say(unusual(r.Point), results.FieldContext, results.FieldRESP, results.FieldIsolation, results.FieldConns)
	server := []results.Field{
		results.FieldServerLabel, results.FieldServerName,
		results.FieldServerVersion, results.FieldServerKind, results.FieldServerMode,
	}
	say(serverWords(r.Server), server...)
	say(placementWords(r.Point.Placement), results.FieldPin, results.FieldClientCPUs, results.FieldServerCPUs, results.FieldProcs)
	say(whereWords(r), results.FieldClientHost, results.FieldCPU, results.FieldCores, results.FieldArch, results.FieldServerKind, results.FieldServerLabel)
	if !constant(results.FieldClientHost) {
		say("clients on " + hostWords(rows))
	}
	return rows[0].Point.Scenario + ": " + strings.Join(facts, "; ")
}

// typical is a row that was measured, if there is one.
func typical(rows []Row) Row {
	for _, r := range rows {
		if r.Throughput != nil {
			return r
		}
	}
	return rows[0]
}

func units(rows []Row) string {
	var names []string
	for _, r := range rows {
		if r.Unit != "" {
			names = addNew(names, r.Unit)
		}
	}
	if len(names) == 0 {
		return "nothing measured"
	}
	return strings.Join(names, " or ") + " per second"
}

func limitWords(r Row) string {
	l, perStep := r.Limit, int64(max(r.Point.Load.Depth, 1))
	var least []string
	if l.MinSteps > 0 {
		least = append(least, integer(l.MinSteps*perStep)+" ops")
	}
	if l.MinTime > 0 {
		least = append(least, l.MinTime.String())
	}
	switch {
	case l.Steps > 0:
		return integer(l.Steps*perStep) + " ops a trial"
	case l.Duration > 0:
		return l.Duration.String() + " a trial"
	case len(least) > 0:
		return "at least " + strings.Join(least, " and ") + " a trial" + atMost(l.MaxTime)
	}
	return ""
}

func atMost(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return fmt.Sprintf(", at most %s", d)
}

// roundWords are of the rows that were planned at all.
func roundWords(rows []Row) string {
	fewest, most := 0, 0
	for _, r := range rows {
		if n := r.Rounds.Planned; n > 0 {
			if fewest == 0 || n < fewest {
				fewest = n
			}
			most = max(most, n)
		}
	}
	if fewest != most {
		return fmt.Sprintf("%d to %s", fewest, counted(most, "round"))
	}
	return counted(most, "round")
}

func pairs(depth int) string {
	if depth == 0 {
		return ""
	}
	return counted(depth, "pair") + " a flush"
}

// unusual names settings that are not the default ones.
func unusual(p results.Point) string {
	var words []string
	if c := p.Settings.Context; c != "" && c != "background" {
		words = append(words, "context "+c)
	}
	if p.Settings.RESP != 0 {
		words = append(words, fmt.Sprintf("RESP%d", p.Settings.RESP))
	}
	if p.Settings.Isolation == "none" {
		words = append(words, "not isolated")
	}
	if p.Load.Conns != 0 {
		words = append(words, counted(p.Load.Conns, "connection")+" asked for")
	}
	return strings.Join(words, ", ")
}

func serverWords(s results.Server) string {
	name := strings.TrimSpace(s.Name + " " + s.Version)
	if s.Mode != "" && s.Mode != "standalone" {
		name += " " + s.Mode
	}
	switch {
	case name == "":
		name = s.Kind
	case s.Kind != "embedded": // which its name says
		name += " (" + s.Kind + ")"
	}
	if s.Label != "" {
		return "server " + s.Label + ": " + name
	}
	return "server " + name
}

func placementWords(p results.Placement) string {
	words := "not pinned"
	switch p.Pin {
	case "":
		words = "pinning not possible here"
	case "none":
	default:
		words = fmt.Sprintf("pin %s (server on %s, client on %s)", p.Pin, cpuWords(p.ServerCPUs), cpuWords(p.Client))
	}
	return fmt.Sprintf("%s, GOMAXPROCS %d", words, p.Procs)
}

func cpuWords(cpus []int) string {
	if len(cpus) == 0 {
		return "any CPU"
	}
	list := strings.ReplaceAll(strings.Trim(fmt.Sprint(cpus), "[]"), " ", ",")
	if len(cpus) == 1 {
		return "CPU " + list
	}
	return "CPUs " + list
}

func whereWords(r Row) string {
	client := machineWords(r.Machine)
	switch {
	case r.Server.Kind == "remote":
		return "client on " + client + ", server remote"
	case r.Machine.Label == "":
		return "client and server on one machine, " + client
	}
	return "client and server on " + client
}

func hostWords(rows []Row) string {
	var hosts []string
	for _, r := range rows {
		hosts = addNew(hosts, machineWords(r.Machine))
	}
	return strings.Join(hosts, " and ")
}

func machineWords(m results.Machine) string {
	var parts []string
	if m.CPU != "" {
		parts = append(parts, m.CPU)
	}
	if m.Cores > 0 {
		parts = append(parts, counted(m.Cores, "core"))
	}
	parts = append(parts, strings.Trim(m.OS+"/"+m.Arch, "/"))
	words := strings.Join(parts, ", ")
	if m.Label != "" {
		return m.Label + " (" + words + ")"
	}
	return words
}
