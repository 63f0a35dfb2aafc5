package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"respbench.dev/respbench/results"
)

// facts are said only where no column tells them.
type facts struct {
	columns []results.Field
	said    []string
}

func (f *facts) say(fact string, fields ...results.Field) {
	if fact != "" && f.constant(fields...) {
		f.said = append(f.said, fact)
	}
}

func (f *facts) constant(fields ...results.Field) bool {
	return !slices.ContainsFunc(fields, func(field results.Field) bool { return slices.Contains(f.columns, field) })
}

func (f *facts) String() string { return strings.Join(f.said, "; ") }

// headline says what is common to a scenario's rows: unit, ops, rounds, load,
// server, placement, and where client and server ran. What differs is in
// columns instead.
func headline(rows []Row, columns []results.Field) string {
	r := typical(rows)
	f := facts{columns: columns}
	f.say(units(rows))
	f.say(limitWords(r), results.FieldLimit)
	f.say(roundWords(rows))
	f.load(r)
	f.pace(rows)
	f.say(unusual(r.Point), results.FieldContext, results.FieldRESP, results.FieldIsolation, results.FieldConns)
	f.server(r)
	f.say(placementWords(r.Point.Placement), results.FieldPin, results.FieldClientCPUs, results.FieldServerCPUs, results.FieldProcs)
	f.say(whereWords(r), results.FieldClientHost, results.FieldCPU, results.FieldCores, results.FieldArch, results.FieldServerKind, results.FieldServerLabel)
	if !f.constant(results.FieldClientHost) {
		f.say("clients on " + hostWords(rows))
	}
	return rows[0].Point.Scenario + ": " + f.String()
}

func (f *facts) server(r Row) {
	f.say(serverWords(r.Server), results.FieldServerLabel, results.FieldServerName, results.FieldServerVersion,
		results.FieldServerKind, results.FieldServerMode, results.FieldServerTransport)
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
