package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"respbench.dev/respbench/results"
)

// A Host is what placement depends on.
type Host struct {
	CanPin    bool   // the system can bind a process to CPUs
	CPUs      []int  // that this process may use
	Procs     int    // GOMAXPROCS of a process that is not pinned
	OwnServer bool   // we start the server
	Embedded  bool   // it is our own
	Mode      string // of the server's results.Access; empty: standalone
	Network   string // of the server's results.Access
	Memory    int64  // bytes that the machine has
	// Core returns the CPUs that share a physical core with cpu, and cpu.
	Core func(cpu int) []int
	// ParseCPUs reads a list of CPUs: "0-3,5".
	ParseCPUs func(string) ([]int, error)
}

// DefaultPlacement is that of a run which is told neither --pin nor --gomaxprocs.
func DefaultPlacement(h Host) results.Placement {
	p, _ := place("auto", 0, h) // which there is on every host
	return p
}

// place resolves --pin.
func place(pin string, procs int, h Host) (results.Placement, error) {
	p, err := pinned(pin, h)
	if err != nil {
		return p, err
	}
	p.Procs = procs
	if procs == 0 {
		p.Procs = cmp.Or(len(p.Client), h.Procs)
	}
	return p, nil
}

func pinned(pin string, h Host) (results.Placement, error) {
	if !h.CanPin {
		if pin == "auto" || pin == "none" {
			return results.Placement{}, nil
		}
		return results.Placement{}, fmt.Errorf("--pin %s: this system cannot bind processes to CPUs; have none", pin)
	}
	switch pin {
	case "none":
		return results.Placement{Pin: "none"}, nil
	case "auto":
		if !h.OwnServer || len(h.CPUs) < 2 {
			return results.Placement{Pin: "none"}, nil
		}
		return split(h), nil
	}
	if strings.Contains(pin, "=") {
		return custom(pin, h)
	}
	if pin != "split" && pin != "same" {
		return results.Placement{}, fmt.Errorf("--pin %q: have auto, split, same, none, client=CPUS,server=CPUS", pin)
	}
	if !h.OwnServer {
		return results.Placement{}, fmt.Errorf("--pin %s: the server is not ours to pin; have none, client=CPUS", pin)
	}
	if pin == "same" {
		return results.Placement{Pin: "same", Client: h.CPUs[:1], ServerCPUs: h.CPUs[:1]}, nil
	}
	if len(h.CPUs) < 2 {
		return results.Placement{}, fmt.Errorf("--pin split: needs two CPUs, this process may use %d; have same, none", len(h.CPUs))
	}
	return split(h), nil
}

// split gives the server the first core and the client all others. A CPU that
// shares the server's core is left idle, unless the client would have none.
func split(h Host) results.Placement {
	server := h.CPUs[0]
	core := h.Core(server)
	client := slices.DeleteFunc(slices.Clone(h.CPUs), func(cpu int) bool { return slices.Contains(core, cpu) })
	if len(client) == 0 {
		client = h.CPUs[1:]
	}
	return results.Placement{Pin: "split", Client: client, ServerCPUs: []int{server}}
}

// custom reads client=CPUS,server=CPUS; the lists themselves have commas.
func custom(pin string, h Host) (results.Placement, error) {
	p := results.Placement{Pin: "custom"}
	lists := map[string][]string{}
	var side string
	for _, part := range strings.Split(pin, ",") {
		if name, rest, ok := strings.Cut(part, "="); ok {
			side, part = name, rest
		}
		lists[side] = append(lists[side], part)
	}
	for side, parts := range lists {
		cpus, err := h.ParseCPUs(strings.Join(parts, ","))
		if err != nil {
			return p, fmt.Errorf("--pin %s: %w", pin, err)
		}
		for _, cpu := range cpus {
			if !slices.Contains(h.CPUs, cpu) {
				return p, fmt.Errorf("--pin %s: this process may not use CPU %d; have %v", pin, cpu, h.CPUs)
			}
		}
		switch side {
		case "client":
			p.Client = cpus
		case "server":
			p.ServerCPUs = cpus
		default:
			return p, fmt.Errorf("--pin %s: %q is neither client nor server", pin, side)
		}
	}
	if len(p.ServerCPUs) > 0 && !h.OwnServer {
		return p, fmt.Errorf("--pin %s: the server is not ours to pin; have none, client=CPUS", pin)
	}
	return p, nil
}
