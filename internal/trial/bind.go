package trial

import (
	"context"
	"fmt"
	"time"

	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

// bind makes the step of every worker.
func (x *execution) bind(ctx context.Context, e *engine.Engine, material *scenarios.Material) ([]engine.Step, error) {
	bind := x.scenario.Bind
	if x.scenario.Prepare != nil {
		var err error
		if x.bound, err = x.scenario.Prepare(ctx, x.setup(e, material)); err != nil {
			return nil, x.unprepared(err)
		}
		bind = x.bound.Bind
	}
	var steps []engine.Step
	for i, w := range e.Workers() {
		data := material.Worker(w)
		step, err := bind(x.sessions[i], data)
		if err != nil {
			return nil, x.unprepared(err)
		}
		x.data = append(x.data, data)
		steps = append(steps, step)
	}
	return steps, nil
}

func (x *execution) setup(e *engine.Engine, material *scenarios.Material) scenarios.Setup {
	return scenarios.Setup{
		Load: scenarios.Load(x.spec.Point.Load), Material: material, Client: x.client,
		Cluster: x.access.Mode == results.Cluster, Disturbed: x.disturb.planned(), Session: x.session, Sampler: e.Sampler,
	}
}

func (x *execution) unprepared(err error) error {
	return fmt.Errorf("scenario %s: %w", x.scenario.Name, err)
}

// pace is in steps, of which one of a flush has as many ops as it is deep.
func (x *execution) pace() engine.Pace {
	load := x.spec.Point.Load
	return engine.Pace{Rate: load.Rate / float64(max(load.Depth, 1)), Poisson: load.Arrivals == results.Poisson}
}

// sent are the commands that follow from no op; nil if there are none.
func (x *execution) sent() map[string]results.Sent {
	if x.bound == nil || x.bound.Sent == nil {
		return nil
	}
	sent := map[string]results.Sent{}
	for name, n := range x.bound.Sent() {
		sent[name] = results.Sent{Done: n.Done, Tried: n.Tried, Warm: x.sentWarm[name].Tried}
	}
	return sent
}

// boundWarmed tells the scenario, and notes what it has sent so far.
func (x *execution) boundWarmed() {
	if x.bound == nil {
		return
	}
	if x.bound.Sent != nil {
		x.sentWarm = x.bound.Sent()
	}
	if x.bound.Warmed != nil {
		x.bound.Warmed()
	}
}

// end lets the scenario end, which then says what was wrong.
func (x *execution) end(ctx context.Context) error {
	if x.bound == nil || x.bound.End == nil {
		return nil
	}
	return x.bound.End(ctx)
}

// unbindTime is how long a scenario may take to clean up.
const unbindTime = 5 * time.Second

func (x *execution) unbind() {
	if x.bound == nil || x.bound.Close == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), unbindTime)
	defer cancel()
	_ = x.bound.Close(ctx) // what it leaves behind, the run removes
}
