package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"runtime"
	"slices"
	"strings"
	"time"

	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/proc"
	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/results"
)

// A place is the server that will be measured.
type place struct {
	options     server.Options
	kind        string
	description string // for the terminal
	label       string // in reports; empty: none
	server      *server.Server
}

// places are the servers that a run measures: those of its plan, or the one that
// flags name.
func (o *runOptions) places(stderr io.Writer) ([]*place, error) {
	if len(o.servers) == 0 {
		w, err := o.server(stderr)
		if err != nil {
			return nil, err
		}
		w.label = o.serverLabel
		return []*place{w}, nil
	}
	var places []*place
	for _, s := range o.servers {
		one := &runOptions{Options: o.Options, serverFlags: s.serverFlags}
		w, err := one.server(stderr)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.at, err)
		}
		w.label = s.label
		places = append(places, w)
	}
	return places, nil
}

// server finds out which server is meant and touches nothing.
func (o *runOptions) server(stderr io.Writer) (*place, error) {
	access, err := o.access(stderr)
	if err != nil {
		return nil, err
	}
	guard, err := self("guard")
	if err != nil {
		return nil, err
	}
	embedded, err := self("serve")
	if err != nil {
		return nil, err
	}
	w := &place{options: server.Options{
		Access: access, Kind: o.choice, Guard: guard, Embedded: embedded,
		Timeout: min(max(o.Timeout, time.Second), plan.DefaultTimeout), ConnectTimeout: o.ConnectTimeout,
	}}
	var path string
	if w.kind, path, err = server.Plan(w.options); err != nil {
		return nil, fmt.Errorf("--server: %w", err)
	}
	switch w.kind {
	case server.Remote:
		w.description = whereabouts(access)
	case server.Spawned:
		w.description = fmt.Sprintf("%s started for this run on a free loopback port, without persistence", path)
	default:
		w.description = "started for this run"
	}
	return w, nil
}

// whereabouts are an access as the terminal shows it.
func whereabouts(access results.Access) string {
	addresses := strings.Join(access.Addrs, ", ")
	text := "at " + addresses
	switch access.Mode {
	case results.Sentinel:
		text = fmt.Sprintf("%s by Sentinel at %s", access.Master, addresses)
	case results.Cluster:
		text = "cluster at " + addresses
	}
	if access.TLS != nil {
		text += ", over TLS"
	}
	return text
}

const defaultAddress = "127.0.0.1:6379"

// pointOut says how to measure a server that runs here and that nobody named.
func (w *place) pointOut(ctx context.Context, stderr io.Writer) {
	if w.kind != server.Remote && answers(ctx, defaultAddress) {
		fmt.Fprintf(stderr, "note: a server answers at %s; to measure it: respbench run --url redis://%s\n", defaultAddress, defaultAddress)
	}
}

// answers reports whether something accepts connections at addr.
func answers(ctx context.Context, addr string) bool {
	dialer := net.Dialer{Timeout: 200 * time.Millisecond}
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// forServers completes the plan's options by what depends on the servers.
func (o *runOptions) forServers(places []*place) []plan.Options {
	parts := o.parts
	if len(parts) == 0 {
		parts = []plan.Options{o.Options}
	}
	var completed []plan.Options
	for _, options := range parts {
		options.Host, options.MoreHosts = places[0].host(), nil
		for _, w := range places[1:] {
			options.MoreHosts = append(options.MoreHosts, w.host())
		}
		completed = append(completed, options)
	}
	return completed
}

// host is where the client and this server can run.
func (w *place) host() plan.Host {
	return plan.Host{
		CanPin: proc.CanPin(), CPUs: proc.CPUs(), Procs: runtime.GOMAXPROCS(0),
		Mode: w.options.Access.Mode, Network: w.options.Access.Network,
		OwnServer: w.kind != server.Remote, Embedded: w.kind == server.Embedded, Memory: int64(results.ThisMachine().MemoryBytes),
		Core: proc.Core, ParseCPUs: proc.ParseCPUs,
	}
}

// start are the options for starting a server as planned.
func (w *place) start(p *plan.Plan, id string) server.Options {
	options := w.options
	i := slices.IndexFunc(p.Points, func(point results.Point) bool { return point.Server == id })
	options.CPUs = p.Points[max(i, 0)].Placement.ServerCPUs
	options.Procs = len(options.CPUs)
	return options
}

// startServers starts or reaches all of them; what it returns ends them.
func startServers(ctx context.Context, places []*place, p *plan.Plan) (stop func(), err error) {
	stop = func() {
		for _, w := range places {
			if w.server != nil {
				_ = w.server.Close()
			}
		}
	}
	for i, w := range places {
		if w.server, err = server.Start(ctx, w.start(p, plan.Server(i))); err != nil {
			stop()
			return nil, err
		}
	}
	return stop, nil
}
