package runner

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"respbench.dev/respbench/results"
)

// A client that has just dialled anew tells of it with one of its next beats.
const (
	killTries = 4
	killAgain = 250 * time.Millisecond
)

var errNoneKnown = errors.New("the server knows no connection by the address that the client has for it: is there a proxy between them?")

// A disturber does to the server, while a trial runs, what its point says.
type disturber struct {
	runner *Runner
	list   []results.Planned

	mu   sync.Mutex
	ends map[string]string // of the client's connections, as far as it has told

	cancel  context.CancelFunc
	working sync.WaitGroup
	began   time.Time
	made    []results.Disturbance
	err     error
}

// disturber is for a trial of p, which may not be disturbed at all.
func (r *Runner) disturber(p results.Point) (*disturber, error) {
	d := &disturber{runner: r, cancel: func() {}}
	if p.Disturb == "" {
		return d, nil
	}
	var err error
	d.list, err = results.ParseDisturb(p.Disturb)
	return d, err
}

// learn takes the ends of the client's connections, if e tells them.
func (d *disturber) learn(e results.Event) {
	if e.Ends == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ends = e.Ends
}

func (d *disturber) known() map[string]string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ends
}

// start is called when the trial's clock starts.
func (d *disturber) start(ctx context.Context) {
	d.began = time.Now()
	ctx, d.cancel = context.WithCancel(ctx)
	d.working.Go(func() {
		for _, p := range d.list {
			if d.err = d.perform(ctx, p); d.err != nil {
				return
			}
		}
	})
}

func (d *disturber) perform(ctx context.Context, p results.Planned) error {
	for due, tries := p.At, killTries; ; due, tries = time.Since(d.began)+killAgain, tries-1 {
		select {
		case <-ctx.Done():
			return fmt.Errorf("the trial ended before %s", p)
		case <-time.After(time.Until(d.began.Add(due))):
		}
		at := time.Since(d.began)
		err := d.disturb(ctx, p)
		if errors.Is(err, errNoneKnown) && tries > 1 {
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		d.made = append(d.made, results.Disturbance{Name: p.Name, At: at, Took: time.Since(d.began) - at})
		return nil
	}
}

func (d *disturber) disturb(ctx context.Context, p results.Planned) error {
	r := d.runner
	switch p.Name {
	case results.KillClients:
		killed, err := r.admin.KillClients(ctx, d.known())
		if err == nil && killed == 0 {
			err = errNoneKnown
		}
		return err
	case results.Pause:
		r.pausedUntil.Store(time.Now().Add(p.For).UnixNano())
		return r.admin.Pause(ctx, p.For)
	case results.Restart: // whole, even if the trial has ended: others need the server
		_, err := r.Server.Restart(context.WithoutCancel(ctx))
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
	record.Disturbances = d.made
	if d.err != nil && record.Status == results.OK {
		record.Status, record.Reason = results.Failed, "it was not disturbed as planned: "+d.runner.reason(d.err)
	}
}
