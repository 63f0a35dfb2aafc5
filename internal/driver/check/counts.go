package check

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"respbench.dev/respbench/internal/gen"
	"respbench.dev/respbench/results"
)

// lasting is how long a trial of a given duration is.
const lasting = 400 * time.Millisecond

// slack is by how much times may differ that are read one after the other on a
// busy machine.
const slack = 250 * time.Millisecond

// exactly runs an exact number of steps through the proxy, which sees what is
// sent.
func (s subject) exactly(ctx context.Context, sh shape) (string, error) {
	spec := s.spec(sh)
	spec.Limit.Steps = sh.steps
	remove, err := s.load(ctx, spec)
	if err != nil {
		return "", err
	}
	defer remove()
	count, err := s.counting(ctx)
	if err != nil {
		return "", err
	}
	m, seen, err := s.observe(ctx, spec, fault{})
	if err != nil {
		return "", err
	}
	if want := sh.steps * sh.pairs(); m.Attempts != want || m.Ops != want {
		return "", fmt.Errorf("asked for exactly %d ops, its record says %d, and %d tried", want, m.Ops, m.Attempts)
	}
	said, err := count(ctx, m)
	if err != nil {
		return "", err
	}
	if err := connections(m, seen.accepted); err != nil {
		return "", err
	}
	if err := samples(m, sh, 0); err != nil {
		return "", err
	}
	values := gen.NewValues(spec.DataSeed, dataSize)
	if err := inOrder(seen.log, prefixOf(spec), sh, values.Loaded); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d steps, %s; its keys in order, its values all others", sh.steps, said), nil
}

// lasts runs a trial of some duration, with nothing between driver and server.
func (s subject) lasts(ctx context.Context, sh shape) (string, error) {
	spec := s.spec(sh)
	spec.Limit.Duration = lasting
	remove, err := s.load(ctx, spec)
	if err != nil {
		return "", err
	}
	defer remove()
	count, err := s.counting(ctx)
	if err != nil {
		return "", err
	}
	m, edges, err := s.try(ctx, spec, s.access, func() {})
	if err != nil {
		return "", err
	}
	said, err := count(ctx, m)
	if err != nil {
		return "", err
	}
	for _, wrong := range []error{window(m, edges), samples(m, sh, lasting), cpu(m)} {
		if wrong != nil {
			return "", wrong
		}
	}
	return fmt.Sprintf("%v, %s; its samples fill the window; %v of CPU", lasting, said, spent(m).Round(time.Millisecond)), nil
}

// counting reads the server's counts; the function it returns reads them again
// and compares the difference with a record.
func (s subject) counting(ctx context.Context) (func(context.Context, *results.Measured) (string, error), error) {
	before, err := s.admin.Stats(ctx)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, m *results.Measured) (string, error) {
		after, err := s.admin.Stats(ctx)
		if err != nil {
			return "", err
		}
		sets, gets := after.Calls["set"]-before.Calls["set"], after.Calls["get"]-before.Calls["get"]
		if len(after.Calls) == 0 {
			return "", errors.New("the server does not tell commandstats")
		}
		return counted(m, sets, gets)
	}, nil
}

// counted compares the server's counts with a record of a trial in which
// nothing can have gone wrong.
func counted(m *results.Measured, sets, gets int64) (string, error) {
	if n, classes := failed(m); n != 0 || len(m.Errors) > 0 || m.Failure != "" {
		return "", fmt.Errorf("without any fault it failed: %d ops, errors: %s %s", n, classes, m.Failure)
	}
	if m.Ops == 0 {
		return "", errors.New("it did nothing")
	}
	want := m.Ops + m.Warm.Ops
	if sets != want || gets != want {
		return "", fmt.Errorf("the server counted %d SET and %d GET, the record says %d of each (%d warming)", sets, gets, want, m.Warm.Ops)
	}
	return fmt.Sprintf("%d SET and %d GET counted by the server", sets, gets), nil
}

func connections(m *results.Measured, accepted int) error {
	if m.Conns.Dialled != int64(accepted) {
		return fmt.Errorf("its record says %d connections, it has opened %d", m.Conns.Dialled, accepted)
	}
	return nil
}

// window compares that of the record with the one that we saw.
func window(m *results.Measured, e edges) error {
	seen := e.ended.Sub(e.started)
	switch {
	case e.started.IsZero() || e.ended.IsZero():
		return errors.New("it did not say when its window began and ended")
	case m.Window < lasting:
		return fmt.Errorf("its window is %v, asked for were %v", m.Window, lasting)
	case m.Window < seen-slack, m.Window > seen+slack:
		return fmt.Errorf("its window is %v, between started and ended were %v", m.Window, seen)
	}
	return nil
}

// samples compares their sum with the window: one worker's fill it, and each of
// several has at least so much of it.
func samples(m *results.Measured, sh shape, least time.Duration) error {
	recorded := m.Kinds[0]
	if n := recorded.Service.Count + recorded.Failed.Count; n*sh.pairs() != m.Attempts {
		return fmt.Errorf("it gave %d samples of %d ops for %d ops", n, sh.pairs(), m.Attempts)
	}
	if sh.workers == 1 {
		least = m.Window
	}
	sum := time.Duration(recorded.Service.Sum + recorded.Failed.Sum)
	each := sum / time.Duration(sh.workers)
	if each > m.Window || each < least-least/100-10*time.Millisecond {
		return fmt.Errorf("its samples sum to %v in a window of %v with %d workers: the end of one step is the start of the next",
			sum, m.Window, sh.workers)
	}
	return nil
}

// spent is the CPU time of a trial; negative: unknown.
func spent(m *results.Measured) time.Duration {
	if m.Cost.UserCPU == nil || m.Cost.SystemCPU == nil {
		return -1
	}
	return *m.Cost.UserCPU + *m.Cost.SystemCPU
}

func cpu(m *results.Measured) error {
	most := m.Window*time.Duration(runtime.NumCPU()) + slack/5 // systems count in ticks
	if used := spent(m); used <= 0 || used > most {
		return fmt.Errorf("it says %v of CPU in a window of %v on %d CPUs", used, m.Window, runtime.NumCPU())
	}
	return nil
}
