package check

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"respbench.dev/respbench/internal/driver"
	"respbench.dev/respbench/internal/gen"
	"respbench.dev/respbench/internal/proc"
	"respbench.dev/respbench/internal/runner"
	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/results"
)

// A shape is how a scenario is checked: with odd numbers, so that shares do not
// come out even, and with so few keys that they come again.
type shape struct {
	scenario string
	workers  int
	depth    int // pairs in a flush; 0: nothing is pipelined
	keyspace int
	steps    int64 // of all workers
	faulty   int64 // steps of a trial with a fault: one of them is below 1 %
}

var shapes = []shape{
	{scenario: "sync", workers: 1, keyspace: 53, steps: 1001, faulty: 201},
	{scenario: "pipelined", workers: 1, depth: 16, keyspace: 53, steps: 301, faulty: 121},
	{scenario: "concurrent", workers: 7, keyspace: 53, steps: 1001, faulty: 201},
	{scenario: "concurrent-pipelined", workers: 7, depth: 16, keyspace: 153, steps: 301, faulty: 121},
}

// pairs are how many SETs, and GETs, one step has.
func (s shape) pairs() int64 { return int64(max(s.depth, 1)) }

// dataSize is of every value.
const dataSize = 33

// A subject is one variant of one library that a driver drives.
type subject struct {
	driver   *driver.Driver
	library  string
	variant  string
	access   results.Access
	admin    *server.Admin
	patience time.Duration // until a driver that makes no progress is stuck
}

// name is the client's, as it is typed.
func (s subject) name() string {
	return results.Point{Library: s.library, Variant: s.variant}.Client()
}

// spec is that of a trial under a prefix of its own.
func (s subject) spec(sh shape) results.Spec {
	return results.Spec{
		Protocol: results.Protocol, Run: strings.ToLower(rand.Text()[:8]), Seed: 20_000_003, DataSeed: 1,
		Point: results.Point{
			Scenario: sh.scenario, Version: s.driver.About.Scenarios[sh.scenario],
			Library: s.library, Variant: s.variant, Server: "server",
			Load:     results.Load{Workers: sh.workers, Depth: sh.depth, DataSize: dataSize, Keyspace: sh.keyspace},
			Settings: results.Settings{Context: "background", Timeout: timeout, ConnectTimeout: timeout, Isolation: "process"},
		},
		Warmup: results.Warmup{MinSteps: 3},
	}
}

// keyOf is the name of key i of a trial.
func keyOf(spec results.Spec, i int) string { return fmt.Sprintf("%s%d", prefixOf(spec), i) }

func prefixOf(spec results.Spec) string { return "respbench:" + spec.Run + ":" }

// load writes a trial's keys, and returns what removes them.
func (s subject) load(ctx context.Context, spec results.Spec) (remove func(), err error) {
	n, values := spec.Point.Load.Keyspace, gen.NewValues(spec.DataSeed, dataSize)
	err = s.admin.Load(ctx, n, func(i int) (string, []byte) { return keyOf(spec, i), []byte(values.Loaded(i)) }, nil)
	if err != nil {
		return nil, fmt.Errorf("load keys: %w", err)
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
		defer cancel()
		_, _ = s.admin.Unlink(ctx, n, func(i int) string { return keyOf(spec, i) }) // a server that has gone has no keys
	}, nil
}

// edges are when a trial said that its window began and ended.
type edges struct{ started, ended time.Time }

// try runs one trial, and calls ready before it is told to go.
func (s subject) try(ctx context.Context, spec results.Spec, access results.Access, ready func()) (*results.Measured, edges, error) {
	var e edges
	bracket := runner.Bracket{
		Ready:   ready,
		Started: func() { e.started = time.Now() },
		Ended:   func() { e.ended = time.Now() },
		Beat:    func(results.Event) {},
	}
	m, err := runner.RunTrial(ctx, runner.Executor{ID: "driver", Driver: s.driver}, proc.Command{}, spec, access,
		bracket, runner.Bounds{Patience: s.patience, Warm: 3 * s.patience, Window: 6 * s.patience, Edges: 3 * s.patience})
	switch {
	case err != nil:
	case len(m.Kinds) != 1:
		err = fmt.Errorf("its record has %d kinds of op, want 1", len(m.Kinds))
	case m.Stopped && ctx.Err() == nil:
		err = errors.New("its record says that it was stopped, and nobody did that")
	}
	return m, e, err
}

// observe runs a trial of exactly so many steps through a proxy that has one
// fault.
func (s subject) observe(ctx context.Context, spec results.Spec, f fault) (*results.Measured, sight, error) {
	p, err := listen(s.access, f)
	if err != nil {
		return nil, sight{}, err
	}
	defer p.close()
	m, _, err := s.try(ctx, spec, p.access(), p.arm)
	return m, p.seen(), err
}

// failed is how many of a trial's ops were tried and not done, and the classes
// of their errors.
func failed(m *results.Measured) (ops int64, classes string) {
	for class, n := range m.Errors {
		classes += fmt.Sprintf(" %d %s", n, class)
	}
	return m.Attempts - m.Ops, cmp.Or(strings.TrimSpace(classes), "none")
}
