package main

import (
	"context"
	"errors"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/scenarios"
)

// seed is of keys and values on both sides.
const seed = 1

// runID makes the keys of both sides as long as those of a run.
const runID = "overhead"

// A harness is a client as a trial uses it: sessions, the scenario's steps and
// the engine. Its steps are bound once; each segment has an engine of its own.
type harness struct {
	client   clients.Client
	sessions []clients.Session
	steps    []engine.Step
	target   clients.Target
}

func openHarness(scenario scenarios.Scenario, libraries []clients.Library, name string, t clients.Target) (*harness, error) {
	variant, err := clients.Find(libraries, name, "")
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	h := &harness{target: t}
	if h.client, err = variant.Open(ctx, t); err != nil {
		return nil, err
	}
	load := scenarios.Load{Workers: t.Workers, DataSize: plan.DefaultDataSize, Keyspace: plan.DefaultKeys}
	material := scenario.NewMaterial(runID, load, seed, seed)
	workers := engine.New(engine.Config{Workers: t.Workers, Kinds: 1}).Workers()
	for i := range t.Workers {
		session, err := h.client.Session(ctx)
		if err != nil {
			h.close()
			return nil, err
		}
		h.sessions = append(h.sessions, session)
		step, err := scenario.Bind(session, material.Worker(workers[i]))
		if err != nil {
			h.close()
			return nil, err
		}
		h.steps = append(h.steps, step)
	}
	return h, nil
}

func (h *harness) run(length time.Duration) (segment, error) { return repeat(h.steps, length) }

// repeat lets the engine run one segment of steps of one kind.
func repeat(steps []engine.Step, length time.Duration) (segment, error) {
	var m meter
	var unread error
	e := engine.New(engine.Config{
		Workers: len(steps), Kinds: 1, Seed: seed,
		Limit:    engine.Limit{Duration: length},
		Warmup:   engine.Warmup{Time: warmTime},
		Classify: func(err error) int { return int(clients.Classify(err)) },
		Classes:  int(clients.Classes),
		Warmed:   m.start,
		Ended:    func() { unread = m.stop() },
	})
	r, err := e.Run(context.Background(), steps)
	if err = errors.Join(err, unread, errors.Join(r.FirstErrs...)); err != nil {
		return segment{}, err
	}
	s := segment{ops: r.Kinds[0].Ops, window: r.Window, cpu: m.cpu, mallocs: m.mallocs}
	return s, s.check()
}

func (h *harness) dials() int64 { return h.target.Dialer.Dials() }

func (h *harness) close() {
	for _, s := range h.sessions {
		_ = s.Close() // nothing is left to be measured
	}
	_ = h.client.Close()
}
