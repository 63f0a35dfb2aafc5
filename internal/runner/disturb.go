package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/results"
)

// A disturber does to the server, while a trial runs, what its point says.
type disturber struct {
	runner *Runner
	list   []results.Planned
	mark   server.Mark // the connections that were there before the client's

	cancel  context.CancelFunc
	working sync.WaitGroup
	made    []made
	err     error
}

// made is a disturbance at its time.
type made struct {
	name string
	at   time.Time
	took time.Duration
}

// disturber prepares what is to be done during a trial of p, which may be
// nothing.
func (r *Runner) disturber(ctx context.Context, p results.Point) (*disturber, error) {
	d := &disturber{runner: r, cancel: func() {}}
	if p.Disturb == "" {
		return d, nil
	}
	var err error
	if d.list, err = results.ParseDisturb(p.Disturb); err != nil {
		return d, err
	}
	if d.includes(results.KillClients) {
		d.mark, err = r.admin.Mark(ctx)
	}
	return d, err
}

func (d *disturber) includes(name string) bool {
	return slices.ContainsFunc(d.list, func(p results.Planned) bool { return p.Name == name })
}

// start is called when the trial's clock starts.
func (d *disturber) start(ctx context.Context) {
	began := time.Now()
	ctx, d.cancel = context.WithCancel(ctx)
	d.working.Go(func() {
		for _, p := range d.list {
			if d.err = d.perform(ctx, p, began.Add(p.At)); d.err != nil {
				return
			}
		}
	})
}

func (d *disturber) perform(ctx context.Context, p results.Planned, due time.Time) error {
	select {
	case <-ctx.Done():
		return fmt.Errorf("the trial ended before %s", p)
	case <-time.After(time.Until(due)):
	}
	at := time.Now()
	if err := d.disturb(ctx, p); err != nil {
		return fmt.Errorf("%s: %w", p, err)
	}
	d.made = append(d.made, made{p.Name, at, time.Since(at)})
	return nil
}

func (d *disturber) disturb(ctx context.Context, p results.Planned) error {
	r := d.runner
	switch p.Name {
	case results.KillClients:
		killed, err := r.admin.KillClients(ctx, d.mark)
		if err == nil && killed == 0 {
			err = errors.New("no connection of the client was found")
		}
		return err
	case results.Pause:
		r.pausedUntil.Store(time.Now().Add(p.For).UnixNano())
		return r.admin.Pause(ctx, p.For)
	case results.Restart:
		_, err := r.Server.Restart(ctx)
		return err
	default:
		return r.admin.Failover(ctx)
	}
}

// stop ends what is still under way when the trial is over, and puts what was
// done into its record. A trial that was not disturbed as planned has failed.
func (d *disturber) stop(record *results.Trial) {
	d.cancel()
	d.working.Wait()
	if record.Measured != nil {
		for _, m := range d.made {
			record.Disturbances = append(record.Disturbances, results.Disturbance{
				Name: m.name, At: m.at.Sub(record.Start), Took: m.took,
			})
		}
	}
	if d.err != nil && record.Status == results.OK {
		record.Status, record.Reason = results.Failed, "it was not disturbed as planned: "+d.runner.reason(d.err)
	}
}
